/** Tells the mouse pointer from other small things: it travels. */
import type { Component } from './components.ts';

/** Largest side of a pointer in cells: 40 pixels of a 1920 wide screen and one cell of overlap. */
export const pointerCells = 6;

export const isSmall = (c: Component) =>
  c.right - c.left < pointerCells && c.bottom - c.top < pointerCells;

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
    const recent = this.#sightings.filter((s) => time - s.time <= 0.8);
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

  /** Several movements in under a second, all in one place: a spinner, not a pointer. */
  isInPlace(time: number): boolean {
    const recent = this.#sightings.filter((s) => time - s.time <= 0.8);
    if (new Set(recent.map((s) => s.time)).size < 5) return false;
    const first = recent[0]!;
    return recent.every((s) => apart(first, s) <= 3);
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
