/** Integrated loudness after ITU-R BS.1770-4 and EBU R128, measured as the sound goes by. */
import type { Planes } from './pcm.ts';
import { exportRate } from './resampled.ts';

/** K-weighting at 48 kHz, from the tables of BS.1770-4: a shelf for the head, then a high pass. */
const shelf = {
  b: [1.53512485958697, -2.69169618940638, 1.19839281085285],
  a: [-1.69065929318241, 0.73248077421585],
} as const;
const highPass = { b: [1, -2, 1], a: [-1.99004745483398, 0.99007225036621] } as const;

/** Energy is kept for every 10 ms. Gating blocks are 400 ms long and begin every 100 ms. */
export const hop = exportRate / 100;
const hopsPerBlock = 40;
const hopsPerStep = 10;
const absoluteGate = -70;
const relativeGate = -10;

const toLufs = (energy: number): number => -0.691 + 10 * Math.log10(energy);

/** Mono and stereo at 48 kHz, whose channels all weigh 1. */
export class LoudnessMeter {
  /** Sum over channels of the squared, weighted samples of every whole hop. */
  readonly energies: number[] = [];
  readonly #states: Float64Array[];
  #sum = 0;
  #count = 0;

  constructor(channels: number) {
    this.#states = Array.from({ length: channels }, () => new Float64Array(4));
  }

  push(planes: Planes): void {
    const length = planes[0]!.length;
    for (let from = 0; from < length;) {
      const to = Math.min(length, from + hop - this.#count);
      for (let c = 0; c < this.#states.length; c++)
        this.#sum += energy(planes[c]!, from, to, this.#states[c]!);
      this.#count += to - from;
      from = to;
      if (this.#count === hop) {
        this.energies.push(this.#sum);
        this.#sum = 0;
        this.#count = 0;
      }
    }
  }
}

/** LUFS from a meter's energies; -Infinity when nothing rises above the absolute gate. */
export function integratedLoudness(energies: ArrayLike<number>): number {
  const blocks: number[] = [];
  // A sound shorter than one block is one block.
  const span = Math.min(hopsPerBlock, energies.length);
  for (let end = span; span > 0 && end <= energies.length; end += hopsPerStep) {
    let sum = 0;
    for (let k = end - span; k < end; k++) sum += energies[k]!;
    blocks.push(sum / (hop * span));
  }
  const loud = blocks.filter((block) => toLufs(block) > absoluteGate);
  if (loud.length === 0) return -Infinity;
  const gate = toLufs(mean(loud)) + relativeGate;
  return toLufs(mean(loud.filter((block) => toLufs(block) > gate)));
}

const mean = (values: number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sum of the squared K-weighted samples; two biquads in transposed direct form II. */
function energy(plane: Float32Array, from: number, to: number, state: Float64Array): number {
  // By index: destructuring would make an iterator every 10 ms of sound.
  let s1 = state[0]!;
  let s2 = state[1]!;
  let h1 = state[2]!;
  let h2 = state[3]!;
  const [sb0, sb1, sb2] = shelf.b;
  const [sa1, sa2] = shelf.a;
  const [ha1, ha2] = highPass.a;
  let sum = 0;
  for (let i = from; i < to; i++) {
    const x = plane[i]!;
    const y = sb0 * x + s1;
    s1 = sb1 * x - sa1 * y + s2;
    s2 = sb2 * x - sa2 * y;
    const z = y + h1;
    h1 = -2 * y - ha1 * z + h2;
    h2 = y - ha2 * z;
    sum += z * z;
  }
  state[0] = s1;
  state[1] = s2;
  state[2] = h1;
  state[3] = h2;
  return sum;
}
