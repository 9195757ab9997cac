import type { SourceTime } from './time.ts';

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/**
 * `input` is typing in a field, `key` a shortcut, `choice` another option, state or file chosen in a
 * control, `selection` text that was marked, `tab` another tab that was gone to.
 */
export type InteractionKind =
  | 'click'
  | 'double-click'
  | 'context-menu'
  | 'input'
  | 'key'
  | 'choice'
  | 'selection'
  | 'drag'
  | 'scroll'
  | 'navigation'
  | 'tab';

/** Something the person did in the page while recording. Written by the recorder. */
export interface Interaction {
  kind: InteractionKind;
  time: SourceTime;
  /** Where it took a while: typing in one field, dragging, scrolling. */
  end?: SourceTime;
  /** Accessible role and name of the element, as assistive technology would say them. */
  role?: string;
  label?: string;
  /** Lower-case tag name, and selectors that find the element again, the most stable one first. */
  tag?: string;
  selectors?: string[];
  /** Position and size in pixels of the recorded frame. */
  rect?: Rect;
  /** Where the pointer was, in pixels of the recorded frame. */
  point?: Point;
  /** What was typed, where the person allowed that; the name of what was chosen. */
  value?: string;
  /** Of a shortcut: "Control+K". */
  keys?: string;
  /** Where something was dragged to. */
  target?: { role?: string; label?: string; rect?: Rect; point?: Point };
  /** Of a scroll: how far, in pixels of the recorded frame. */
  distance?: Point;
  page?: { title: string; url: string };
  /** Of a navigation: back or forward in what was visited before. */
  traversed?: boolean;
  /** A title that the person gave while recording. */
  title?: string;
}
