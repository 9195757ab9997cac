/** Shape and noise floor of a mono sound, gathered as a stream. */

export const peakRate = 100;

/** Pairs of minimum and maximum, -127 to 127, `peakRate` a second. */
export class WaveformPeaks {
  readonly #rate: number;
  #pairs = new Int8Array(2 * peakRate * 60);
  #count = 0;
  #seen = 0;
  #low = 0;
  #high = 0;

  constructor(rate: number) {
    this.#rate = rate;
  }

  add(samples: Float32Array): void {
    for (let i = 0; i < samples.length;) {
      const end = Math.round(((this.#count + 1) * this.#rate) / peakRate);
      const to = Math.min(samples.length, i + end - this.#seen);
      for (let k = i; k < to; k++) {
        const v = samples[k]!;
        if (v < this.#low) this.#low = v;
        if (v > this.#high) this.#high = v;
      }
      this.#seen += to - i;
      i = to;
      if (this.#seen === end) this.#close();
    }
  }

  #close(): void {
    if (2 * this.#count + 2 > this.#pairs.length) {
      const grown = new Int8Array(this.#pairs.length * 2);
      grown.set(this.#pairs);
      this.#pairs = grown;
    }
    this.#pairs[2 * this.#count] = Math.max(-127, Math.round(this.#low * 127));
    this.#pairs[2 * this.#count + 1] = Math.min(127, Math.round(this.#high * 127));
    this.#count++;
    this.#low = 0;
    this.#high = 0;
  }

  /** The pairs so far, with the unfinished last one. */
  finish(): Int8Array {
    if (this.#seen > Math.round((this.#count * this.#rate) / peakRate)) this.#close();
    return this.#pairs.slice(0, 2 * this.#count);
  }
}

/** Lowest level told apart from digital silence, dBFS: below the last bit of 16. */
const lowestLevel = -100;
const share = 0.1;
const windowSeconds = 0.05;

/**
 * The level that a tenth of the sound stays below, from the RMS of windows of 50 ms. Digital silence
 * (gaps, muted stretches) does not count.
 */
export class NoiseFloor {
  readonly #window: number;
  /** Counts by level in steps of 0.1 dB. */
  readonly #counts = new Float64Array(-lowestLevel * 10 + 1);
  #energy = 0;
  #filled = 0;

  constructor(rate: number) {
    this.#window = Math.round(windowSeconds * rate);
  }

  add(samples: Float32Array): void {
    for (let i = 0; i < samples.length; i++) {
      this.#energy += samples[i]! * samples[i]!;
      if (++this.#filled < this.#window) continue;
      const level = 10 * Math.log10(this.#energy / this.#window);
      if (level > lowestLevel)
        this.#counts[Math.round((Math.min(0, level) - lowestLevel) * 10)]! += 1;
      this.#energy = 0;
      this.#filled = 0;
    }
  }

  /** dBFS; -100 where nothing was louder than that. */
  get level(): number {
    const wanted = share * this.#counts.reduce((a, b) => a + b, 0);
    let below = 0;
    for (const [bin, count] of this.#counts.entries()) {
      below += count;
      if (below > 0 && below >= wanted) return lowestLevel + bin / 10;
    }
    return lowestLevel;
  }
}
