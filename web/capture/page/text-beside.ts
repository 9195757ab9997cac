/** What stands beside a field without a name, and says to the eye what it is. */

const fields = 'input, textarea, select, [contenteditable], [role="textbox"], [role="combobox"]';

/** "Name: [      ]", "[x] Remember me", the header of the row or column; null where nothing says it. */
export function textBeside(element: Element): string | null {
  if (!element.matches('input, textarea, select')) return null;
  const before = () => labelOn(element, 'previousSibling');
  if (!element.matches('[type="checkbox"], [type="radio"]')) {
    const text = before();
    // In a table the cell before is another value, unless it is written as a label.
    if (text && /[:*]$/.test(text)) return text;
    return rowHeader(element) ?? columnHeader(element) ?? text;
  }
  return labelOn(element, 'nextSibling') ?? rowHeader(element) ?? firstCell(element) ?? before();
}

/** The nearest text on one side of the element, up to the next field. */
function labelOn(element: Element, side: 'previousSibling' | 'nextSibling'): string | null {
  let at: Element | null = element;
  for (let level = 0; at && at !== document.body && level < 3; level++, at = at.parentElement) {
    for (let sibling = at[side]; sibling; sibling = sibling[side]) {
      const holds =
        sibling instanceof Element && (sibling.matches(fields) || sibling.querySelector(fields));
      if (holds || (sibling instanceof Element && sibling.matches('button, a, style, script')))
        return null;
      const shown = !(sibling instanceof Element) || sibling.checkVisibility();
      const text = shown ? plain(sibling) : '';
      if (text) return isLabelLike(text) ? text : null;
    }
    // What comes after the cell of a box is another column.
    if (side === 'nextSibling' && at.matches(cells)) return null;
  }
  return null;
}

const cells = 'td, th, [role="cell"], [role="gridcell"], [role="rowheader"]';

const rowOf = (element: Element): Element | null =>
  element.closest(cells)?.closest('tr, [role="row"]') ?? null;

/** Of the table's row that the field is in, where it has exactly one. */
export function rowHeader(element: Element): string | null {
  const [header, ...others] = rowOf(element)?.querySelectorAll('th, [role="rowheader"]') ?? [];
  if (!header || others.length > 0 || header.contains(element)) return null;
  const text = plain(header);
  return isLabelLike(text) ? text : null;
}

function columnHeader(element: Element): string | null {
  const cell = element.closest<HTMLTableCellElement>('td');
  const header = cell?.closest('table')?.tHead?.rows[0]?.cells[cell.cellIndex];
  const text = header?.matches('th') ? plain(header) : '';
  return isLabelLike(text) ? text : null;
}

/** A box that marks a row is told by what the row is about. */
function firstCell(element: Element): string | null {
  const own = element.closest(cells);
  const others = [...(rowOf(element)?.querySelectorAll(cells) ?? [])].filter((c) => c !== own);
  const text = others.map(plain).find((one) => one !== '');
  return text && text.length <= 60 ? text : null;
}

const plain = (node: Node): string => (node.textContent ?? '').replace(/\s+/g, ' ').trim();

const isLabelLike = (text: string): boolean =>
  text.length <= 40 &&
  /\p{L}{2}/u.test(text) &&
  !/[.!?,;]$/.test(text) &&
  (/[:*]$/.test(text) || text.split(' ').length <= 4);
