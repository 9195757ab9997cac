/**
 * Finds what changed on the screen and when it had settled, from a forward stream of small
 * brightness pictures. The picture at rest is kept as a base without the mouse pointer; whenever the
 * screen is quiet it is compared with the base, cell by cell, against each cell's own noise.
 */
import type { SceneChange } from '../../core/evidence.ts';
import { sourceRange, sourceTime, type SourceRange } from '../../core/time.ts';
import { CellActivity } from './cell-activity.ts';
import { components, distance, type Component } from './components.ts';
import type { Box } from './corner-video.ts';
import type { GridShape } from './grid.ts';
import { isSmall, SmallMotion } from './pointer.ts';
import { Looks } from './looks.ts';

/** Seconds without motion after which the screen is at rest: longer than a slow spinner's frame. */
const quiet = 0.35;
/** A small change must stay this long; a blinking cursor is shown for 0.5 to 0.6 s. */
const smallStays = 0.8;
/** Idle stretches shorter than this are not worth a word. */
const minIdle = 2;
/** Seconds in which a recording's first picture takes shape. */
const warmUp = 0.6;
/** Difference of a cell's mean from the base, 0 to 255, that can be seen. */
const visible = 8;
/** Mean difference below which a line one cell thick is not believed. */
const faintLine = 28;
/** A picture moving for longer than this is looked at in between, at its calmest. */
const longMotion = 12;
/** Seconds that it may take to know a video as one. */
const recent = 6;

export class ChangeDetector {
  readonly shape: GridShape;
  readonly changes: SceneChange[] = [];
  readonly idle: SourceRange[] = [];
  readonly #cells: CellActivity;
  readonly #motion = new SmallMotion();
  #looks: Looks;
  readonly #previous: Uint8Array;
  readonly #base: Uint8Array;
  /** What the base showed before, per cell; -1 where nothing else was ever there. */
  readonly #older: Int16Array;
  readonly #mask: Uint8Array;
  #pointer: Component | null = null;
  #time = -1;
  #first = 0;
  /** Motion of the screen, pointer and restless regions apart. */
  #lastMotion = -1e9;
  #motionStart = -1e9;
  #lastStir = 0;
  #lastLook = -1e9;

  constructor(shape: GridShape) {
    const cells = shape.columns * shape.rows;
    this.shape = shape;
    this.#cells = new CellActivity(shape);
    this.#previous = new Uint8Array(cells);
    this.#base = new Uint8Array(cells);
    this.#older = new Int16Array(cells).fill(-1);
    this.#mask = new Uint8Array(cells);
    this.#looks = new Looks(cells);
  }

  /** Takes the next picture; it stands until the next call. Returns the share of cells that changed. */
  push(time: number, picture: Uint8Array): number {
    if (this.#time < 0) {
      this.#previous.set(picture);
      this.#base.set(picture);
      this.#looks.identify(this.#base, 0);
      this.#first = this.#lastStir = this.#time = this.#lastLook = time;
      return 0;
    }
    // The picture before stood still until now, however long that was.
    if (time - this.#lastMotion >= quiet && time - this.#time > 0.2) this.#look(time);
    const count = this.#cells.update(time, time - this.#time, this.#previous, picture);
    this.#previous.set(picture);
    this.#time = time;
    if (this.#cells.videos.length > 0) this.#forgetInside(this.#cells.videos, time);
    if (count > 0) this.#notice(time, count);
    if (time - this.#lastMotion >= quiet && time - this.#lastLook >= 0.2) this.#look(time);
    else if (time - Math.max(this.#lastLook, this.#motionStart) > longMotion) this.#look(time);
    return count / picture.length;
  }

  /** Ends the stream at `end` seconds. */
  finish(end: number): void {
    if (this.#time < 0) return;
    this.#look(end, true);
    this.#rested(end);
  }

  /** Sorts the motion of one frame into pointer, restless regions and real motion. */
  #notice(time: number, count: number): void {
    const { changed } = this.#cells;
    let moving = 0;
    for (let i = 0; i < changed.length; i++) {
      const real = changed[i] && !this.#cells.isRestless(i) ? 1 : 0;
      this.#mask[i] = real;
      moving += real;
    }
    // A cut in a video that fills the screen is a change although its cells never rest.
    const cut = count > 0.6 * changed.length && moving < count;
    if (moving === 0 && !cut) return;
    let real = true;
    if (moving <= 80 && !cut) {
      const groups = components(this.#mask, this.shape);
      if (groups.length <= 3 && groups.every(isSmall)) {
        this.#motion.see(time, groups);
        // Right after the page moved, a small motion is its spinner until it has gone somewhere.
        const after = time - this.#lastMotion < quiet && this.#motion.isNear(time);
        real = after || this.#motion.isInPlace(time);
        if (!real && this.#motion.travelled) this.#rested(time);
      }
    }
    if (!real) return;
    this.#rested(time);
    if (time - this.#lastMotion > quiet) this.#motionStart = time;
    this.#lastMotion = time;
  }

  /** Before a video was known as one, its motion was taken for changes. */
  #forgetInside(videos: readonly Box[], now: number): void {
    const { columns, rows } = this.shape;
    const inside = ({ x, y, width, height }: SceneChange['box'], v: Box) =>
      x * columns >= v.left - 1 &&
      y * rows >= v.top - 1 &&
      (x + width) * columns <= v.right + 2 &&
      (y + height) * rows <= v.bottom + 2;
    for (let i = this.changes.length - 1; i >= 0; i--) {
      const { box, settled } = this.changes[i]!;
      if (settled < now - recent) break;
      if (videos.some((v) => inside(box, v))) this.changes.splice(i, 1);
    }
  }

  /** Closes an idle stretch. */
  #rested(time: number): void {
    if (time - this.#lastStir >= minIdle) this.idle.push(sourceRange(this.#lastStir, time));
    this.#lastStir = time;
  }

  /** Compares the picture at rest with the base. */
  #look(now: number, last = false): void {
    const cells = this.#cells;
    let count = 0;
    for (let i = 0; i < this.#base.length; i++) {
      const limit = Math.max(visible, cells.threshold(i));
      const differs = Math.abs(this.#previous[i]! - this.#base[i]!) > limit;
      const busy = differs && now - cells.lastActive[i]! < cells.restsAfter(i);
      this.#mask[i] = differs && !busy && !cells.isVideo(i, now) ? 1 : 0;
      count += this.#mask[i]!;
    }
    const since = this.#lastLook;
    this.#lastLook = now;
    if (count === 0) {
      this.#motion.reset();
      return;
    }
    const groups = components(this.#mask, this.shape).filter((g) => {
      const artefact = this.#isFaintLine(g);
      if (artefact) this.#absorb([g]);
      return !artefact;
    });
    const big = groups.filter((g) => !isSmall(g));
    const small = groups.filter(isSmall);
    if (small.length > 12 || big.length > 4 || count > this.#base.length / 8) {
      // Too much changed to tell a pointer in it.
      this.#pointer = null;
      this.#motion.forget();
      this.#accept(groups, since, []);
      return;
    }
    const real = this.#withoutPointer(small, since, now).filter((g) => {
      const strong = g.cells.length > 1 || this.#difference(g.cells[0]!) > 3 * visible;
      // What changes together with something big needs no second look.
      return strong && (last || big.length > 0 || now - this.#settled(g) >= smallStays);
    });
    this.#motion.reset();
    if (big.length + real.length > 0) {
      const pending = small.filter((g) => !real.includes(g));
      this.#accept([...big, ...real], since, pending);
    }
  }

  /** The small groups that are neither the pointer nor the place it left. */
  #withoutPointer(small: Component[], since: number, now: number): Component[] {
    const pointer = this.#pointer;
    const under = pointer ? small.filter((g) => distance(g, pointer) === 0) : [];
    const elsewhere = small.filter((g) => !under.includes(g));
    const arrived = elsewhere.filter((g) => this.#settled(g) > since - quiet);
    arrived.sort((a, b) => this.#motion.distance(a) - this.#motion.distance(b));
    if (pointer) {
      const next = arrived[0];
      // Its place shows again what was there before, or it was seen on its way.
      if (next && (under.length === 0 || this.#motion.travelled)) {
        this.#pointer = next;
        return small.filter((g) => g !== next);
      }
      if (this.#motion.travelled && under.length === 0) this.#pointer = null;
      return elsewhere;
    }
    if (this.#motion.travelled && arrived[0]) {
      const next = arrived[0];
      this.#pointer = next;
      const others = elsewhere.filter((g) => g !== next);
      // Until it first moved, the pointer was part of the base: where it was is no news.
      if (others.length === 1) this.#absorb(others);
      return others.length === 1 ? [] : others;
    }
    if (elsewhere.length === 2 && now - this.#settled(elsewhere[0]!) < smallStays + quiet) {
      const [a, b] = elsewhere as [Component, Component];
      // A pointer that jumped between two frames leaves one place as it appears in the other.
      if (Math.abs(this.#settled(a) - this.#settled(b)) < 0.15) {
        this.#absorb(elsewhere);
        return [];
      }
    }
    return elsewhere;
  }

  /** Notes a change, and takes the picture into the base but for `pending` groups. */
  #accept(groups: Component[], since: number, pending: Component[]): void {
    const before = this.changes.at(-1)?.settled ?? this.#first;
    if (Math.max(...groups.map((g) => this.#settled(g))) - this.#first < warmUp) {
      // Recorders begin with coarse pictures that sharpen; the first look is what they come to.
      this.#absorb(groups);
      this.#follow([]);
      this.#looks = new Looks(this.#base.length);
      this.#looks.identify(this.#base, 0);
      return;
    }
    let time = this.#lastLook;
    let settled = -Infinity;
    let cells = 0;
    let back = 0;
    let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
    for (const g of groups) {
      for (const cell of g.cells) {
        const moved = this.#cells.lastActive[cell]!;
        settled = Math.max(settled, moved);
        // A cell that crept across the threshold has no start of its own.
        if (moved > before) time = Math.min(time, this.#cells.burstStart[cell]!);
        const older = this.#older[cell]!;
        if (older >= 0 && Math.abs(this.#previous[cell]! - older) <= visible) back++;
      }
      cells += g.cells.length;
      left = Math.min(left, g.left);
      top = Math.min(top, g.top);
      right = Math.max(right, g.right + 1);
      bottom = Math.max(bottom, g.bottom + 1);
    }
    this.#absorb(groups);
    this.#follow(pending);
    // A spinner that went away left no trace in these cells, but the screen moved until it did.
    if (this.#lastMotion > since - quiet) {
      settled = Math.max(settled, this.#lastMotion);
      time = Math.min(time, this.#motionStart);
    }
    time = Math.max(time, before);
    const { columns, rows } = this.shape;
    this.changes.push({
      time: sourceTime(time),
      settled: sourceTime(Math.max(time, settled)),
      area: cells / (columns * rows),
      box: {
        x: left / columns,
        y: top / rows,
        width: (right - left) / columns,
        height: (bottom - top) / rows,
      },
      state: this.#looks.identify(this.#base, cells),
      reverts: back >= 0.85 * cells,
    });
  }

  /** Takes what is shown in these groups into the base. */
  #absorb(groups: Component[]): void {
    for (const g of groups) {
      for (const cell of g.cells) {
        this.#older[cell] = this.#base[cell]!;
        this.#base[cell] = this.#previous[cell]!;
      }
    }
  }

  /** Lets the base follow what is too faint to be a change, or it would add up to one. */
  #follow(pending: Component[]): void {
    const held = new Set(pending.flatMap((g) => g.cells));
    for (let i = 0; i < this.#base.length; i++) {
      const difference = Math.abs(this.#previous[i]! - this.#base[i]!);
      if (difference > 0 && difference <= this.#cells.threshold(i) + visible && !held.has(i)) {
        this.#base[i] = this.#previous[i]!;
      }
    }
  }

  #settled(g: Component): number {
    return g.cells.reduce((last, cell) => Math.max(last, this.#cells.lastActive[cell]!), 0);
  }

  /** Edges of still shapes move by a fraction of a pixel where the codec starts over at a key frame. */
  #isFaintLine(g: Component): boolean {
    if (g.left !== g.right && g.top !== g.bottom) return false;
    const sum = g.cells.reduce((total, cell) => total + this.#difference(cell), 0);
    return sum < faintLine * g.cells.length;
  }

  #difference(cell: number): number {
    return Math.abs(this.#previous[cell]! - this.#base[cell]!);
  }
}
