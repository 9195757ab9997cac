/**
 * Timestamps of a stream to wall-clock moments. Frames arrive some time after the moment they show;
 * the smallest difference between arrival and timestamp that was seen is taken for the difference of
 * the clocks. Later on it may only creep upwards, by what a device's clock can be wrong.
 */
const windowMs = 10_000;
/** 200 parts in a million: more than any clock of a sound card is off. */
const creepMs = windowMs * 200e-6;

export class StreamClock {
  /** Milliseconds to add to a timestamp; null before the first one. */
  #offset: number | null = null;
  #windowEnd = 0;
  #smallest = Infinity;
  #last = -Infinity;

  /** `timestamp` in microseconds, `arrived` in milliseconds since the epoch; returns the same. */
  toMoment(timestamp: number, arrived: number): number {
    // Chromium counts sound from the page's start until the stream has moved to a worker, and from
    // the worker's start afterwards.
    if (timestamp < this.#last) this.reset();
    this.#last = timestamp;
    const offset = arrived - timestamp / 1000;
    this.#smallest = Math.min(this.#smallest, offset);
    if (this.#offset === null || offset < this.#offset) this.#offset = offset;
    if (arrived >= this.#windowEnd) {
      if (this.#windowEnd > 0) this.#offset = Math.min(this.#smallest, this.#offset + creepMs);
      this.#windowEnd = arrived + windowMs;
      this.#smallest = Infinity;
    }
    return timestamp / 1000 + this.#offset;
  }

  /** Another device, or the computer slept: what was learnt does not hold any more. */
  reset(): void {
    this.#offset = null;
    this.#windowEnd = 0;
    this.#smallest = Infinity;
    this.#last = -Infinity;
  }
}
