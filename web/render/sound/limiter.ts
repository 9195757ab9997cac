/**
 * Gain, and behind it a look-ahead limiter on the true peak. The gain goes down over the look-ahead
 * before a peak arrives and comes back slowly, so nothing clips and nothing clicks.
 */
import type { Planes } from './pcm.ts';
import { exportRate } from './resampled.ts';
import { overshoot, reach, truePeak } from './true-peak.ts';

/** Levels are taken and gains are set for so many samples at a time; between two gains lies a straight line. */
const stride = 16;
/** In strides: 5 ms. */
const lookAhead = 15;
/** Per stride; the time constant of the way back to full gain is 80 ms. */
const release = 1 - Math.exp(-stride / (0.08 * exportRate));

export const decibels = (db: number): number => 10 ** (db / 20);

export class Limiter {
  readonly #channels: number;
  readonly #gain: number;
  readonly #ceiling: number;
  /** Amplified input not yet given out, with `reach` samples of the past in front. */
  #held: Planes;
  /** For each whole stride held behind the past: what the peaks in it allow, 1 for anything. */
  #allowed: Float32Array = new Float32Array(0);
  /** What the stride before those allowed. */
  #allowedBefore = 1;
  /** Envelopes of the last `lookAhead` strides, as a ring, and the gain at the end of the last one given out. */
  readonly #ring = new Float64Array(lookAhead).fill(1);
  #ringAt = 0;
  #envelope = 1;
  #lastGain: number | null = null;
  #taken = 0;
  #given = 0;

  /** `gain` and `ceiling` are factors, not decibels. */
  constructor(channels: number, gain: number, ceiling: number) {
    this.#channels = channels;
    this.#gain = gain;
    this.#ceiling = ceiling;
    this.#held = Array.from({ length: channels }, () => new Float32Array(reach));
  }

  /** What has become certain; as much in all as went in, once `flush` was called. */
  push(planes: Planes): Planes {
    this.#taken += planes[0]!.length;
    return this.#pass(planes);
  }

  flush(): Planes {
    const silence = new Float32Array((lookAhead + 1) * stride + reach);
    const rest = this.#taken - this.#given;
    return this.#pass(Array.from({ length: this.#channels }, () => silence)).map((plane) =>
      plane.subarray(0, rest),
    );
  }

  #pass(planes: Planes): Planes {
    this.#held = this.#held.map((held, c) => {
      const plane = planes[c]!;
      const joined = new Float32Array(held.length + plane.length);
      joined.set(held);
      for (let i = 0, at = held.length; i < plane.length; i++, at++)
        joined[at] = plane[i]! * this.#gain;
      return joined;
    });
    const known = Math.max(0, Math.floor((this.#held[0]!.length - 2 * reach) / stride));
    const allowed = new Float32Array(known).fill(1);
    allowed.set(this.#allowed);
    this.#measure(allowed, this.#allowed.length);
    const ready = Math.max(0, known - lookAhead);
    const count = ready * stride;
    const output = this.#held.map((plane) => plane.slice(reach, reach + count));
    this.#apply(output, allowed, ready);
    this.#held = this.#held.map((plane) => plane.slice(count));
    this.#allowedBefore = allowed[ready - 1] ?? this.#allowedBefore;
    this.#allowed = allowed.slice(ready);
    this.#given += count;
    return output;
  }

  /** Fills in the allowed gain from stride `from` on. */
  #measure(allowed: Float32Array, from: number): void {
    const safe = this.#ceiling / overshoot;
    for (const plane of this.#held) {
      for (let s = from; s < allowed.length; s++) {
        const at = s * stride;
        if (highest(plane, at, at + stride + 2 * reach) <= safe) continue;
        const peak = truePeak(plane, at + reach, at + reach + stride);
        allowed[s] = Math.min(allowed[s]!, this.#ceiling / peak);
      }
    }
  }

  /**
   * The gain at the start of stride s is the mean of `lookAhead` envelopes, each no higher than what
   * stride s and the one before allow, so neither of them is ever above the ceiling.
   */
  #apply(output: Planes, allowed: Float32Array, count: number): void {
    const lowestFrom = (s: number): number => {
      let lowest = s > 0 ? allowed[s - 1]! : this.#allowedBefore;
      for (let i = s; i < s + lookAhead; i++) lowest = Math.min(lowest, allowed[i] ?? 1);
      return lowest;
    };
    if (count > 0 && this.#lastGain === null) {
      // Nothing comes before the first sample: the way down was gone already.
      this.#envelope = lowestFrom(0);
      this.#ring.fill(this.#envelope);
      this.#lastGain = this.#envelope;
    }
    for (let s = 0; s < count; s++) {
      const from = this.#lastGain!;
      const to = this.#nextGain(lowestFrom(s + 1));
      this.#lastGain = to;
      if (from >= 1 && to >= 1) continue;
      const step = (to - from) / stride;
      for (const plane of output) {
        const at = s * stride;
        for (let i = 0; i < stride; i++) plane[at + i]! *= from + step * i;
      }
    }
  }

  #nextGain(lowest: number): number {
    const envelope = this.#envelope;
    this.#envelope = lowest < envelope ? lowest : envelope + (lowest - envelope) * release;
    this.#ring[this.#ringAt] = this.#envelope;
    this.#ringAt = (this.#ringAt + 1) % lookAhead;
    let sum = 0;
    for (let i = 0; i < lookAhead; i++) sum += this.#ring[i]!;
    return Math.min(1, sum / lookAhead);
  }
}

function highest(plane: Float32Array, from: number, to: number): number {
  let level = 0;
  for (let i = from; i < to; i++) level = Math.max(level, Math.abs(plane[i]!));
  return level;
}
