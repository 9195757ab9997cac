/** Which element a person meant with a press: the button, not the icon in it. */

/** Of an element inside a shadow root that pages keep closed; only an extension can look inside. */
export type ShadowRootOf = (element: Element) => ShadowRoot | null;

/** The browser's own function takes no other elements; without it, what pages keep open. */
export const onlyHtml =
  (given: ShadowRootOf = (element) => element.shadowRoot): ShadowRootOf =>
  (element) =>
    element instanceof HTMLElement ? given(element) : null;

const widgets = [
  'button',
  'checkbox',
  'combobox',
  'link',
  'listbox',
  'menuitem',
  'menuitemcheckbox',
  'menuitemradio',
  'option',
  'radio',
  'searchbox',
  'slider',
  'spinbutton',
  'switch',
  'tab',
  'textbox',
  'treeitem',
];

const controls = [
  'a[href]',
  'area[href]',
  'button',
  'input:not([type="hidden"])',
  'select',
  'textarea',
  'summary',
  'option',
  'label',
  '[contenteditable=""]',
  '[contenteditable="true"]',
  '[contenteditable="plaintext-only"]',
  'audio[controls]',
  'video[controls]',
  ...widgets.map((role) => `[role~="${role}"]`),
].join(',');

/** What pages make clickable without saying what it is. */
const hints = '[onclick],[tabindex]:not([tabindex^="-"]),[draggable="true"],[role="gridcell"]';

/** Elements around others; a press on something clickable inside them means that. */
const containers = '[role~="combobox"],[role~="listbox"],[role~="textbox"],[contenteditable]';

/** CSS pixels; a box around a field is not a whole form. */
const highestField = 120;

export interface Meant {
  element: Element;
  /** What was pressed to reach the element: itself, or its label. */
  pressed: Element;
}

/** Elements of the event's path, innermost first, without document, window and shadow roots. */
export const elementsOf = (path: readonly EventTarget[]): Element[] =>
  path.filter((node): node is Element => node instanceof Element);

/** @param path of the event, composed, so that it begins inside open shadow roots. */
export function meaningfulElement(path: readonly EventTarget[]): Meant | null {
  const elements = elementsOf(path);
  const end = elements.findIndex((e) => e === document.body || e === document.documentElement);
  const inside = end < 0 ? elements : elements.slice(0, end);
  const first = inside[0] ?? elements[0];
  if (!first) return null;
  const control = inside.findIndex((e) => e.matches(controls));
  const hinted = nearestHint(inside);
  const container = inside[control]?.matches(containers);
  const index = control >= 0 && !(container && hinted >= 0 && hinted < control) ? control : hinted;
  const pressed = inside[index] ?? first;
  if (pressed instanceof HTMLLabelElement) {
    return { element: pressed.control ?? pressed, pressed };
  }
  if (control < 0) {
    const box = comboboxAround(inside.slice(Math.max(index, 0), 5));
    if (box) return box;
  }
  return { element: pressed, pressed };
}

/** The box drawn around the field of a list of choices opens it as the field does. */
function comboboxAround(path: readonly Element[]): Meant | null {
  for (const pressed of path) {
    const boxes = pressed.querySelectorAll('[role~="combobox"], [aria-haspopup="listbox"]');
    if (boxes.length > 1 || pressed.getBoundingClientRect().height > highestField) return null;
    if (boxes[0]) return { element: boxes[0], pressed };
  }
  return null;
}

/** Index of the nearest clickable thing that is no control: hinted at, or where the hand begins. */
function nearestHint(path: readonly Element[]): number {
  const hinted = path.findIndex((e) => e.matches(hints));
  let hand = -1;
  for (let i = 0; i < path.length && getComputedStyle(path[i]!).cursor === 'pointer'; i++) hand = i;
  return hinted < 0 ? hand : hand < 0 ? hinted : Math.min(hinted, hand);
}

/** The element under a point, through shadow roots; null outside the viewport. */
export function deepElementFromPoint(
  x: number,
  y: number,
  skip: (element: Element) => boolean = () => false,
  shadowRootOf: ShadowRootOf = (element) => element.shadowRoot,
): Element | null {
  const pick = (elements: readonly Element[]) => elements.find((e) => !skip(e)) ?? null;
  let found = pick(document.elementsFromPoint(x, y));
  for (;;) {
    const root: ShadowRoot | null = found && shadowRootOf(found);
    if (!root) break;
    const inner = pick(root.elementsFromPoint(x, y));
    if (!inner || inner === found || !root.contains(inner)) break;
    found = inner;
  }
  return found;
}

/** The path that an event on the element would have. */
export function composedPathOf(element: Element): EventTarget[] {
  const path: EventTarget[] = [];
  for (let node: Node | null = element; node;) {
    path.push(node);
    node =
      (node instanceof Element ? node.assignedSlot : null) ??
      node.parentNode ??
      (node instanceof ShadowRoot ? node.host : null);
  }
  return path;
}

/** The element with the focus, through open shadow roots. */
export function deepActiveElement(): Element | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active;
}

/** The field, or the outermost editable element, that typing at this place goes to. */
export function editableOf(node: EventTarget | null | undefined): HTMLElement | null {
  if (node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement) return node;
  if (!(node instanceof HTMLElement) || !node.isContentEditable) return null;
  let host = node;
  while (host.parentElement?.isContentEditable && !host.hasAttribute('contenteditable')) {
    host = host.parentElement;
  }
  return host;
}
