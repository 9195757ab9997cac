/** How much louder the edited sound has to become, found by listening to all of it once. */
import type { Segment } from '../../core/timeline.ts';
import { cutSound } from './cut.ts';
import { decibels } from './limiter.ts';
import { hop, integratedLoudness, LoudnessMeter } from './loudness.ts';
import type { PcmSource, Planes } from './pcm.ts';

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
  /** Stereo whose sides are the same: written as mono, and measured as mono. */
  dualMono: boolean;
  /** Of every 10 ms: weighted energy, and highest sample. */
  energies: number[];
  peaks: number[];
}

/** `onProgress` gets the samples of the result heard so far. */
export async function profileSound(
  source: PcmSource,
  segments: readonly Segment[],
  onProgress: (samples: number) => void,
  signal?: AbortSignal,
): Promise<SoundProfile> {
  const meter = new LoudnessMeter(source.channels);
  const levels = new Levels();
  let done = 0;
  for await (const planes of cutSound(source, segments, signal)) {
    meter.push(planes);
    levels.push(planes);
    done += planes[0]!.length;
    onProgress(done);
  }
  const dualMono = source.channels === 2 && levels.sides <= levels.middle * sameSides;
  const energies = dualMono ? meter.energies.map((energy) => energy / 2) : meter.energies;
  return { loudness: integratedLoudness(energies), dualMono, energies, peaks: levels.peaks };
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

/** dB that bring the profile to the target, what the limiter will take away again included. 0 for silence. */
export function gainFor(profile: SoundProfile): number {
  if (!Number.isFinite(profile.loudness)) return 0;
  const plain = Math.min(mostGain, targetLoudness - profile.loudness);
  let gain = plain;
  for (let round = 0; round < 6; round++) {
    const missing = targetLoudness - limitedLoudness(profile, gain);
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
