/** In-place radix-2 FFT of a fixed power-of-two size (Cooley and Tukey 1965), tables made once. */
export class Fft {
  readonly size: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #reversed: Uint32Array;

  constructor(size: number) {
    if (size < 2 || (size & (size - 1)) !== 0)
      throw new Error(`FFT size ${size} is no power of two`);
    this.size = size;
    this.#cos = Float64Array.from({ length: size / 2 }, (_, k) =>
      Math.cos((2 * Math.PI * k) / size),
    );
    this.#sin = Float64Array.from({ length: size / 2 }, (_, k) =>
      Math.sin((2 * Math.PI * k) / size),
    );
    this.#reversed = new Uint32Array(size);
    for (let i = 1; i < size; i++) {
      this.#reversed[i] = (this.#reversed[i >> 1]! >> 1) | (i & 1 ? size >> 1 : 0);
    }
  }

  /** Both arrays hold `size` values. Not scaled: forward then inverse multiplies by `size`. */
  forward(real: Float64Array, imaginary: Float64Array): void {
    this.#transform(real, imaginary, -1);
  }

  inverse(real: Float64Array, imaginary: Float64Array): void {
    this.#transform(real, imaginary, 1);
  }

  #transform(real: Float64Array, imaginary: Float64Array, sign: 1 | -1): void {
    const n = this.size;
    for (let i = 0; i < n; i++) {
      const j = this.#reversed[i]!;
      if (j <= i) continue;
      const r = real[i]!;
      real[i] = real[j]!;
      real[j] = r;
      const m = imaginary[i]!;
      imaginary[i] = imaginary[j]!;
      imaginary[j] = m;
    }
    for (let half = 1; half < n; half <<= 1) {
      const stride = n / (2 * half);
      for (let from = 0; from < n; from += 2 * half) {
        for (let k = 0; k < half; k++) {
          const c = this.#cos[k * stride]!;
          const s = sign * this.#sin[k * stride]!;
          const a = from + k;
          const b = a + half;
          const r = real[b]! * c - imaginary[b]! * s;
          const m = real[b]! * s + imaginary[b]! * c;
          real[b] = real[a]! - r;
          imaginary[b] = imaginary[a]! - m;
          real[a] = real[a]! + r;
          imaginary[a] = imaginary[a]! + m;
        }
      }
    }
  }
}
