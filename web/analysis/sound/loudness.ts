/**
 * Integrated loudness as ITU-R BS.1770-4 and EBU R128 define it, as a stream: K-weighting, blocks
 * of 400 ms every 100 ms, gates at -70 LUFS and 10 LU below the mean of what passed the first.
 */
import { TruePeak } from './true-peak.ts';

/** What BS.1770 adds to the mean square in dB, so that a 997 Hz sine at 0 dBFS in one channel reads -3.01. */
const offset = -0.691;
const absoluteGate = -70;
const relativeGate = -10;
/** Energies are kept as a histogram (0.01 LU), so that hours cost no memory. */
const lowest = -70;
const highest = 30;
const binsPerUnit = 100;

/** -300 dBFS. */
const inaudible = 1e-15;

interface Biquad {
  b0: number;
  b1: number;
  b2: number;
  a1: number;
  a2: number;
}

/**
 * The two filters of BS.1770's table 1 and 2 for any sample rate: their analogue prototypes
 * (frequency, gain and Q as fitted by Brecht De Man, "Evaluation of implementations of the EBU R128
 * loudness measurement", AES 145, 2018) through the bilinear transform.
 */
export function kWeighting(rate: number): [Biquad, Biquad] {
  const shelf = { hz: 1681.974450955533, gain: 3.999843853973347, q: 0.7071752369554196 };
  const pass = { hz: 38.13547087602444, q: 0.5003270373238773 };
  let k = Math.tan((Math.PI * shelf.hz) / rate);
  const high = 10 ** (shelf.gain / 20);
  const band = high ** 0.4996667741545416;
  let a0 = 1 + k / shelf.q + k * k;
  const first = {
    b0: (high + (band * k) / shelf.q + k * k) / a0,
    b1: (2 * (k * k - high)) / a0,
    b2: (high - (band * k) / shelf.q + k * k) / a0,
    a1: (2 * (k * k - 1)) / a0,
    a2: (1 - k / shelf.q + k * k) / a0,
  };
  k = Math.tan((Math.PI * pass.hz) / rate);
  a0 = 1 + k / pass.q + k * k;
  const second = {
    b0: 1,
    b1: -2,
    b2: 1,
    a1: (2 * (k * k - 1)) / a0,
    a2: (1 - k / pass.q + k * k) / a0,
  };
  return [first, second];
}

/** BS.1770 weights by channel count, in the order of WebCodecs: L R, or L R C LFE Ls Rs. */
function channelWeights(channels: number): number[] {
  if (channels === 6) return [1, 1, 1, 0, 1.41, 1.41];
  return Array.from({ length: channels }, () => 1);
}

/** Two cascaded biquads in transposed direct form II; returns the sum of squares of what comes out. */
class KFilter {
  readonly #filters: [Biquad, Biquad];
  readonly #state = new Float64Array(4);

  constructor(rate: number) {
    this.#filters = kWeighting(rate);
  }

  energy(samples: Float32Array, from: number, to: number): number {
    const [f, g] = this.#filters;
    let [s0, s1, s2, s3] = this.#state as unknown as [number, number, number, number];
    let sum = 0;
    for (let i = from; i < to; i++) {
      const x = samples[i]!;
      const y = f.b0 * x + s0;
      s0 = f.b1 * x - f.a1 * y + s1;
      s1 = f.b2 * x - f.a2 * y;
      const z = g.b0 * y + s2;
      s2 = g.b1 * y - g.a1 * z + s3;
      s3 = g.b2 * y - g.a2 * z;
      sum += z * z;
    }
    const state = [s0, s1, s2, s3];
    // In silence the filters ring on in numbers so small that arithmetic with them is ten times slower.
    this.#state.set(state.every((s) => Math.abs(s) < inaudible) ? [0, 0, 0, 0] : state);
    return sum;
  }
}

/**
 * Feed it the sound of all channels in turn; ask when done. One channel counts once, as the standard
 * says: a mono file reads 3.01 LU less than the same sound in both channels of a stereo file.
 */
export class LoudnessMeter {
  readonly #filters: KFilter[];
  readonly #peaks: TruePeak[];
  readonly #weights: number[];
  readonly #step: number;
  /** Weighted energy of the step under way and of the three before. */
  #energy = 0;
  #filled = 0;
  readonly #steps: number[] = [];
  readonly #histogram = new Float64Array((highest - lowest) * binsPerUnit);

  constructor(rate: number, channels = 1) {
    this.#filters = Array.from({ length: channels }, () => new KFilter(rate));
    this.#peaks = Array.from({ length: channels }, () => new TruePeak(rate));
    this.#weights = channelWeights(channels);
    this.#step = Math.round(rate / 10);
  }

  /** Planar samples of equal length, one array a channel. */
  add(planes: readonly Float32Array[]): void {
    const length = planes[0]?.length ?? 0;
    planes.forEach((plane, c) => this.#peaks[c]!.add(plane));
    for (let at = 0; at < length;) {
      const to = Math.min(length, at + this.#step - this.#filled);
      planes.forEach((plane, c) => {
        this.#energy += this.#weights[c]! * this.#filters[c]!.energy(plane, at, to);
      });
      this.#filled += to - at;
      at = to;
      if (this.#filled === this.#step) this.#closeStep();
    }
  }

  #closeStep(): void {
    this.#steps.push(this.#energy);
    this.#energy = 0;
    this.#filled = 0;
    if (this.#steps.length > 4) this.#steps.shift();
    if (this.#steps.length < 4) return;
    const mean = this.#steps.reduce((a, b) => a + b, 0) / (4 * this.#step);
    const loudness = toLoudness(mean);
    if (loudness <= absoluteGate) return;
    const bin = Math.floor((Math.min(loudness, highest - 0.01) - lowest) * binsPerUnit);
    this.#histogram[bin]! += 1;
  }

  /** LUFS; -Infinity when no block is above -70 (silence, or less than 0.4 s of sound). */
  get integrated(): number {
    const gate = toLoudness(this.#meanAbove(lowest)) + relativeGate;
    return toLoudness(this.#meanAbove(gate));
  }

  /** dBTP over all channels; -Infinity for digital silence. */
  get truePeak(): number {
    return Math.max(...this.#peaks.map((p) => p.decibels));
  }

  #meanAbove(gate: number): number {
    let energy = 0;
    let blocks = 0;
    const first = Math.max(0, Math.ceil((gate - lowest) * binsPerUnit - 0.5));
    for (let bin = first; bin < this.#histogram.length; bin++) {
      const count = this.#histogram[bin]!;
      if (count === 0) continue;
      energy += count * 10 ** ((lowest + (bin + 0.5) / binsPerUnit - offset) / 10);
      blocks += count;
    }
    return blocks === 0 ? 0 : energy / blocks;
  }
}

const toLoudness = (meanSquare: number) => offset + 10 * Math.log10(meanSquare);
