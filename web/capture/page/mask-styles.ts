/** Style sheets that hide. They hold from before the first paint and leave the page's nodes alone. */
import { selectorsFor, type RedactionRules } from '../../core/redaction.ts';
import type { PrivateKind } from '../../core/private-text.ts';
import type { Root } from './roots.ts';
import { isSelector } from './selectors.ts';

/** Marks fields whose text matches. Content of pages is never marked: editors would save the mark. */
export const fieldMark = 'data-cairn-hidden';
/** Marks elements whose text a highlight does not wholly cover. */
export const textMark = 'data-cairn-text';
export const highlightName = 'cairn-private';

/** The one colour of everything hidden; contrast(0) makes exactly this of any colour. */
const grey = '#808080';

/**
 * A box of one colour in the element's place. The background fills what the element leaves clear,
 * the filter makes everything in it the same grey, the clip cuts off what hangs out (one pixel inside,
 * since the background is snapped to whole pixels and the clip is not). Text without a box of its own
 * (`display: contents`) has no colour.
 */
const block = `
  background: ${grey} !important;
  filter: contrast(0) !important;
  clip-path: inset(1px) !important;
  color: transparent !important;
  -webkit-text-fill-color: transparent !important;
  text-shadow: none !important;
  mix-blend-mode: normal !important;
  transition: none !important;
  animation-duration: 0s !important;`;

const dots = `
  -webkit-text-security: disc !important;
  transition: none !important;`;

/** Text stays laid out as it was and is drawn in no colour on a bar. */
const bar = `
  color: transparent !important;
  -webkit-text-fill-color: transparent !important;
  -webkit-text-stroke: 0 transparent !important;
  text-shadow: none !important;
  background-color: ${grey} !important;`;

/** Fields that will hold something private, known before anything is typed. */
const expected: Record<PrivateKind, string[]> = {
  email: ['[type="email"]', '[autocomplete~="email"]', '[name*="email" i]', '[id*="email" i]'],
  phone: ['[type="tel"]', '[autocomplete*="tel"]', '[name*="phone" i]', '[id*="phone" i]'],
  card: ['[autocomplete*="cc-"]', '[name*="card" i]', '[name*="cvc" i]', '[name*="cvv" i]'],
  iban: ['[name*="iban" i]', '[id*="iban" i]'],
  key: ['[name*="token" i]', '[name*="secret" i]', '[name*="api_key" i]', '[name*="apikey" i]'],
};

const textFields =
  'input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"], [type="reset"], [type="image"], [type="file"], [type="range"], [type="color"])';

/** Elements of the pages themselves that a rule hides as a whole, in this root. */
function elementStyles(selectors: readonly string[]): string {
  if (selectors.length === 0) return '';
  const chosen = `:is(${selectors.join(', ')})`;
  return `
    ${chosen}:not(#\\9) { ${block} }
    svg|*${chosen}:not(svg|svg):not(#\\9) { visibility: hidden !important; }`;
}

function fieldStyles(rules: RedactionRules): string {
  const hinted = rules.kinds.flatMap((kind) => expected[kind]);
  const always =
    rules.fields === 'all'
      ? `${textFields}, textarea, [contenteditable]:not([contenteditable="false"])`
      : hinted.length > 0
        ? `${textFields}:is(${hinted.join(', ')})`
        : '';
  return `
    ${always ? `:is(${always}):not(#\\9) { ${dots} }` : ''}
    :is(input, textarea)[${fieldMark}]:not(#\\9) { ${dots} }
    :is(select, ${blockInputs})[${fieldMark}]:not(#\\9) { ${block} }`;
}

/** Inputs whose text dots do not replace. */
export const blockInputs =
  'input:is([type="button"], [type="submit"], [type="reset"], [type="number"], [type="date"], [type="datetime-local"], [type="month"], [type="week"], [type="time"])';

/** Selectors as they apply inside a root: what a path through shadow roots leads to there. */
function selectorsIn(root: Root, selectors: readonly string[]): string[] {
  return selectors.flatMap((selector) => {
    const parts = selector.split(' >>> ');
    // One that is none could end the sheet, or say more than a selector may.
    if (!parts.every(isSelector)) return [];
    const last = parts.pop()!;
    if (parts.length === 0) return [last];
    if (!(root instanceof ShadowRoot)) return [];
    return matchesPath(root.host, parts) ? [last] : [];
  });
}

function matchesPath(host: Element, parts: readonly string[]): boolean {
  const rest = [...parts];
  const last = rest.pop();
  if (!last || !host.matches(last)) return false;
  if (rest.length === 0) return true;
  const root = host.getRootNode();
  return root instanceof ShadowRoot && matchesPath(root.host, rest);
}

/**
 * The whole sheet of a root. Twice, once in a layer: `!important` in a layer wins over `!important`
 * outside of one, and a layer of the page's own that comes first loses to what is more specific.
 */
export function maskStyles(rules: RedactionRules, host: string, root: Root): string {
  const rulesOf = `
    ${elementStyles(selectorsIn(root, selectorsFor(rules, host)))}
    ${fieldStyles(rules)}
    ::highlight(${highlightName}) { ${bar} }
    [${textMark}]:not(#\\9) { text-shadow: none !important; transition: none !important; }
    svg|text[${textMark}]:not(#\\9) { visibility: hidden !important; }`;
  return `@namespace svg url(http://www.w3.org/2000/svg);
    @layer { ${rulesOf} }
    ${rulesOf}`;
}

/** While something hidden is marked: a page's own colours of marked text would show it. */
export const selectionStyles = `*::selection { ${bar} }`;
