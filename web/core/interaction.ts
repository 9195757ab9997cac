import type { SourceTime } from './time.ts';

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Something the person did in the page while recording. Written by the recorder. */
export interface Interaction {
  kind: 'click' | 'key' | 'input' | 'navigation' | 'scroll';
  time: SourceTime;
  /** Accessible role and name of the element. */
  role?: string;
  label?: string;
  /** Position and size in pixels of the recorded frame. */
  rect?: Rect;
  page?: { title: string; url: string };
}
