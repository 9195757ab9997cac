/** What a page tells the recorder. Plain data that survives structured clone and JSON. */
import type { InteractionKind, Point, Rect } from '../../core/interaction.ts';

/** The tab's top viewport and where it is on the screen. "DIP" is a screen pixel before scaling. */
export interface ViewportFacts {
  /** Layout viewport with scroll bars, CSS pixels. */
  width: number;
  height: number;
  devicePixelRatio: number;
  /** The part of the layout viewport that a pinch leaves visible, and how much it is magnified. */
  visual: { x: number; y: number; scale: number };
  /** DIP of a CSS pixel: the browser's zoom of the page. */
  zoom: number;
  /** Where the viewport's top left corner is on the screen, DIP. */
  origin: Point;
  /** The browser's window and its screen, DIP. */
  window: Rect;
  screen: Rect;
}

export interface ElementFacts {
  /** As assistive technology would say them. */
  role?: string;
  label?: string;
  /** Lower case. */
  tag: string;
  /** The most stable one first; ` >>> ` leads into a shadow root. `role=button[name="Invite"]` is not CSS. */
  selectors: string[];
  /** CSS pixels of the top viewport; absent where a frame does not know its place. */
  rect?: Rect;
}

/**
 * One thing done. It comes several times under the same `id`: `begun` when it begins, `done` when it
 * has happened, `void` when it was nothing after all, and again when more is known (the second click
 * of a double click, what was chosen from the list that a click opened). The last one counts, and
 * one that is still `begun` when its page goes away was done.
 */
export interface PageEvent {
  id: string;
  state: 'begun' | 'done' | 'void';
  kind: InteractionKind;
  /** Milliseconds since the epoch by the wall clock, of the press and not of the release. */
  time: number;
  end?: number;
  element?: ElementFacts;
  /** Of the pointer, CSS pixels of the top viewport. */
  point?: Point;
  /** What was typed or marked where that is allowed, what was chosen, `true` or `false` of a tick. */
  value?: string;
  /** "Control+K". */
  keys?: string;
  /** Where something was dragged to. */
  target?: { role?: string; label?: string; rect?: Rect; point?: Point };
  /** How far was scrolled, CSS pixels. */
  distance?: Point;
  /** Of the top page, its address without query and fragment. */
  page?: { title: string; url: string };
  /** Of a navigation: back or forward in what was visited before. */
  traversed?: boolean;
  viewport?: ViewportFacts;
}

/** The list with the event in its place: by time, the last word of each id, void ones gone. */
export function foldEvent(events: readonly PageEvent[], event: PageEvent): PageEvent[] {
  const rest = events.filter((other) => other.id !== event.id);
  if (event.state === 'void') return rest;
  const at = rest.findLastIndex((other) => other.time <= event.time) + 1;
  return [...rest.slice(0, at), event, ...rest.slice(at)];
}
