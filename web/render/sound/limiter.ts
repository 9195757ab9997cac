/**
 * Gain, and behind it a look-ahead limiter on the true peak. The gain goes down over the look-ahead
 * before a peak arrives and comes back slowly, so nothing clips and nothing clicks.
 */
import type { Planes } from './pcm.ts';
import { exportRate } from './resampled.ts';
import { overshoot, reach, truePeakAt } from './true-peak.ts';

/** 5 ms. */
const lookAhead = 240;
/** Time constant of the way back to full gain: 80 ms. */
const release = 1 - Math.exp(-1 / (0.08 * exportRate));
/** Stretches with no peak near the ceiling are passed over quickly, this many samples at a time. */
const stride = 16;

export const decibels = (db: number): number => 10 ** (db / 20);

export class Limiter {
  readonly #channels: number;
  readonly #gain: number;
  readonly #ceiling: number;
  /** Amplified input not yet given out, with `reach` samples of the past in front. */
  #held: Planes;
  /** For each held sample behind the past: what a peak there allows, 1 for anything. */
  #allowed: Float32Array = new Float32Array(0);
  /** Smoothed gains of the last `lookAhead` samples, as a ring, and their sum. */
  readonly #ring = new Float64Array(lookAhead).fill(1);
  #ringAt = 0;
  #ringSum = lookAhead;
  #envelope = 1;
  #isFirst = true;

  /** `gain` and `ceiling` are factors, not decibels. */
  constructor(channels: number, gain: number, ceiling: number) {
    this.#channels = channels;
    this.#gain = gain;
    this.#ceiling = ceiling;
    this.#held = Array.from({ length: channels }, () => new Float32Array(reach));
  }

  /** What has become certain; as much in all as went in, once `flush` was called. */
  push(planes: Planes): Planes {
    this.#held = this.#held.map((held, c) => {
      const plane = planes[c]!;
      const joined = new Float32Array(held.length + plane.length);
      joined.set(held);
      for (let i = 0; i < plane.length; i++) joined[held.length + i] = plane[i]! * this.#gain;
      return joined;
    });
    return this.#release();
  }

  flush(): Planes {
    const silence = new Float32Array(lookAhead + reach);
    return this.push(Array.from({ length: this.#channels }, () => silence));
  }

  #release(): Planes {
    const first = this.#held[0]!;
    const known = Math.max(0, first.length - 2 * reach);
    const allowed = new Float32Array(known).fill(1);
    allowed.set(this.#allowed.subarray(0, known));
    this.#measure(allowed, this.#allowed.length);
    const ready = Math.max(0, known - lookAhead);
    const output = this.#held.map((plane) => plane.slice(reach, reach + ready));
    this.#apply(output, allowed, ready);
    this.#held = this.#held.map((plane) => plane.slice(ready));
    this.#allowed = allowed.slice(ready);
    return output;
  }

  /** Fills in the allowed gain from sample `from` on. */
  #measure(allowed: Float32Array, from: number): void {
    const safe = this.#ceiling / overshoot;
    for (let at = from; at < allowed.length; at += stride) {
      const end = Math.min(allowed.length, at + stride);
      for (const plane of this.#held) {
        let highest = 0;
        for (let i = at; i < end + 2 * reach; i++) {
          const level = Math.abs(plane[i]!);
          if (level > highest) highest = level;
        }
        if (highest <= safe) continue;
        for (let i = at; i < end; i++) {
          const peak = truePeakAt(plane, i + reach);
          const limit = this.#ceiling / peak;
          if (limit < allowed[i]!) allowed[i] = limit;
        }
      }
    }
  }

  #apply(output: Planes, allowed: Float32Array, count: number): void {
    // Lowest allowed gain from each sample over the look-ahead, by a queue of ever higher values.
    const queue = new Int32Array(allowed.length);
    let head = 0;
    let tail = 0;
    let next = 0;
    for (let i = 0; i < count; i++) {
      for (; next < Math.min(allowed.length, i + lookAhead); next++) {
        while (tail > head && allowed[queue[tail - 1]!]! >= allowed[next]!) tail--;
        queue[tail++] = next;
      }
      while (queue[head]! < i) head++;
      const lowest = allowed[queue[head]!]!;
      if (this.#isFirst) {
        // Nothing comes before the first sample: the way down was gone already.
        this.#isFirst = false;
        this.#envelope = lowest;
        this.#ring.fill(lowest);
        this.#ringSum = lowest * lookAhead;
      }
      this.#envelope =
        lowest < this.#envelope ? lowest : this.#envelope + (lowest - this.#envelope) * release;
      this.#ringSum += this.#envelope - this.#ring[this.#ringAt]!;
      this.#ring[this.#ringAt] = this.#envelope;
      this.#ringAt = (this.#ringAt + 1) % lookAhead;
      // A running sum drifts by rounding: counted anew once a round.
      if (this.#ringAt === 0) this.#ringSum = this.#ring.reduce((sum, value) => sum + value, 0);
      const gain = Math.min(1, this.#ringSum / lookAhead);
      if (gain < 1) for (const plane of output) plane[i]! *= gain;
    }
  }
}
