/** A source at the export's sample rate. Time zero stays time zero to a fraction of a sample. */
import type { PcmSource, Planes } from './pcm.ts';

export const exportRate = 48_000;

/** Zero crossings of the sinc on each side, at the lower of the two rates. */
const halfLength = 24;
/** Pass band as a share of the lower Nyquist frequency; Kaiser's beta 9 gives about 90 dB. */
const cutoff = 0.94;
const beta = 9;
/** Ratios with more phases than this (odd sample rates) take the nearest phase. */
const maxPhases = 1280;

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

export const resampled = (source: PcmSource): PcmSource =>
  source.sampleRate === exportRate ? source : new ResampledSource(source);

class ResampledSource implements PcmSource {
  readonly sampleRate = exportRate;
  readonly channels: 1 | 2;
  readonly #source: PcmSource;
  readonly #step: number;
  readonly #phases: number;
  readonly #reach: number;
  readonly #taps: Float32Array[];

  constructor(source: PcmSource) {
    this.#source = source;
    this.channels = source.channels;
    this.#step = source.sampleRate / exportRate;
    this.#phases = Math.min(maxPhases, exportRate / gcd(source.sampleRate, exportRate));
    const shrink = Math.max(1, this.#step);
    this.#reach = Math.ceil(halfLength * shrink);
    this.#taps = Array.from({ length: this.#phases }, (_, phase) =>
      sinc(this.#reach, phase / this.#phases, cutoff / shrink),
    );
  }

  async read(from: number, to: number): Promise<Planes> {
    const reach = this.#reach;
    const base = Math.floor(from * this.#step) - reach;
    const end = Math.ceil(to * this.#step) + reach + 2;
    // Nothing lies before the source's sample 0.
    const first = Math.max(0, base);
    const input = await this.#source.read(first, Math.max(first, end));
    return input.map((plane) => this.#convert(plane, first, from, to));
  }

  close = () => this.#source.close();

  #convert(input: Float32Array, first: number, from: number, to: number): Float32Array {
    const output = new Float32Array(Math.max(0, to - from));
    const length = 2 * this.#reach;
    for (let i = 0; i < output.length; i++) {
      const at = (from + i) * this.#step;
      let whole = Math.floor(at + 1e-9);
      let phase = Math.round((at - whole) * this.#phases);
      if (phase >= this.#phases) {
        phase = 0;
        whole++;
      }
      const taps = this.#taps[phase]!;
      const start = whole - this.#reach + 1 - first;
      const begin = Math.max(0, -start);
      const stop = Math.min(length, input.length - start);
      let sum = 0;
      for (let k = begin; k < stop; k++) sum += taps[k]! * input[start + k]!;
      output[i] = sum;
    }
    return output;
  }
}

/** Taps for the value at `fraction` behind sample `reach - 1`, from 2 * reach samples. */
function sinc(reach: number, fraction: number, bandwidth: number): Float32Array {
  const taps = new Float32Array(2 * reach);
  let total = 0;
  for (let k = 0; k < taps.length; k++) {
    const x = k - reach + 1 - fraction;
    const window = besselI0(beta * Math.sqrt(Math.max(0, 1 - (x / reach) ** 2)));
    const y = Math.PI * bandwidth * x;
    taps[k] = window * (y === 0 ? 1 : Math.sin(y) / y);
    total += taps[k]!;
  }
  return taps.map((tap) => tap / total);
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
