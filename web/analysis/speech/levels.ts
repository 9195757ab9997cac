/** How loud it is every 10 ms, and how far that stands out from the noise. */
import { voiceRate } from './types.ts';

export const frameSamples = 160;
const quiet = -100;
/** Seconds on each side over which the noise floor is estimated. */
const neighbourhood = 6;
/** A word's decay below this, relative to the speech around it, is not heard any more, dB. */
const audible = 42;
export const bandCount = 3;

interface Biquad {
  b0: number;
  b1: number;
  b2: number;
  a1: number;
  a2: number;
  x1: number;
  x2: number;
  y1: number;
  y2: number;
}

/** Second-order Butterworth (RBJ audio EQ cookbook, Q = 1/sqrt 2). */
function biquad(type: 'high' | 'low', hertz: number): Biquad {
  const w = (2 * Math.PI * hertz) / voiceRate;
  const cos = Math.cos(w);
  const alpha = Math.sin(w) / Math.SQRT2;
  const a0 = 1 + alpha;
  const edge = type === 'high' ? 1 + cos : 1 - cos;
  return {
    b0: edge / 2 / a0,
    b1: (type === 'high' ? -edge : edge) / a0,
    b2: edge / 2 / a0,
    a1: (-2 * cos) / a0,
    a2: (1 - alpha) / a0,
    x1: 0,
    x2: 0,
    y1: 0,
    y2: 0,
  };
}

function step(f: Biquad, x: number): number {
  const y = f.b0 * x + f.b1 * f.x1 + f.b2 * f.x2 - f.a1 * f.y1 - f.a2 * f.y2;
  f.x2 = f.x1;
  f.x1 = x;
  f.y2 = f.y1;
  f.y1 = y;
  return y;
}

/** Takes the signal piece by piece (in multiples of 160 samples, but for the last). */
export class LevelMeter {
  /** dBFS per frame: all above 100 Hz, then the three bands. */
  readonly levels: Float32Array;
  readonly bands: Float32Array[];
  #frame = 0;
  readonly #rumble = biquad('high', 100);
  readonly #filters: Biquad[][] = [
    [biquad('low', 800)],
    [biquad('high', 800), biquad('low', 2800)],
    [biquad('high', 2800)],
  ];

  constructor(seconds: number) {
    const frames = Math.ceil((seconds * voiceRate) / frameSamples);
    this.levels = new Float32Array(frames).fill(quiet);
    this.bands = Array.from({ length: bandCount }, () => new Float32Array(frames).fill(quiet));
  }

  push(samples: Float32Array): void {
    for (let at = 0; at < samples.length && this.#frame < this.levels.length; at += frameSamples) {
      const energy = [0, 0, 0];
      let all = 0;
      const end = Math.min(samples.length, at + frameSamples);
      for (let i = at; i < end; i++) {
        const x = step(this.#rumble, samples[i]!);
        all += x * x;
        for (let band = 0; band < bandCount; band++) {
          let y = x;
          for (const filter of this.#filters[band]!) y = step(filter, y);
          energy[band]! += y * y;
        }
      }
      const count = end - at;
      this.levels[this.#frame] = decibels(all / count);
      for (let band = 0; band < bandCount; band++)
        this.bands[band]![this.#frame] = decibels(energy[band]! / count);
      this.#frame++;
    }
  }
}

const decibels = (power: number) => Math.max(quiet, 10 * Math.log10(power + 1e-12));

/**
 * Decibels above the local noise floor per frame, in the band that stands out most.
 * `isSpeech` says for a frame whether someone may be speaking there.
 */
export function excessOverNoise(
  bands: readonly Float32Array[],
  isSpeech: (frame: number) => boolean,
): Float32Array {
  const frames = bands[0]?.length ?? 0;
  const excess = new Float32Array(frames).fill(-Infinity);
  const second = voiceRate / frameSamples;
  for (let from = 0; from < frames; from += second) {
    const low = Math.max(0, from - neighbourhood * second);
    const high = Math.min(frames, from + (neighbourhood + 1) * second);
    const noise: number[] = [];
    const speech: number[] = [];
    for (let f = low; f < high; f++) (isSpeech(f) ? speech : noise).push(f);
    for (const band of bands) {
      const floor = bandFloor(band, noise, speech);
      for (let f = from; f < Math.min(frames, from + second); f++)
        excess[f] = Math.max(excess[f]!, band[f]! - floor.level - Math.max(0, floor.spread - 2.4));
    }
  }
  return excess;
}

/** Median of the noise and how far it swings up (84th percentile); from quiet speech frames where there are no pauses. */
function bandFloor(band: Float32Array, noise: readonly number[], speech: readonly number[]) {
  const loudness = percentile(band, speech, 0.9);
  const audibleFloor = loudness === null ? quiet : loudness - audible;
  if (noise.length < 20) {
    const level = percentile(band, speech, 0.05) ?? quiet;
    return { level: Math.max(level, audibleFloor), spread: 0 };
  }
  const level = percentile(band, noise, 0.5)!;
  const spread = percentile(band, noise, 0.84)! - level;
  return level > audibleFloor
    ? { level, spread: Math.min(6, spread) }
    : { level: audibleFloor, spread: 0 };
}

function percentile(band: Float32Array, frames: readonly number[], part: number): number | null {
  if (frames.length === 0) return null;
  const values = Float32Array.from(frames, (f) => band[f]!).sort();
  return values[Math.min(values.length - 1, Math.floor(part * values.length))]!;
}
