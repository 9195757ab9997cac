/**
 * True peak after ITU-R BS.1770-4, annex 2: the largest magnitude once the signal is sampled four
 * times as often (192 kHz for 48 kHz). Sounds already at 96 kHz or more are taken twice or as they are.
 */
const halfTaps = 12;

/** Windowed-sinc interpolators for the moments between two samples, by phase. */
function phases(factor: number): Float64Array[] {
  return Array.from({ length: factor - 1 }, (_, p) => {
    const shift = (p + 1) / factor;
    return Float64Array.from({ length: 2 * halfTaps }, (_unused, k) => {
      const x = k - halfTaps + 1 - shift;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / (halfTaps + 0.5));
      return (window * Math.sin(Math.PI * x)) / (Math.PI * x);
    });
  });
}

export class TruePeak {
  readonly #phases: Float64Array[];
  #tail = new Float32Array(2 * halfTaps - 1);
  #peak = 0;

  constructor(rate: number) {
    this.#phases = phases(rate < 96000 ? 4 : rate < 192000 ? 2 : 1);
  }

  add(samples: Float32Array): void {
    const joined = new Float32Array(this.#tail.length + samples.length);
    joined.set(this.#tail);
    joined.set(samples, this.#tail.length);
    let peak = this.#peak;
    for (let i = 0; i + 2 * halfTaps <= joined.length; i++) {
      const here = Math.abs(joined[i + halfTaps - 1]!);
      const next = Math.abs(joined[i + halfTaps]!);
      if (here > peak) peak = here;
      // Between two samples below half of the peak so far hardly any sound passes it, and one that
      // does comes near it with its samples a moment later; so the filters run on loud spots only.
      if (Math.max(here, next) * overshoot <= peak) continue;
      for (const taps of this.#phases) {
        let sum = 0;
        for (let k = 0; k < 2 * halfTaps; k++) sum += taps[k]! * joined[i + k]!;
        if (Math.abs(sum) > peak) peak = Math.abs(sum);
      }
    }
    this.#peak = peak;
    this.#tail = joined.slice(-this.#tail.length);
  }

  /** dBTP. */
  get decibels(): number {
    // The last samples wait for neighbours that will not come; as samples they count all the same.
    const peak = this.#tail.reduce((a, v) => Math.max(a, Math.abs(v)), this.#peak);
    return 20 * Math.log10(peak);
  }
}

/** Twice the neighbouring samples: a sine a quarter of the sample rate overshoots them by 1.41. */
const overshoot = 2;
