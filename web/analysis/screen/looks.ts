/** Numbers the looks of the screen, so that a picture that comes back is known. */

/** Pictures remembered; older ones get a new number when they come back. */
const capacity = 48;
/** Difference of a cell's mean, 0 to 255, that the eye sees. */
const visible = 10;

export class Looks {
  readonly #cells: number;
  #known: { id: number; picture: Uint8Array }[] = [];
  #next = 0;

  constructor(cells: number) {
    this.#cells = cells;
  }

  /**
   * Number of this picture. `changed` cells led to it: the more changed, the less a few others
   * (a pointer, a clock) matter for its being the same.
   */
  identify(picture: Uint8Array, changed: number): number {
    const tolerance = Math.max(1, Math.min(60, Math.floor(changed / 20)));
    for (let k = this.#known.length - 1; k >= 0; k--) {
      const known = this.#known[k]!;
      if (this.#differences(known.picture, picture, tolerance) <= tolerance) {
        this.#known.splice(k, 1);
        this.#known.push({ id: known.id, picture: picture.slice() });
        return known.id;
      }
    }
    if (this.#known.length >= capacity) this.#known.shift();
    this.#known.push({ id: this.#next, picture: picture.slice() });
    return this.#next++;
  }

  /** Counts differing cells; stops once there are more than `limit`. */
  #differences(a: Uint8Array, b: Uint8Array, limit: number): number {
    let count = 0;
    for (let i = 0; i < this.#cells && count <= limit; i++) {
      if (Math.abs(a[i]! - b[i]!) > visible) count++;
    }
    return count;
  }
}
