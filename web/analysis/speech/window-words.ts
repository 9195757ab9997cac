/** Where the words of one window are spoken: by the aligner, else by Whisper's attention. */
import type { Word } from '../../core/evidence.ts';
import { sourceTime, type SourceRange } from '../../core/time.ts';
import { alignParts, type Pause } from './align-parts.ts';
import type { TokenWord } from './token-words.ts';
import type { Aligner, Arc, VoiceActivity } from './types.ts';
import { activityFrame } from './types.ts';
import { snapWords } from './word-edges.ts';
import { toSource, type Window } from './windows.ts';

interface WindowWords {
  window: Window;
  samples: Float32Array;
  words: TokenWord[];
  activity: VoiceActivity;
  aligner: Aligner | null;
  /** Seconds of the window in which Whisper listened for each word; coarse, but seldom lost. */
  attention: readonly { start: number; end: number }[] | null;
}

/** What was placed in a window, in source time. */
export interface Placed {
  words: Word[];
  /** Fillers that the aligner heard beside the words; null where nothing was aligned. */
  fillers: Arc[] | null;
}

/** So that an "um" nobody wrote down does not become part of the word beside it. */
const unwritten = ['um', 'uh', 'er', 'hmm'];
/** Reaching this little over a seam is inaccuracy, seconds. */
const seam = 0.03;
/** Below this an arc of a filler is a part of its neighbour. */
const shortestFiller = 0.12;
/** A word with less voice than this all over it was not said, by Silero's probability. */
const voiceless = 0.12;

export function alignWindow(input: WindowWords): Placed {
  const { window, samples, words, activity, aligner } = input;
  const texts = words.map((w) => w.text);
  const expected = input.attention ?? evenly(window, words);
  const pauses = pausesOf(window, activity);
  const arcs =
    aligner &&
    alignParts(aligner, { samples, texts, pauses, attention: input.attention }, unwritten);
  const times = arcs ? wordTimes(arcs, expected) : expected;
  const placed = words.map((word, i) => ({
    ...inSource(window, times[i]!),
    text: word.text,
    confidence: word.confidence,
    isWord: true,
  }));
  const fillers = (arcs ?? [])
    .filter((arc) => arc.kind === 'filler')
    .map((arc) => ({ ...arc, ...inSource(window, arc) }));
  // Longer fillers stand between the words as barriers: no edge grows into them.
  const barriers = fillers
    .filter((arc) => !isSliver(arc))
    .map(({ start, end }) => ({ start, end, text: '', confidence: 0, isWord: false }));
  const row = [...placed, ...barriers].sort((a, b) => a.start - b.start);
  const snapped = snapWords(row, activity)
    .filter((word) => word.isWord && voiceAt(word, activity) >= voiceless)
    .map(({ isWord: _, ...word }) => word);
  return { words: snapped, fillers: arcs && fillers };
}

/**
 * A stretch of the window in source time. One that reaches over the seam of two pieces has the
 * whole pause between them in it: where in it the word is, its sound tells.
 */
function inSource(window: Window, { start, end }: { start: number; end: number }) {
  const from = toSource(window, start);
  const last = window.pieces.findLast((p) => p.at < end - seam) ?? window.pieces[0]!;
  const to = Math.min(last.end, last.start + end - last.at);
  return { start: sourceTime(from), end: sourceTime(Math.max(from + 0.02, to)) };
}

/** Times of the words among the arcs; where they are expected for the others. */
function wordTimes(
  arcs: readonly Arc[],
  expected: readonly { start: number; end: number }[],
): { start: number; end: number }[] {
  const times = [...expected];
  arcs.forEach((arc, i) => {
    if (arc.kind !== 'word') return;
    let { start, end }: { start: number; end: number } = arc;
    const before = arcs[i - 1];
    const after = arcs[i + 1];
    if (isSliver(before))
      start = before.start + (arcs[i - 2]?.kind === 'word' ? (before.end - before.start) / 2 : 0);
    if (isSliver(after))
      end = after.end - (arcs[i + 2]?.kind === 'word' ? (after.end - after.start) / 2 : 0);
    times[arc.word] = { start, end };
  });
  return times;
}

/** Silences of the window, in its own time; `seconds` are those of the recording. */
function pausesOf(window: Window, { speech }: VoiceActivity): Pause[] {
  const pauses: Pause[] = [];
  const inside = (time: number) => window.pieces.find((p) => p.start <= time && time <= p.end);
  speech.forEach((range, i) => {
    const next = speech[i + 1];
    const [from, to] = [inside(range.end), next && inside(next.start)];
    if (!from || !to) return;
    const start = from.at + range.end - from.start;
    const end = to.at + next!.start - to.start;
    pauses.push({ start, end, seconds: next!.start - range.end });
  });
  return pauses;
}

const isSliver = (arc: Arc | undefined): arc is Arc =>
  arc?.kind === 'filler' && arc.end - arc.start < shortestFiller;

/** The last resort: by the number of letters. */
function evenly(window: Window, words: readonly TokenWord[]) {
  const letters = words.reduce((sum, w) => sum + w.text.length + 1, 0);
  let at = 0;
  return words.map((word) => {
    const start = at;
    at += ((word.text.length + 1) / letters) * window.length;
    return { start, end: at };
  });
}

function voiceAt(word: SourceRange, { probabilities }: VoiceActivity): number {
  let most = 0;
  const last = Math.ceil((word.end + 0.1) / activityFrame);
  for (let i = Math.max(0, Math.floor((word.start - 0.1) / activityFrame)); i < last; i++)
    most = Math.max(most, probabilities[i] ?? 0);
  return most;
}
