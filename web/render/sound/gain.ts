/** How much louder the edited sound has to become, found by listening to all of it once. */
import { outputTime, sourceRange } from '../../core/time.ts';
import type { Segment } from '../../core/timeline.ts';
import { downmix } from './downmix.ts';
import { decibels } from './limiter.ts';
import { hop, integratedLoudness, LoudnessMeter } from './loudness.ts';
import type { EditedSound } from './edited-sound.ts';
import type { Planes } from './pcm.ts';
import { exportRate } from './resampled.ts';

/** LUFS, after EBU R128 as it is used for speech on the web. */
export const targetLoudness = -16;
/** dBTP. The promise is -1; encoding adds up to a few tenths, rarely more. */
export const ceilingLevel = -2;
/** dB. What would need more than this is noise, not speech. */
const mostGain = 40;
/** dB above the gain that loudness alone asks for: a limiter asked for more only flattens. */
const mostCompensation = 4;
/** Sides this much weaker than the middle (energy) are a lossy codec's rounding. */
const sameSides = 1e-5;
/** Share of the way back to full gain that the limiter goes in one hop of 10 ms (80 ms in all). */
const releasePerHop = 1 - Math.exp(-0.01 / 0.08);

export interface SoundProfile {
  /** LUFS as it would be written without gain; -Infinity for silence. */
  loudness: number;
  /** LUFS as analysis may have measured it: every channel counted, and both as one. */
  measures: number[];
  /** Stereo whose sides are the same: written as mono, and measured as mono. */
  dualMono: boolean;
  /** Of every 10 ms: weighted energy, and highest sample. */
  energies: number[];
  peaks: number[];
}

/** `onProgress` gets the samples of the result heard so far. */
export async function profileSound(
  sound: EditedSound,
  segments: readonly Segment[],
  onProgress: (samples: number) => void,
  signal?: AbortSignal,
): Promise<SoundProfile> {
  const meter = new LoudnessMeter(sound.channels);
  const middle = new LoudnessMeter(1);
  const levels = new Levels();
  let done = 0;
  for await (const planes of sound.blocks(segments, signal)) {
    meter.push(planes);
    if (sound.channels === 2) middle.push(downmix(planes, 1));
    levels.push(planes);
    done += planes[0]!.length;
    onProgress(done);
  }
  const dualMono = sound.channels === 2 && levels.sides <= levels.middle * sameSides;
  const energies = dualMono ? meter.energies.map((energy) => energy / 2) : meter.energies;
  return {
    loudness: integratedLoudness(energies),
    measures: [meter, ...(sound.channels === 2 ? [middle] : [])].map((m) =>
      integratedLoudness(m.energies),
    ),
    dualMono,
    energies,
    peaks: levels.peaks,
  };
}

/** Long recordings whose loudness is known are listened to in excerpts: this many, this long, in seconds. */
const excerptCount = 30;
const excerptLength = 2.5;
/** LU between excerpts and the whole up to which the excerpts are believed. */
const excerptsAgree = 1.5;

export interface GainPlan {
  /** dB. */
  gain: number;
  dualMono: boolean;
  isExcerpt: boolean;
}

/** `known`: loudness of the whole recording as analysis found it, LUFS. */
export async function planGain(
  sound: EditedSound,
  segments: readonly Segment[],
  known: number | null,
  onProgress: (fraction: number) => void,
  signal?: AbortSignal,
): Promise<GainPlan> {
  const duration = segments.at(-1)?.output.end ?? 0;
  const seconds = excerptCount * excerptLength;
  if (known !== null && Number.isFinite(known) && duration > 2 * seconds) {
    const tell = (samples: number) => onProgress(samples / (seconds * exportRate));
    const part = await profileSound(sound, excerpts(segments, duration), tell, signal);
    // How analysis counted channels shows in which measure comes near; what is left is chance.
    const [nearest = 0] = part.measures
      .map((measure) => known - measure)
      .sort((a, b) => Math.abs(a) - Math.abs(b));
    if (Math.abs(nearest) <= excerptsAgree)
      return { gain: gainFor(part, nearest), dualMono: part.dualMono, isExcerpt: true };
  }
  const tell = (samples: number) => onProgress(samples / (duration * exportRate));
  const whole = await profileSound(sound, segments, tell, signal);
  return { gain: gainFor(whole), dualMono: whole.dualMono, isExcerpt: false };
}

/** Evenly spread pieces of the result, put together as an edit of their own. */
function excerpts(segments: readonly Segment[], duration: number): Segment[] {
  const pieces: Segment[] = [];
  let at = 0;
  for (let i = 0; i < excerptCount; i++) {
    const start = ((i + 0.5) / excerptCount) * duration - excerptLength / 2;
    for (const { source, output } of segments) {
      const from = Math.max(start, output.start);
      const length = Math.min(start + excerptLength, output.end) - from;
      if (length <= 0) continue;
      const first = source.start + from - output.start;
      pieces.push({
        source: sourceRange(first, first + length),
        output: { start: outputTime(at), end: outputTime(at + length) },
        speed: 1,
      });
      at += length;
    }
  }
  return pieces;
}

class Levels {
  readonly peaks: number[] = [];
  middle = 0;
  sides = 0;
  #count = 0;
  #peak = 0;

  push([left, right]: Planes): void {
    if (!left) return;
    for (let i = 0; i < left.length; i++) {
      const l = left[i]!;
      const r = right ? right[i]! : l;
      this.middle += (l + r) * (l + r);
      this.sides += (l - r) * (l - r);
      const level = Math.max(Math.abs(l), Math.abs(r));
      if (level > this.#peak) this.#peak = level;
      if (++this.#count === hop) {
        this.peaks.push(this.#peak);
        this.#peak = 0;
        this.#count = 0;
      }
    }
  }
}

/**
 * dB that bring the profile to the target, what the limiter will take away again included. 0 for
 * silence. `louder`: LU by which the whole is louder than the profile.
 */
export function gainFor(profile: SoundProfile, louder = 0): number {
  if (!Number.isFinite(profile.loudness)) return 0;
  const target = targetLoudness - louder;
  const plain = Math.min(mostGain, target - profile.loudness);
  let gain = plain;
  for (let round = 0; round < 6; round++) {
    const missing = target - limitedLoudness(profile, gain);
    gain = Math.min(mostGain, plain + mostCompensation, gain + missing);
    if (Math.abs(missing) < 0.02) break;
  }
  return gain;
}

/** Loudness behind gain and limiter, reckoned in steps of 10 ms. */
function limitedLoudness({ energies, peaks }: SoundProfile, gain: number): number {
  const factor = decibels(gain);
  const ceiling = decibels(ceilingLevel);
  let envelope = 1;
  const limited = new Float64Array(energies.length);
  for (let i = 0; i < limited.length; i++) {
    // The gain goes down within the look-ahead, so the hop before a peak is lowered as well in part.
    const allowed = Math.min(1, ceiling / ((peaks[i] ?? 0) * factor));
    envelope = allowed < envelope ? allowed : envelope + (allowed - envelope) * releasePerHop;
    limited[i] = energies[i]! * (factor * envelope) ** 2;
  }
  return integratedLoudness(limited);
}
