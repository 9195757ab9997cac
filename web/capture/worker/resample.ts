/** Sound of any rate to 48 kHz, by cubic (Hermite) interpolation; a microphone is 48 kHz nearly always. */
export class Resampler {
  readonly #step: number;
  /** Last three samples of the block before, for each channel. */
  #tail: Float32Array[];
  /** Where the next sample lies, counted from the first of the tail. */
  #position = 1;

  constructor(rate: number, channels: number) {
    this.#step = rate / 48_000;
    this.#tail = Array.from({ length: channels }, () => new Float32Array(3));
  }

  convert(block: readonly Float32Array[]): Float32Array[] {
    const length = (block[0]?.length ?? 0) + 3;
    const count = Math.max(0, Math.ceil((length - 2 - this.#position) / this.#step));
    const result = block.map((samples, channel) => {
      const input = new Float32Array(length);
      input.set(this.#tail[channel]!);
      input.set(samples, 3);
      this.#tail[channel] = input.slice(-3);
      const output = new Float32Array(count);
      for (let i = 0; i < count; i++) {
        const at = this.#position + i * this.#step;
        const n = Math.floor(at);
        output[i] = hermite(input[n - 1]!, input[n]!, input[n + 1]!, input[n + 2] ?? 0, at - n);
      }
      return output;
    });
    this.#position += count * this.#step - (length - 3);
    return result;
  }
}

function hermite(a: number, b: number, c: number, d: number, t: number): number {
  const slope = (c - a) / 2;
  const bend = a - 2.5 * b + 2 * c - d / 2;
  const twist = (d - a) / 2 + 1.5 * (b - c);
  return ((twist * t + bend) * t + slope) * t + b;
}
