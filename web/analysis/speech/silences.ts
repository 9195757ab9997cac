/** Pauses: where neither the voice activity nor the words say that someone speaks. */
import type { Silence } from '../../core/evidence.ts';
import { mergeRanges, sourceRange, subtractRanges, type SourceRange } from '../../core/time.ts';
import { activityFrame, levelFrame, type VoiceActivity } from './types.ts';

/** Shorter gaps belong to the rhythm of speech, seconds. */
const shortest = 0.2;
/**
 * Kept free beside speech: what a refined edge may still be off by, seconds. Noise hides the weak
 * first and last sounds of words, so it grows as speech stands out less (decibels).
 */
const guard = { clear: 0.02, buried: 0.08, clearFrom: 30, buriedBelow: 12 };
/** A lone blip of "speech" this short without a word in it is a click or a breath, seconds. */
const blip = 0.25;

/** Pauses of at least 0.2 s from 0 to `duration`; `spoken` are words and fillers. Sorted, disjoint. */
export function findSilences(
  activity: VoiceActivity,
  spoken: readonly SourceRange[],
  duration: number,
): Silence[] {
  const words = mergeRanges(spoken);
  const voice = activity.speech.filter(
    (range) => range.end - range.start > blip || touches(range, words) || isSure(range, activity),
  );
  const sound = mergeRanges(
    [...voice, ...words].map((range) => {
      const free = guardOf(range, activity);
      return sourceRange(range.start - free, range.end + free);
    }),
  );
  return subtractRanges(sourceRange(0, duration), sound)
    .filter((gap) => gap.end - gap.start >= shortest)
    .map((gap) => ({ ...gap, confidence: confidence(gap, activity) }));
}

function guardOf(range: SourceRange, { excess }: VoiceActivity): number {
  const frames = excess.slice(
    Math.floor(range.start / levelFrame),
    Math.ceil(range.end / levelFrame),
  );
  const loud = frames.sort()[Math.floor(frames.length * 0.8)] ?? 0;
  const part = (guard.clearFrom - loud) / (guard.clearFrom - guard.buriedBelow);
  return guard.clear + (guard.buried - guard.clear) * Math.min(1, Math.max(0, part));
}

const touches = (range: SourceRange, sorted: readonly SourceRange[]) =>
  sorted.some((w) => w.start < range.end + 0.05 && w.end > range.start - 0.05);

/** Short but plainly a voice ("oh"): it stays. */
function isSure(range: SourceRange, { probabilities }: VoiceActivity): boolean {
  let most = 0;
  for (let i = Math.floor(range.start / activityFrame); i * activityFrame < range.end; i++)
    most = Math.max(most, probabilities[i] ?? 0);
  return most > 0.8;
}

/** Sure where the voice's probability is low throughout; less so where something stands out of the noise. */
function confidence(gap: SourceRange, { probabilities, excess }: VoiceActivity): number {
  let likely = 0;
  let frames = 0;
  for (let i = Math.ceil(gap.start / activityFrame); (i + 1) * activityFrame <= gap.end; i++) {
    likely += probabilities[i] ?? 0;
    frames++;
  }
  let loud = 0;
  const [first, last] = [Math.ceil(gap.start / levelFrame), Math.floor(gap.end / levelFrame)];
  for (let f = first; f < last; f++) if ((excess[f] ?? 0) > 12) loud++;
  const voice = frames > 0 ? likely / frames : 0;
  const noise = loud / Math.max(1, last - first);
  return Math.round(100 * Math.max(0.3, 1 - 1.2 * voice - 0.25 * noise)) / 100;
}
