/** Tells the mouse pointer from other small things: it travels. */
import type { Component } from './components.ts';

/** Largest side of a pointer in cells: 40 pixels of a 1920 wide screen and one cell of overlap. */
export const pointerCells = 6;

export const isSmall = (c: Component) =>
  c.right - c.left < pointerCells && c.bottom - c.top < pointerCells;

/** Largest spinner that is drawn in small pieces, in cells: 128 pixels of a 1920 wide screen. */
const spinnerCells = 16;
/** Seconds of motion that are remembered. */
const memory = 1.2;

interface Sighting {
  time: number;
  x: number;
  y: number;
}

const apart = (a: Sighting, b: Sighting) => Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y));

/** Follows small motion from frame to frame. */
export class SmallMotion {
  #sightings: Sighting[] = [];
  /** Where it was last seen at a new place. */
  #end: Sighting[] = [];
  /** Was at three places or more within half a second, since `reset`. */
  travelled = false;

  /** Notes the small groups that moved in one frame. */
  see(time: number, groups: readonly Component[]): void {
    const recent = this.#sightings.filter((s) => time - s.time <= memory);
    const seen = groups.map((g) => ({
      time,
      x: (g.left + g.right) / 2,
      y: (g.top + g.bottom) / 2,
    }));
    const places: Sighting[] = [];
    // After a stop, whatever moves next is on another journey.
    const moving = time - (recent.at(-1)?.time ?? -1) < 0.25;
    for (const s of [...(moving ? recent.filter((s) => time - s.time <= 0.5) : []), ...seen]) {
      if (places.every((p) => apart(p, s) > 2)) places.push(s);
    }
    if (places.length >= 3 && seen.some((s) => places.includes(s))) {
      this.travelled = true;
      this.#end = seen;
    }
    this.#sightings = [...recent, ...seen];
  }

  /** Cells between a group and where the last journey ended; the pointer's own group is nearest. */
  distance(g: Component): number {
    const at = { time: 0, x: (g.left + g.right) / 2, y: (g.top + g.bottom) / 2 };
    return Math.min(Infinity, ...this.#end.map((s) => apart(s, at)));
  }

  /** Several movements that come back to where they were: a spinner, not a pointer on its way. */
  isInPlace(time: number): boolean {
    const { frames, extent, path } = this.#course(time);
    if (frames < 5 || extent > spinnerCells) return false;
    return extent <= 3 || path >= 1.6 * extent;
  }

  /** Has not left its neighbourhood (yet). */
  isNear(time: number): boolean {
    return this.#course(time).extent <= spinnerCells;
  }

  /** How far the middle of the motion went lately, as the crow flies and along its path, in cells. */
  #course(time: number): { frames: number; extent: number; path: number } {
    const middles = new Map<number, { x: number; y: number; n: number }>();
    for (const s of this.#sightings) {
      if (time - s.time > memory) continue;
      const m = middles.get(s.time) ?? { x: 0, y: 0, n: 0 };
      middles.set(s.time, { x: m.x + s.x, y: m.y + s.y, n: m.n + 1 });
    }
    const points = [...middles.values()].map(({ x, y, n }) => ({ x: x / n, y: y / n }));
    let path = 0;
    points.forEach((p, i) => {
      const last = points[i - 1];
      if (last) path += Math.hypot(p.x - last.x, p.y - last.y);
    });
    const span = (values: number[]) => Math.max(...values) - Math.min(...values);
    const extent = Math.max(span(points.map((p) => p.x)), span(points.map((p) => p.y)));
    return { frames: points.length, extent: points.length > 0 ? extent : 0, path };
  }

  reset(): void {
    this.travelled = false;
  }

  /** Drops the trail: what comes next is not a continuation of it. */
  forget(): void {
    this.#sightings = [];
    this.#end = [];
    this.travelled = false;
  }
}
