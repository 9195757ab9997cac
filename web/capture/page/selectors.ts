/** Selectors that find an element again on another day, each verified to find only it. */

const testAttributes = [
  'data-testid',
  'data-test-id',
  'data-test',
  'data-cy',
  'data-qa',
  'data-automation-id',
];

/** Ids that a framework counts up or draws at random. */
const generated =
  /\d{3,}|:|^(?:radix|headlessui|react-select|mui|ember|ext-gen|yui|downshift|mantine|reach|chakra|__BVID__|el-id|cdk|mat-|ng-|svelte-|p-|vaadin)[-_\w]*\d|[\da-f]{8}-[\da-f]{4}|^[a-z]?[\da-f]*\d[\da-f]*[a-f][\da-f]{5,}$|[-_][\w]*\d[\w]*[a-zA-Z]\w*\d|«/i;

export const isStableId = (id: string): boolean =>
  id !== '' && id.length <= 60 && !/\s/.test(id) && !generated.test(id);

/** A person's selector may be wrong; the others still hold. */
export function isSelector(selector: string): boolean {
  try {
    document.createDocumentFragment().querySelector(selector);
    return true;
  } catch {
    // The browser's error is the only way to learn that it is none.
    return false;
  }
}

/** Longest attribute value worth quoting. */
const longest = 80;

/** Up to four selectors, the most stable one first. The last is always a path. */
export function selectorsOf(element: Element, role?: string, label?: string): string[] {
  const root = element.getRootNode();
  if (!(root instanceof Document || root instanceof ShadowRoot)) return [];
  const found = [...attributeSelectors(element)].filter((s) => isUnique(root, s, element));
  if (found.length < 3 && role && label && isOnlyNamed(root, element, label)) {
    found.push(`role=${role}[name=${JSON.stringify(label)}]`);
  }
  const path = shortPath(root, element);
  const own = [...found.slice(0, 3), ...(found.includes(path) ? [] : [path])];
  if (root instanceof Document) return own;
  const host = selectorsOf(root.host)[0];
  return host ? own.map((selector) => `${host} >>> ${selector}`) : [];
}

function* attributeSelectors(element: Element): Generator<string> {
  const tag = CSS.escape(element.localName);
  for (const name of testAttributes) {
    const value = element.getAttribute(name);
    if (value && /^[\w:./ -]{1,80}$/.test(value)) yield `[${name}=${JSON.stringify(value)}]`;
  }
  const id = isStableId(element.id) ? `#${CSS.escape(element.id)}` : '';
  // A number in it may be drawn anew each time, so what the element is called is more certain.
  const counted = /\d/.test(element.id);
  if (id && !counted) yield id;
  for (const name of ['name', 'aria-label', 'placeholder', 'title', 'alt']) {
    const value = element.getAttribute(name);
    if (value && value.length <= longest) yield `${tag}[${name}=${JSON.stringify(value)}]`;
  }
  if (id && counted) yield id;
}

function isUnique(root: Document | ShadowRoot, selector: string, element: Element): boolean {
  try {
    const found = root.querySelectorAll(selector);
    return found.length === 1 && found[0] === element;
  } catch {
    // A value that CSS cannot quote (a lone surrogate) makes no selector.
    return false;
  }
}

/** Whether no other element of its tag shows this name; a name for people, so text is compared. */
function isOnlyNamed(root: Document | ShadowRoot, element: Element, label: string): boolean {
  const same = root.querySelectorAll(CSS.escape(element.localName));
  if (same.length > 2000) return false;
  const says = (other: Element) =>
    other.getAttribute('aria-label') === label ||
    (other.textContent ?? '').replace(/\s+/g, ' ').trim() === label;
  return [...same].every((other) => other === element || !says(other));
}

/** From the nearest ancestor that can be named down to the element, by places among siblings. */
function shortPath(root: Document | ShadowRoot, element: Element): string {
  const parts: string[] = [];
  for (let at: Element | null = element; at; at = at.parentElement) {
    const named: string | undefined =
      at === element ? undefined : [...attributeSelectors(at)].find((s) => isUnique(root, s, at!));
    if (named) return `${named} > ${parts.join(' > ')}`;
    parts.unshift(place(at));
    const path = parts.join(' > ');
    if (parts.length >= 2 && isUnique(root, path, element)) return path;
  }
  return parts.join(' > ');
}

function place(element: Element): string {
  const tag = CSS.escape(element.localName);
  const siblings = [
    ...(element.parentElement?.children ?? element.getRootNode().childNodes),
  ].filter((s): s is Element => s instanceof Element && s.localName === element.localName);
  return siblings.length > 1 ? `${tag}:nth-of-type(${siblings.indexOf(element) + 1})` : tag;
}
