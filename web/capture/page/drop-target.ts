/** What something was dropped on: what is under the pointer, but for what the pointer drags along. */
import type { Point } from '../../core/interaction.ts';
import { roleOf } from './accessible.ts';
import type { EventLog } from './event-log.ts';
import {
  composedPathOf,
  deepElementFromPoint,
  elementsOf,
  meaningfulElement,
  type Meant,
} from './meaningful-element.ts';
import type { PageEvent } from './page-event.ts';

export interface Dragged {
  meant: Meant;
  /** The elements from the dragged one outwards with where they were. */
  places: readonly (readonly [Element, Point])[];
}

export const placesAround = (element: Element): Dragged['places'] =>
  elementsOf(composedPathOf(element))
    .slice(0, 8)
    .map((e) => {
      const { x, y } = e.getBoundingClientRect();
      return [e, { x, y }] as const;
    });

export function dropTarget(
  log: EventLog,
  event: MouseEvent,
  dragged?: Dragged,
): NonNullable<PageEvent['target']> {
  const point = { x: event.clientX, y: event.clientY };
  const moved = dragged ? movedAlong(dragged) : [];
  // Some pages drag a copy, which says the same.
  const texts = new Set(moved.map(textOf).filter((text) => text !== ''));
  const isDragged = (element: Element) =>
    moved.some((m) => m.contains(element)) ||
    (texts.size > 0 && elementsOf(composedPathOf(element)).some((e) => texts.has(textOf(e))));
  const over = deepElementFromPoint(point.x, point.y, isDragged);
  if (!over) return { point };
  const { element } = meaningfulElement(composedPathOf(over)) ?? { element: over };
  const place = log.describe(named(element));
  // Nothing around it has a name but what holds the whole page: then what is written at the place.
  const near = place.label === undefined ? written(element) : null;
  const { role, label, rect } = near ? log.describe(near) : place;
  return { role, label, rect, point };
}

/** The element and those around it that moved: a card is dragged by its heading. */
function movedAlong({ meant, places }: Dragged): Element[] {
  const moved = places.filter(([element, from]) => {
    const { x, y } = element.getBoundingClientRect();
    return element !== document.body && Math.hypot(x - from.x, y - from.y) > 4;
  });
  return [meant.element, ...moved.map(([element]) => element)];
}

const textOf = (element: Element) => (element.textContent ?? '').trim();

/** Characters; what is longer is no name. */
const longestText = 80;

/** The nearest element with a short text of its own. */
function written(element: Element): Element | null {
  for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) {
    const { length } = textOf(at);
    if (length > 0) return length <= longestText ? at : null;
  }
  return null;
}

/** Something of the page that can be spoken of: a list's item rather than a picture in it. */
function named(element: Element): Element {
  for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) {
    const role = roleOf(at);
    if (role && role !== 'generic' && role !== 'img') return at;
    if (at.hasAttribute('aria-label') || at.id) return at;
  }
  return element;
}
