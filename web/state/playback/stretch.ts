/**
 * Plays faster or slower at the same pitch: overlap-add of windows, each taken where it continues the
 * last one best (WSOLA, Verhelst and Roelands 1993).
 */
import { stereo, type Stereo } from './pcm-reader.ts';

const windowSeconds = 0.03;
const searchSeconds = 0.008;
/** The search compares every n-th frame; pitch lies far below the rest. */
const stride = 4;

export class Stretch {
  readonly #read: (frames: number) => Promise<Stereo>;
  readonly #hop: number;
  readonly #search: number;
  readonly #rate: number;
  readonly #window: Float32Array;
  #input: Stereo = stereo(0);
  /** Stream frame of the first entry of the input. */
  #inputStart = 0;
  #tail: Stereo;
  #natural = 0;
  #ideal = 0;
  #ready: Stereo = stereo(0);

  /** `rate` 2 plays twice as fast. `read` gives the sound at its own speed. */
  constructor(read: (frames: number) => Promise<Stereo>, rate: number, sampleRate: number) {
    this.#read = read;
    this.#rate = rate;
    this.#hop = Math.round((windowSeconds * sampleRate) / 2);
    this.#search = Math.round(searchSeconds * sampleRate);
    this.#tail = stereo(this.#hop);
    this.#window = Float32Array.from(
      { length: 2 * this.#hop },
      (_, i) => 0.5 - 0.5 * Math.cos((Math.PI * (i + 0.5)) / this.#hop),
    );
  }

  async read(frames: number): Promise<Stereo> {
    while (this.#ready[0].length < frames) await this.#step();
    const out: Stereo = [this.#ready[0].slice(0, frames), this.#ready[1].slice(0, frames)];
    this.#ready = [this.#ready[0].slice(frames), this.#ready[1].slice(frames)];
    return out;
  }

  async #step(): Promise<void> {
    const hop = this.#hop;
    const ideal = Math.round(this.#ideal);
    await this.#need(Math.max(ideal + this.#search, this.#natural) + 2 * hop);
    const at = this.#bestStart(ideal);
    const piece = stereo(hop);
    for (const side of [0, 1] as const) {
      const data = this.#input[side];
      const from = at - this.#inputStart;
      for (let i = 0; i < hop; i++) {
        piece[side][i] = this.#tail[side][i]! + data[from + i]! * this.#window[i]!;
        this.#tail[side][i] = data[from + hop + i]! * this.#window[hop + i]!;
      }
    }
    this.#natural = at + hop;
    this.#ideal += hop * this.#rate;
    this.#ready = [join(this.#ready[0], piece[0]), join(this.#ready[1], piece[1])];
    this.#drop(Math.min(this.#natural, Math.round(this.#ideal) - this.#search));
  }

  /** Where, near `ideal`, the sound is most like the one that would have come naturally. */
  #bestStart(ideal: number): number {
    const low = Math.max(this.#inputStart, ideal - this.#search);
    if (this.#natural === 0) return low;
    const [left, right] = this.#input;
    const natural = this.#natural - this.#inputStart;
    let best = low;
    let bestScore = -Infinity;
    for (let candidate = low; candidate <= ideal + this.#search; candidate += 2) {
      const from = candidate - this.#inputStart;
      let product = 0;
      let energy = 1e-9;
      for (let i = 0; i < this.#hop; i += stride) {
        const a = left[from + i]! + right[from + i]!;
        product += a * (left[natural + i]! + right[natural + i]!);
        energy += a * a;
      }
      const score = product / Math.sqrt(energy);
      if (score > bestScore) [best, bestScore] = [candidate, score];
    }
    return best;
  }

  async #need(until: number): Promise<void> {
    const missing = until - (this.#inputStart + this.#input[0].length);
    if (missing <= 0) return;
    const more = await this.#read(missing);
    this.#input = [join(this.#input[0], more[0]), join(this.#input[1], more[1])];
  }

  #drop(before: number): void {
    const count = Math.max(0, Math.min(before - this.#inputStart, this.#input[0].length));
    this.#input = [this.#input[0].slice(count), this.#input[1].slice(count)];
    this.#inputStart += count;
  }
}

function join(a: Float32Array, b: Float32Array): Float32Array<ArrayBuffer> {
  const joined = new Float32Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
