/** Role and name of an element as assistive technology would say them. */
import { computeAccessibleName, getRole } from 'dom-accessibility-api';
import { isPrivateField } from './private-field.ts';
import { rowHeader, textBeside } from './text-beside.ts';

const knownRoles = new Set(
  (
    'alert alertdialog application article banner blockquote button caption cell checkbox code columnheader ' +
    'combobox complementary contentinfo definition deletion dialog directory document emphasis feed figure ' +
    'form generic grid gridcell group heading img image insertion link list listbox listitem log main marquee ' +
    'math menu menubar menuitem menuitemcheckbox menuitemradio meter navigation none note option paragraph ' +
    'presentation progressbar radio radiogroup region row rowgroup rowheader scrollbar search searchbox ' +
    'separator slider spinbutton status strong subscript superscript switch tab table tablist tabpanel term ' +
    'textbox time timer toolbar tooltip tree treegrid treeitem graphics-document graphics-object graphics-symbol'
  ).split(' '),
);

/** Roles that the library leaves open, as Chromium's accessibility tree fills them. */
const inputRoles: Record<string, string> = {
  password: 'textbox',
  date: 'textbox',
  'datetime-local': 'textbox',
  month: 'textbox',
  week: 'textbox',
  time: 'textbox',
  file: 'button',
  color: 'button',
};

/** ARIA 1.2: the first token that is a role counts, unknown ones are skipped. */
export function roleOf(element: Element): string | undefined {
  const said = element.getAttribute('role')?.trim().toLowerCase().split(/\s+/) ?? [];
  const explicit = said.find((token) => knownRoles.has(token));
  if (explicit && explicit !== 'none' && explicit !== 'presentation') return explicit;
  if (element instanceof HTMLInputElement && inputRoles[element.type]) {
    return inputRoles[element.type];
  }
  const role = said.length > 0 && !explicit ? implicitRole(element) : getRole(element);
  if (role && role !== 'none' && role !== 'presentation') return role;
  if (element instanceof HTMLElement && element.isContentEditable) return 'textbox';
  return undefined;
}

function implicitRole(element: Element): string | null {
  const copy = element.cloneNode(false) as Element;
  copy.removeAttribute('role');
  return getRole(copy);
}

/** Elements under which a name is not looked for: it would be the page's text, and take long. */
const mostDescendants = 400;
const longest = 120;

export interface NameOptions {
  /** Whether what people typed into fields inside may be part of the name. */
  text: boolean;
}

/** The accessible name, else the text, else what a tooltip or hint says. At most 120 characters. */
export function nameOf(element: Element, { text }: NameOptions): string | undefined {
  const own =
    element.getElementsByTagName('*').length <= mostDescendants
      ? accessibleName(element) || brief(element, visibleText(element))
      : '';
  const hints = ['title', 'placeholder'].map((name) => element.getAttribute(name));
  // Only a hint names the field, while the table has a name for it before everyone's eyes.
  const seen = own && hints.includes(own) ? rowHeader(element) : null;
  const names = [
    seen,
    own,
    element.getAttribute('aria-label'),
    element.getAttribute('title'),
    element.getAttribute('alt'),
    element.getAttribute('placeholder'),
  ];
  let name =
    names.map((one) => withoutAccessKey(element, one ?? '').trim()).find((one) => one !== '') ??
    textBeside(element) ??
    '';
  name = name.replace(/\s+/g, ' ').trim();
  for (const value of typedValues(element, text)) name = name.split(value).join('').trim();
  return name === '' ? undefined : shorten(name.replace(/\s+/g, ' '));
}

/** Many pages write the key that reaches a control behind its name: "Bold [B]", "Save [alt-shift-s]". */
function withoutAccessKey(element: Element, name: string): string {
  const key = element.getAttribute('accesskey');
  if (!key) return name;
  const hint = /\s*[[(](?:\p{L}+[-+])*(\S)[\])]$/u.exec(name);
  return hint?.[1]!.toLowerCase() === key.toLowerCase() ? name.slice(0, hint.index) : name;
}

function accessibleName(element: Element): string {
  try {
    // A file field is often hidden behind a button of the page's own, and still has its label.
    const hidden = element instanceof HTMLInputElement && element.type === 'file';
    return computeAccessibleName(element, { hidden });
  } catch (error) {
    // Pages may replace what the library relies on; a name from the text is better than no event.
    console.warn('accessible name', error);
    return '';
  }
}

/** The library reads names as the standard says, values of fields within included. */
function typedValues(element: Element, text: boolean): string[] {
  const labels = 'labels' in element ? ((element as HTMLInputElement).labels ?? []) : [];
  const within = [element, ...labels].flatMap((e) => [
    ...e.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea'),
  ]);
  return within
    .filter((field) => !/^(?:button|submit|reset|checkbox|radio|image)$/.test(field.type))
    .filter((field) => field.value.trim() !== '' && (!text || isPrivateField(field)))
    .map((field) => field.value.replace(/\s+/g, ' ').trim());
}

/** Text of what has no name from its content, through open shadow roots; nothing of fields. */
function visibleText(element: Element): string {
  if (element.matches('input, textarea, select, [contenteditable]')) return '';
  const own = element instanceof HTMLElement ? element.innerText : (element.textContent ?? '');
  if (own.trim()) return own;
  if (element.shadowRoot) {
    return [...element.shadowRoot.children]
      .filter((child) => child instanceof HTMLElement && child.localName !== 'style')
      .map((child) => (child as HTMLElement).innerText)
      .join(' ');
  }
  const image = element.querySelector('img[alt], svg > title, [aria-label], [title]');
  return (
    image?.getAttribute('alt') ??
    image?.getAttribute('aria-label') ??
    image?.getAttribute('title') ??
    (image?.localName === 'title' ? image.textContent : '') ??
    ''
  );
}

/** Of what has no name, its text is one only where it is short; a longer one has a heading, or none. */
function brief(element: Element, text: string): string {
  const plain = text.replace(/\s+/g, ' ').trim();
  if (plain.length <= 80) return plain;
  const heading = element.querySelector(
    'h1, h2, h3, h4, h5, h6, [role="heading"], legend, caption',
  );
  return heading?.textContent ?? '';
}

function shorten(text: string): string {
  if (text.length <= longest) return text;
  const cut = text.slice(0, longest);
  const space = cut.lastIndexOf(' ');
  return `${cut.slice(0, space > longest / 2 ? space : longest).trimEnd()}…`;
}
