/** Where the words of one window are spoken: by the aligner, else by Whisper's attention. */
import type { Word } from '../../core/evidence.ts';
import { sourceTime, type SourceRange } from '../../core/time.ts';
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
  /** Computed only when it is needed: it costs a pass of the decoder. */
  attention: () => Promise<{ start: number; end: number }[] | null>;
}

/** So that an "um" nobody wrote down does not become part of the word beside it. */
const unwritten = ['um', 'uh', 'hmm'];
/** Below this an arc of a filler is a part of its neighbour. */
const shortestFiller = 0.12;
/** A word with less voice than this all over it was not said, by Silero's probability. */
const voiceless = 0.12;

export async function alignWindow(input: WindowWords): Promise<Word[]> {
  const { window, samples, words, activity, aligner } = input;
  const texts = words.map((w) => w.text);
  const arcs = aligner?.align(samples, texts, { fillersBetweenWords: unwritten }) ?? null;
  const times =
    (arcs && wordTimes(arcs, words.length)) ?? (await input.attention()) ?? evenly(window, words);
  const placed = words.map((word, i) => ({
    ...inSource(window, times[i]!),
    text: word.text,
    confidence: word.confidence,
    isWord: true,
  }));
  // Fillers stand between the words as barriers: no edge grows into them.
  const barriers = (arcs ?? [])
    .filter((arc) => arc.kind === 'filler' && !isSliver(arc))
    .map((arc) => ({ ...inSource(window, arc), text: '', confidence: 0, isWord: false }));
  const row = [...placed, ...barriers].sort((a, b) => a.start - b.start);
  return snapWords(row, activity)
    .filter((word) => word.isWord && voiceAt(word, activity) >= voiceless)
    .map(({ isWord: _, ...word }) => word);
}

/** A stretch of the window in source time; its end belongs to the piece in which it begins. */
function inSource(window: Window, { start, end }: { start: number; end: number }) {
  const from = toSource(window, start);
  const piece = window.pieces.findLast((p) => p.at <= start + 1e-6) ?? window.pieces[0]!;
  const to = Math.min(piece.end, from + Math.max(0.02, end - start));
  return { start: sourceTime(from), end: sourceTime(to) };
}

/** Times of the words among the arcs; words without a sound of their own share with their neighbour. */
function wordTimes(arcs: readonly Arc[], count: number): { start: number; end: number }[] | null {
  const times = new Array<{ start: number; end: number } | undefined>(count);
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
  if (!times.some(Boolean)) return null;
  for (let i = 0; i < count; i++) {
    const at = times[i - 1]?.end ?? times.find(Boolean)!.start;
    times[i] ??= { start: at, end: at };
  }
  return times as { start: number; end: number }[];
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
