/** What each cell of the grid did lately: its noise, when it last moved, whether it never rests. */

import { CornerVideo, type Video } from './corner-video.ts';
import type { GridShape } from './grid.ts';

/** Change of a cell's mean (0 to 255) that no codec noise explains on a quiet picture. */
const floor = 6;
/** Above this, a difference is a change whatever the cell's noise. */
const ceiling = 26;
/** Cells around a restless one that are taken for restless too. */
const reach = 3;
/** By degree of restlessness: none, for some seconds, by habit. */
const restTimes = [0, 1.5, 4];
/** Seconds over which a cell's liveliness is averaged: short for a video, long for a face in a corner. */
const shortMemory = 8;
const longMemory = 30;
/** Share of the time above which liveliness is a habit. */
const habit = 0.13;

export class CellActivity {
  /** Set where the cell changed from the frame before to this one. */
  readonly changed: Uint8Array;
  /** When it last changed and when that run of changes began, seconds; -1e9 before the first. */
  readonly lastActive: Float64Array;
  readonly burstStart: Float64Array;
  readonly #noise: Float32Array;
  readonly #restless: Uint8Array;
  readonly #short: Float32Array;
  readonly #long: Float32Array;

  /** The restlessness of the neighbourhood: a face has quiet cells between its lively ones. */
  readonly #around: Uint8Array;
  readonly #corner: CornerVideo;
  /** Until when a cell belongs to a video in a corner, seconds. */
  readonly #videoUntil: Float64Array;
  /** Videos seen with the latest frame. */
  videos: readonly Video[] = [];
  readonly #columns: number;
  #lastSpread = -1e9;

  constructor(shape: GridShape) {
    const { columns, rows } = shape;
    this.#corner = new CornerVideo(shape);
    const cells = columns * rows;
    this.#videoUntil = new Float64Array(cells);
    this.#columns = columns;
    this.#around = new Uint8Array(cells);
    this.changed = new Uint8Array(cells);
    this.lastActive = new Float64Array(cells).fill(-1e9);
    this.burstStart = new Float64Array(cells).fill(-1e9);
    this.#noise = new Float32Array(cells).fill(1);
    this.#restless = new Uint8Array(cells);
    this.#short = new Float32Array(cells);
    this.#long = new Float32Array(cells);
  }

  /** Mean difference that counts as a change in this cell: above its own noise. */
  threshold(cell: number): number {
    return Math.min(ceiling, floor + 3 * this.#noise[cell]!);
  }

  /** Compares two frames `elapsed` seconds apart; returns how many cells changed. */
  update(time: number, elapsed: number, before: Uint8Array, now: Uint8Array): number {
    // A frame that stood for long says little about motion: its gap counts as half a second.
    const dt = Math.min(elapsed, 0.5);
    const short = 1 - Math.exp(-dt / shortMemory);
    const long = 1 - Math.exp(-dt / longMemory);
    // Cooling goes by the whole gap, in which nothing moved.
    const rest = elapsed - dt;
    const coolShort = Math.exp(-rest / shortMemory);
    const coolLong = Math.exp(-rest / longMemory);
    let count = 0;
    for (let i = 0; i < now.length; i++) {
      const difference = Math.abs(now[i]! - before[i]!);
      const active = difference > this.threshold(i) ? 1 : 0;
      this.changed[i] = active;
      if (rest > 0) {
        this.#short[i]! *= coolShort;
        this.#long[i]! *= coolLong;
      }
      this.#short[i]! += (active - this.#short[i]!) * short;
      this.#long[i]! += (active - this.#long[i]!) * long;
      this.#judge(i);
      if (active) {
        count++;
        this.#corner.count(i);
        if (time - this.lastActive[i]! > 1) this.burstStart[i] = time;
        this.lastActive[i] = time;
      } else {
        this.#noise[i]! += (difference - this.#noise[i]!) * 0.05;
      }
    }
    this.videos = this.#corner.take(time);
    for (const { left, top, right, bottom, until } of this.videos) {
      for (let y = top; y <= bottom; y++) {
        for (let i = y * this.#columns + left; i <= y * this.#columns + right; i++) {
          this.#videoUntil[i] = until;
          this.#restless[i] = 2;
          this.#long[i] = Math.max(this.#long[i]!, habit);
        }
      }
    }
    if (this.videos.length > 0 || time - this.#lastSpread >= 0.5) {
      this.#lastSpread = time;
      this.#spread();
    }
    return count;
  }

  /** Moves nearly all the time, like a camera picture, a video or an advertisement. */
  isRestless(cell: number): boolean {
    return this.#around[cell]! > 0;
  }

  /** A video plays here: what it shows is no change of the screen until it stops. */
  isVideo(cell: number, now: number): boolean {
    return now < this.#videoUntil[cell]!;
  }

  /** Seconds for which a cell must be still before it is believed to be at rest. */
  restsAfter(cell: number): number {
    return restTimes[this.#around[cell]!]!;
  }

  /** Once restless, a cell is forgiven slowly; a long habit is forgotten more slowly. */
  #judge(cell: number): void {
    const known = this.#restless[cell]!;
    const long = this.#long[cell]!;
    const short = this.#short[cell]!;
    if (long > (known === 2 ? 0.04 : habit)) this.#restless[cell] = 2;
    else this.#restless[cell] = short > (known > 0 ? 0.12 : 0.34) ? 1 : 0;
  }

  /** Takes the neighbours along, `reach` cells in every direction. */
  #spread(): void {
    const columns = this.#columns;
    this.#around.fill(0);
    for (let i = 0; i < this.#restless.length; i++) {
      const level = this.#restless[i]!;
      if (level === 0) continue;
      const x = i % columns;
      const from = Math.max(0, x - reach) - x;
      const to = Math.min(columns - 1, x + reach) - x;
      for (let dy = -reach; dy <= reach; dy++) {
        const row = i + dy * columns;
        if (row < 0 || row >= this.#around.length) continue;
        for (let n = row + from; n <= row + to; n++) {
          if (this.#around[n]! < level) this.#around[n] = level;
        }
      }
    }
  }
}
