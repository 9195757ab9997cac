/** How long a job still takes, from how far it came in how long. */

/** Seconds before a guess is worth showing. */
const warmUp = 2;

export class TimeLeft {
  #began: number;
  #samples: { at: number; fraction: number }[] = [];

  constructor(now = performance.now()) {
    this.#began = now;
  }

  /** Seconds left, or null while nobody can know. Uses the speed of the last 30 s, so that a slow start is forgotten. */
  update(fraction: number, now = performance.now()): number | null {
    this.#samples.push({ at: now, fraction });
    while (this.#samples.length > 2 && now - this.#samples[0]!.at > 30_000) this.#samples.shift();
    const first = this.#samples[0]!;
    const seconds = (now - first.at) / 1000;
    const gained = fraction - first.fraction;
    if ((now - this.#began) / 1000 < warmUp || gained <= 0.002 || seconds <= 0) return null;
    return ((1 - fraction) / gained) * seconds;
  }
}
