/** Sample rate conversion of a stream, with a windowed sinc against aliasing. */

/** Zero crossings of the sinc on each side: transition band of about 6 % of the lower rate. */
const crossings = 24;
/** Phases kept at most; rates with odd ratios take the nearest of these. */
const maxPhases = 640;
/** Pass band in parts of the lower Nyquist frequency. */
const passBand = 0.94;

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/** Kaiser window, beta 9: side lobes below -90 dB. */
function kaiser(x: number): number {
  if (Math.abs(x) >= 1) return 0;
  return bessel(9 * Math.sqrt(1 - x * x)) / bessel(9);
}
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 40; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

export class Resampler {
  readonly #step: number;
  readonly #half: number;
  readonly #phases: number;
  readonly #filters: Float32Array[];
  /** Input not used up yet; its first sample is number `#first` of the stream. */
  #pending: Float32Array;
  #length: number;
  #first: number;
  #written = 0;

  /** The first output sample lies on the first input sample. */
  constructor(inputRate: number, outputRate: number) {
    this.#step = inputRate / outputRate;
    const cutoff = Math.min(1, outputRate / inputRate) * passBand;
    this.#half = Math.ceil(crossings / cutoff);
    this.#phases = Math.min(maxPhases, outputRate / greatestDivisor(inputRate, outputRate));
    this.#filters = Array.from({ length: this.#phases + 1 }, (_, phase) =>
      filter(phase / this.#phases, cutoff, this.#half),
    );
    this.#pending = new Float32Array(this.#half);
    this.#length = this.#half;
    this.#first = -this.#half;
  }

  /** Takes a piece of the stream, gives what can be computed so far. */
  push(input: Float32Array): Float32Array {
    const needed = this.#length + input.length;
    if (needed > this.#pending.length) {
      const larger = new Float32Array(needed * 2);
      larger.set(this.#pending.subarray(0, this.#length));
      this.#pending = larger;
    }
    this.#pending.set(input, this.#length);
    this.#length = needed;
    return this.#compute();
  }

  /** The rest, as if silence followed. */
  flush(): Float32Array {
    return this.push(new Float32Array(this.#half));
  }

  #compute(): Float32Array {
    const end = this.#first + this.#length - this.#half;
    const count = Math.max(0, Math.ceil(end / this.#step) - this.#written);
    const output = new Float32Array(count);
    const taps = 2 * this.#half;
    for (let i = 0; i < count; i++) {
      const position = (this.#written + i) * this.#step;
      const whole = Math.floor(position);
      const filter = this.#filters[Math.round((position - whole) * this.#phases)]!;
      const from = whole - this.#half + 1 - this.#first;
      let sum = 0;
      for (let k = 0; k < taps; k++) sum += filter[k]! * this.#pending[from + k]!;
      output[i] = sum;
    }
    this.#written += count;
    const used = Math.floor(this.#written * this.#step) - this.#half + 1 - this.#first;
    if (used > 0) {
      this.#pending.copyWithin(0, used, this.#length);
      this.#length -= used;
      this.#first += used;
    }
    return output;
  }
}

/** Weights of the `2 * half` samples around a position `fraction` after the one at `half - 1`. */
function filter(fraction: number, cutoff: number, half: number): Float32Array {
  const taps = new Float32Array(2 * half);
  let sum = 0;
  for (let k = 0; k < taps.length; k++) {
    const x = k - (half - 1) - fraction;
    const phase = Math.PI * cutoff * x;
    taps[k] = (x === 0 ? 1 : Math.sin(phase) / phase) * kaiser(x / half);
    sum += taps[k]!;
  }
  return taps.map((v) => v / sum);
}
