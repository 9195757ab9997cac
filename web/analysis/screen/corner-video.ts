/**
 * Finds a camera picture in a corner of the screen within two seconds, much sooner than by habit
 * (cell-activity.ts): something the size of a face, near a corner, that moved in every second.
 */
import { components } from './components.ts';
import type { GridShape } from './grid.ts';

/** Seconds that are counted together. */
const period = 1;
/** Times a cell must have changed in each of two periods. */
const often = 2;
/** A face is at least this wide and high, in cells: 80 pixels of a 1920 wide screen. Larger than a spinner's dots. */
const smallest = 10;
/** Largest share of the picture's width or height that a camera in a corner takes. */
const largest = 0.4;
/** The middle of it lies in the outer parts of the picture, left or right and at the top or bottom. */
const outer = 0.3;
/** Cells that join lively ones to a whole: a face is quiet between eyes and mouth. */
const reach = 3;

/** Seconds that a video is believed to go on after it moved, and by how much more for each second it did. */
const stays = { least: 3, most: 12 };

/** Cells, the last ones included. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}
export interface Video extends Box {
  /** Seconds in which it was seen to move. */
  age: number;
  /** Until when it is believed to go on. */
  until: number;
}

export class CornerVideo {
  readonly #shape: GridShape;
  #counts: Uint8Array;
  #before: Uint8Array;
  #ends = -1;
  #known: Video[] = [];

  constructor(shape: GridShape) {
    this.#shape = shape;
    this.#counts = new Uint8Array(shape.columns * shape.rows);
    this.#before = new Uint8Array(shape.columns * shape.rows);
  }

  /** Counts a cell that changed in this frame. */
  count(cell: number): void {
    if (this.#counts[cell]! < 255) this.#counts[cell]!++;
  }

  /** To be called after each frame. Once a second, the corners in which a video plays; else none. */
  take(time: number): readonly Video[] {
    if (this.#ends < 0) this.#ends = time + period;
    if (time < this.#ends) return [];
    // After a picture that stood still for long, the two periods are not neighbours.
    const steady = time - this.#ends < period;
    this.#known = this.#known.filter((v) => time < v.until);
    const found = (steady ? this.#find() : []).map((box) => this.#remember(box, time));
    this.#ends = time + period;
    [this.#before, this.#counts] = [this.#counts, this.#before];
    this.#counts.fill(0);
    return found;
  }

  /** A face moves here now and there then: the video is all of it. */
  #remember(box: Box, time: number): Video {
    const touching = this.#known.filter(
      (v) =>
        v.left <= box.right && v.right >= box.left && v.top <= box.bottom && v.bottom >= box.top,
    );
    const whole = touching.reduce<Box>(
      (sum, v) => ({
        left: Math.min(sum.left, v.left),
        top: Math.min(sum.top, v.top),
        right: Math.max(sum.right, v.right),
        bottom: Math.max(sum.bottom, v.bottom),
      }),
      box,
    );
    const { left, top, right, bottom } = this.#fits(whole) ? whole : box;
    const age = 1 + Math.max(0, ...touching.map((v) => v.age));
    const until = time + Math.min(stays.most, stays.least + age);
    const video = { left, top, right, bottom, age, until };
    this.#known = [...this.#known.filter((v) => !touching.includes(v)), video];
    return video;
  }

  #find(): Box[] {
    const { columns, rows } = this.#shape;
    const mask = new Uint8Array(columns * rows);
    let any = false;
    for (let i = 0; i < mask.length; i++) {
      if (this.#counts[i]! < often || this.#before[i]! < often) continue;
      any = true;
      const x = i % columns;
      const y = (i - x) / columns;
      for (let ny = Math.max(0, y - reach); ny <= Math.min(rows - 1, y + reach); ny++) {
        const from = ny * columns + Math.max(0, x - reach);
        mask.fill(1, from, ny * columns + Math.min(columns - 1, x + reach) + 1);
      }
    }
    return any ? components(mask, this.#shape).filter((box) => this.#fits(box)) : [];
  }

  #fits({ left, top, right, bottom }: Box): boolean {
    const { columns, rows } = this.#shape;
    // The cells themselves, without what joins them.
    const width = right - left + 1 - 2 * reach;
    const height = bottom - top + 1 - 2 * reach;
    const x = (left + right + 1) / 2 / columns;
    const y = (top + bottom + 1) / 2 / rows;
    return (
      Math.min(width, height) >= smallest &&
      width <= largest * columns &&
      height <= largest * rows &&
      (x < outer || x > 1 - outer) &&
      (y < outer || y > 1 - outer)
    );
  }
}
