/**
 * Sets the edges of words on the sound. Words never reach over a pause, and the quiet first and
 * last phones that an aligner leaves outside are taken in.
 */
import { sourceTime, type SourceRange } from '../../core/time.ts';
import { activityFrame, levelFrame, type VoiceActivity } from './types.ts';

/** A frame this far above the noise is sound, dB; below `silent` it is not. */
const audible = 6;
/** Silence of this length inside a word is a pause and no closure of a stop, seconds. */
const pause = 0.16;
/** How far an edge may be moved out into sound that belongs to nobody, seconds. */
const reach = { start: 0.06, end: 0.12 };
const shortest = 0.03;

/** `words` in order; edges are moved to the sound, never over a neighbour. */
export function snapWords<W extends SourceRange>(
  words: readonly W[],
  activity: VoiceActivity,
): W[] {
  return words.map((word, i) => {
    const before = words[i - 1]?.end ?? 0;
    const after = words[i + 1]?.start ?? Infinity;
    const core = loudestPart(word, activity);
    const start = grow(core.start, -1, Math.max(before, core.start - reach.start), activity);
    const end = grow(core.end, 1, Math.min(after, core.end + reach.end), activity);
    return end - start < shortest
      ? word
      : { ...word, start: sourceTime(start), end: sourceTime(end) };
  });
}

/** Cuts a word down to its sound where it begins or ends with silence or holds a pause. */
function loudestPart(
  word: SourceRange,
  { excess, probabilities }: VoiceActivity,
): { start: number; end: number } {
  const first = Math.floor(word.start / levelFrame);
  const last = Math.max(first + 1, Math.ceil(word.end / levelFrame));
  const runs: { start: number; end: number; weight: number }[] = [];
  for (let f = first; f < last; f++) {
    const over = (excess[f] ?? -Infinity) - audible;
    if (over < 0) continue;
    const voice = probabilities[Math.floor((f * levelFrame) / activityFrame)] ?? 0;
    const weight = over * (0.2 + voice);
    const run = runs.at(-1);
    if (run && (f - run.end) * levelFrame < pause) {
      run.end = f + 1;
      run.weight += weight;
    } else runs.push({ start: f, end: f + 1, weight });
  }
  if (runs.length === 0) return word;
  const best = runs.reduce((a, b) => (b.weight > a.weight ? b : a));
  return {
    // Unchanged where the sound reaches the word's own edge: frames are coarser than the aligner.
    start: best.start === first ? word.start : best.start * levelFrame,
    end: best.end === last ? word.end : best.end * levelFrame,
  };
}

/** Out from an edge as long as there is sound, up to `limit`. */
function grow(edge: number, step: 1 | -1, limit: number, { excess }: VoiceActivity): number {
  let time = edge;
  for (;;) {
    const frame = Math.floor(time / levelFrame + (step > 0 ? 1e-6 : -1e-6));
    if ((excess[frame] ?? -Infinity) < audible) return time;
    const next = step > 0 ? (frame + 1) * levelFrame : frame * levelFrame;
    if (step > 0 ? next >= limit : next <= limit)
      return step > 0 ? Math.max(time, limit) : Math.min(time, limit);
    time = next;
  }
}
