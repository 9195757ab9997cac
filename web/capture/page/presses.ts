/** Presses of the pointer: clicks of all kinds, and drags. Facts are taken before the page reacts. */
import type { Point, Rect } from '../../core/interaction.ts';
import { roleOf } from './accessible.ts';
import { dropTarget, placesAround, type Dragged } from './drop-target.ts';
import { epochOf, type Entry, type EventLog } from './event-log.ts';
import {
  composedPathOf,
  deepActiveElement,
  deepElementFromPoint,
  editableOf,
  elementsOf,
  meaningfulElement,
  type Meant,
} from './meaningful-element.ts';
import { hasMarked } from './marking.ts';
import { onScrollBar } from './scroll-bar.ts';

interface Press extends Dragged {
  entry: Entry;
  meant: Meant;
  rect: Rect;
  button: number;
  from: Point;
  /** The farthest from there, CSS pixels. */
  moved: number;
  /** Nothing more will be said of it. */
  settled: boolean;
  /** The browser drags for the page, and tells where to. */
  native: boolean;
}

/** CSS pixels; a hand trembles less. */
const dragFrom = 8;
/** Milliseconds between two looks at where a moving pointer is on the screen. */
const seeEvery = 200;
/** Milliseconds in which a control reacts to a press. */
const reacts = 100;
/** Milliseconds for which an opened list waits for a choice. */
const patience = 60_000;

export interface Presses {
  /** The last press, where it was on this control or an option in it: its entry becomes the choice. */
  take(control: Element): Entry | null;
  /** Rectangle of what was pressed last, for controls that are not visible. */
  lastRect(): Rect | null;
  /** The last press, where the pointer was moved: what it marked began there. Drops the press. */
  mark(): { time: number; point: Point } | null;
  flush(): void;
}

const buttonLike = new Set(
  'button link tab checkbox radio switch option menuitem menuitemcheckbox menuitemradio'.split(' '),
);

export function watchPresses(log: EventLog, signal: AbortSignal): Presses {
  let press: Press | null = null;
  let previous: Press | null = null;
  let seenAt = -Infinity;
  /** The key that a click without a pointer comes from. */
  let key: { target: EventTarget | undefined; at: number } | null = null;

  const on = <K extends keyof WindowEventMap>(
    type: K,
    listener: (event: WindowEventMap[K]) => void,
  ) =>
    window.addEventListener(
      type,
      (event) => {
        if (event.isTrusted) listener(event);
      },
      { capture: true, passive: true, signal },
    );

  on('pointerdown', (event) => {
    log.seePointer(event);
    if (!event.isPrimary || event.button > 2) return;
    const path = deepPath(event);
    const meant = meaningfulElement(path);
    const target = elementsOf(path)[0];
    if (!meant || !target || onScrollBar(target, event)) return;
    if (event.button === 1 && !meant.element.closest('a[href]')) return;
    settle();
    const point = { x: event.clientX, y: event.clientY };
    const rect = rectOf(meant, point);
    const entry = log.begin(event.button === 2 ? 'context-menu' : 'click', {
      time: epochOf(event),
      point,
      element: log.describe(meant.element, rect),
    });
    previous = press;
    press = {
      entry,
      meant,
      rect,
      button: event.button,
      from: point,
      places: placesAround(meant.element),
      moved: 0,
      settled: false,
      native: false,
    };
  });

  on('pointermove', (event) => {
    // Asking for the viewport's size may lay the page out, so not with every move.
    if (event.timeStamp - seenAt > seeEvery) {
      seenAt = event.timeStamp;
      log.seePointer(event);
    }
    if (press && !press.settled) {
      const distance = Math.hypot(event.clientX - press.from.x, event.clientY - press.from.y);
      press.moved = Math.max(press.moved, distance);
    }
  });

  on('pointerup', (event) => {
    const current = press;
    if (!current || current.settled) return;
    log.seePointer(event);
    if (current.moved >= dragFrom && current.button === 0) return release(current, event);
    awaitClick(current, event);
  });

  on('pointercancel', () => {
    if (press && !press.settled && !press.native) drop(press);
  });

  on('click', (event) => {
    log.seePointer(event);
    const current = press;
    const fromKey = event.detail === 0;
    if (current && !current.settled && !fromKey) {
      // The third click of a row marks a paragraph.
      if (event.detail > 2) drop(current);
      else finish(current, epochOf(event));
      return;
    }
    const meant = meaningfulElement(deepPath(event));
    if (!meant) return;
    // A label passes its click on to its control.
    const end = current?.entry.draft.end ?? 0;
    const byKey =
      key !== null && epochOf(event) - key.at < 1000 && key.at > end ? key.target : null;
    const repeats = current?.meant.element === meant.element && epochOf(event) - end < reacts;
    if (!fromKey || (repeats && !byKey)) return;
    // Enter in a field submits the form by a click on its button; the key is what was done.
    if (byKey instanceof Element && !meant.element.contains(byKey)) return;
    const entry = log.begin('click', {
      time: epochOf(event),
      element: log.describe(meant.element),
    });
    previous = press;
    press = {
      entry,
      meant,
      rect: meant.element.getBoundingClientRect(),
      button: 0,
      from: { x: 0, y: 0 },
      places: [],
      moved: 0,
      settled: false,
      native: false,
    };
    finish(press, epochOf(event));
  });

  on('auxclick', (event) => {
    if (press && !press.settled && event.button === press.button) finish(press, epochOf(event));
  });

  on('dblclick', (event) => {
    const [first, second] = [previous, press];
    if (first?.entry.draft.kind !== 'click' || second?.entry.draft.kind !== 'click') return;
    first.entry.done({ kind: 'double-click', end: epochOf(event) });
    second.entry.drop();
    press = first;
    previous = null;
  });

  on('contextmenu', (event) => {
    if (press && !press.settled) {
      press.settled = true;
      press.entry.done({ kind: 'context-menu', end: epochOf(event) });
      return;
    }
    if (press?.button === 2 && epochOf(event) - press.entry.draft.time < 2000) return;
    const active = deepActiveElement();
    if (!active) return;
    const meant = meaningfulElement(composedPathOf(active));
    const element = meant && log.describe(meant.element);
    log.begin('context-menu', { time: epochOf(event), element: element ?? undefined }).done();
  });

  on('keydown', (event) => {
    key = { target: event.composedPath()[0], at: epochOf(event) };
  });

  on('dragstart', (event) => {
    if (!press || press.settled) return;
    press.native = true;
    const path = deepPath(event);
    const dragged = elementsOf(path)[0];
    if (!dragged) return;
    const rect = dragged.getBoundingClientRect();
    press.entry.update({ kind: 'drag', element: log.describe(dragged, rect) });
  });

  on('drop', (event) => {
    const target = dropTarget(log, event);
    if (press?.native && !press.settled) {
      press.settled = true;
      press.entry.done({ end: epochOf(event), target });
    } else if (event.dataTransfer?.types.includes('Files')) {
      // Files that were dragged in from outside: the place they were dropped on got them.
      const meant = meaningfulElement(deepPath(event));
      if (!meant) return;
      const point = { x: event.clientX, y: event.clientY };
      const element = log.describe(meant.element);
      log.begin('choice', { time: epochOf(event), point, element }).done();
    }
  });

  on('dragend', (event) => {
    if (!press?.native || press.settled) return;
    press.settled = true;
    if (event.dataTransfer?.dropEffect === 'none') press.entry.drop();
    else {
      const inside = event.clientX !== 0 || event.clientY !== 0;
      const point = inside ? { x: event.clientX, y: event.clientY } : undefined;
      press.entry.done({ end: epochOf(event), target: point && { point } });
    }
  });

  /** The pointer was moved before it was let go. */
  function release(current: Press, event: PointerEvent): void {
    const { element } = current.meant;
    // A slider says what was chosen, text says what was marked; neither was dragged.
    if (current.entry.draft.kind !== 'click') return finish(current, epochOf(event));
    if (element.matches('input[type="range"]') || hasMarked()) return drop(current);
    const now = element.getBoundingClientRect();
    const still = Math.hypot(now.x - current.rect.x, now.y - current.rect.y) < 2;
    const over = deepElementFromPoint(event.clientX, event.clientY);
    const back = over !== null && element.contains(over);
    if (back && still && isPressedOnly(element)) return awaitClick(current, event);
    current.settled = true;
    current.entry.done({
      kind: 'drag',
      end: epochOf(event),
      target: dropTarget(log, event, current),
    });
  }

  /** The click comes in this same task, unless the page took the element away on the press. */
  function awaitClick(current: Press, event: PointerEvent): void {
    setTimeout(() => {
      if (current.settled) return;
      if (current.meant.element.matches(':disabled')) drop(current);
      else finish(current, epochOf(event));
    });
  }

  function finish(current: Press, end: number): void {
    current.settled = true;
    current.entry.done({ end });
  }

  function drop(current: Press): void {
    current.settled = true;
    current.entry.drop();
  }

  /** Nothing that is still open can change any more. */
  function settle(): void {
    if (!press || press.settled) return;
    // Let go where this frame did not see it.
    if (press.moved >= dragFrom && !press.native) drop(press);
    else finish(press, Date.now());
  }

  function deepPath(event: Event): EventTarget[] {
    const path = event.composedPath();
    const [first] = path;
    // A root that is closed to pages ends the path at its host.
    const root = first instanceof Element && !first.shadowRoot ? log.shadowRootOf(first) : null;
    if (!root || !(event instanceof MouseEvent)) return path;
    const inner = root.elementFromPoint(event.clientX, event.clientY);
    return inner && root.contains(inner) ? composedPathOf(inner) : path;
  }

  return {
    take(control) {
      if (!press || !control.contains(press.meant.element)) return null;
      if (press.entry.draft.kind !== 'click') return null;
      return Date.now() - press.entry.draft.time < patience ? press.entry : null;
    },
    lastRect: () => press?.rect ?? null,
    mark() {
      if (!press || press.moved < dragFrom) return null;
      drop(press);
      return { time: press.entry.draft.time, point: press.from };
    },
    flush: settle,
  };
}

/** Of the element; of its label where that was pressed beside it or the control is not visible. */
function rectOf({ element, pressed }: Meant, point: Point): Rect {
  const own = element.getBoundingClientRect();
  if (element === pressed) return own;
  const inside =
    point.x >= own.left && point.x <= own.right && point.y >= own.top && point.y <= own.bottom;
  return inside && own.width > 4 ? own : pressed.getBoundingClientRect();
}

/** Nothing that people drag about: a slip of the hand on it is a press. */
const isPressedOnly = (element: Element) =>
  buttonLike.has(roleOf(element) ?? '') || editableOf(element) !== null;
