/** A radix-2 Fourier transform of fixed size on separate real and imaginary arrays, in place. */
export class FourierTransform {
  readonly size: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #swap: Uint32Array;

  /** @param size a power of two */
  constructor(size: number) {
    this.size = size;
    this.#cos = Float64Array.from({ length: size / 2 }, (_, i) =>
      Math.cos((2 * Math.PI * i) / size),
    );
    this.#sin = Float64Array.from({ length: size / 2 }, (_, i) =>
      Math.sin((2 * Math.PI * i) / size),
    );
    const bits = Math.log2(size);
    this.#swap = Uint32Array.from({ length: size }, (_, i) => {
      let reversed = 0;
      for (let b = 0; b < bits; b++) reversed |= ((i >> b) & 1) << (bits - 1 - b);
      return reversed;
    });
  }

  run(re: Float64Array, im: Float64Array): void {
    const { size } = this;
    const [cos, sin, swap] = [this.#cos, this.#sin, this.#swap];
    for (let i = 0; i < size; i++) {
      const j = swap[i]!;
      if (j <= i) continue;
      const [a, b] = [re[i]!, im[i]!];
      re[i] = re[j]!;
      im[i] = im[j]!;
      re[j] = a;
      im[j] = b;
    }
    for (let half = 1; half < size; half *= 2) {
      const step = size / (2 * half);
      for (let start = 0; start < size; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const i = start + k;
          const j = i + half;
          const c = cos[k * step]!;
          const s = -sin[k * step]!;
          const tr = re[j]! * c - im[j]! * s;
          const ti = re[j]! * s + im[j]! * c;
          re[j] = re[i]! - tr;
          im[j] = im[i]! - ti;
          re[i]! += tr;
          im[i]! += ti;
        }
      }
    }
  }
}

/** Hann window of `length` samples. */
export const hann = (length: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (length - 1)));

/** Triangular filters, evenly spaced on the mel scale (O'Shaughnessy 1987). */
export interface MelBank {
  /** First bin of each band and its weights. */
  bands: { first: number; weights: Float64Array }[];
}

export function melBank(
  count: number,
  lowHz: number,
  highHz: number,
  size: number,
  rate: number,
): MelBank {
  const mel = (hz: number) => 2595 * Math.log10(1 + hz / 700);
  const hz = (m: number) => 700 * (10 ** (m / 2595) - 1);
  const edges = Array.from({ length: count + 2 }, (_, i) =>
    hz(mel(lowHz) + ((mel(highHz) - mel(lowHz)) * i) / (count + 1)),
  );
  const bin = rate / size;
  const bands = edges.slice(0, count).map((low, i) => {
    const [middle, high] = [edges[i + 1]!, edges[i + 2]!];
    const first = Math.ceil(low / bin);
    const last = Math.floor(high / bin);
    const weights = Float64Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => {
      const f = (first + k) * bin;
      return Math.max(0, f < middle ? (f - low) / (middle - low) : (high - f) / (high - middle));
    });
    return { first, weights };
  });
  return { bands };
}
