/** What speaks for and against a candidate besides its own sound: transcript and alignment. */
import type { JobContext } from '../../../core/progress.ts';
import { overlap } from '../../../core/time.ts';
import type { Word } from '../../../core/evidence.ts';
import type { Aligner, Arc, VoiceSignal } from '../types.ts';
import type { Candidate } from './candidates.ts';
import { readAsFiller } from './lexicon.ts';

export interface Place {
  readonly start: number;
  readonly end: number;
}

export interface Signals {
  /** Whether there was an aligner for the language at all. */
  hasAligner: boolean;
  /** The filler word of the transcript that stands for it. */
  transcribed: Word | null;
  /** Share of the candidate that lies in a filler of the alignment, and that filler's text. */
  aligned: number;
  alignedText: string;
  /** Seconds of the filler in the alignment that overlaps it; 0 where there is none. */
  arcSeconds: number;
  /** Share of the candidate that lies in real words. */
  covered: number;
  /** Largest share of a real word's time that the candidate would take. */
  wordTaken: number;
  /** How much longer that word lasts than its letters need, octaves: a filler may be in it. */
  stretch: number;
  /** Share of the candidate that lies in a stretch of voice in which there is no word at all. */
  orphan: number;
}

/** Fillers that alignment may hear between words. */
const heard = ['um', 'uh', 'er', 'hmm'];
/** Transcribed word times drift; a filler word may stand this far from its sound, seconds. */
const drift = 0.35;

export const realWords = (words: readonly Word[], language: string) =>
  words.filter((w) => readAsFiller(w.text, language) === 'word');

export function weighSignals(
  candidate: Candidate,
  words: readonly Word[],
  fillerWords: readonly Word[],
  arcs: readonly Arc[],
  orphans: readonly Place[],
  hasAligner: boolean,
): Signals {
  const length = candidate.end - candidate.start;
  const near = { start: candidate.start - drift, end: candidate.end + drift };
  const touching = arcs.filter((arc) => overlap(arc, candidate) > 0);
  // Where alignment failed, the transcript's own times have to do.
  const nearWords = touching.length
    ? touching.filter((arc) => arc.kind === 'word')
    : words.filter((w) => overlap(w, candidate) > 0);
  let covered = 0;
  let wordTaken = 0;
  let stretch = 0;
  for (const word of nearWords) {
    const shared = overlap(word, candidate);
    covered += shared / length;
    const taken = shared / Math.max(0.02, word.end - word.start);
    if (taken > wordTaken) [wordTaken, stretch] = [taken, stretchOf(word)];
  }
  const fillers = touching.filter((arc) => arc.kind === 'filler');
  const aligned = fillers.reduce((sum, arc) => sum + overlap(arc, candidate), 0) / length;
  const nearest = closest(fillers, candidate);
  const hit = nearest && overlap(nearest, candidate) > 0 ? nearest : null;
  const spoken = fillerWords.filter((w) => overlap(w, near) > 0);
  return {
    hasAligner,
    transcribed: closest(spoken, candidate),
    aligned: Math.min(1, aligned),
    alignedText: hit?.text ?? '',
    arcSeconds: hit ? hit.end - hit.start : 0,
    covered: Math.min(1, covered),
    wordTaken: Math.min(1, wordTaken),
    stretch,
    orphan: Math.min(1, orphans.reduce((sum, o) => sum + overlap(o, candidate), 0) / length),
  };
}

/** Against 80 ms and 60 ms a letter, between half and four times as long. */
function stretchOf({ text, start, end }: Place & { text: string }): number {
  const expected = 0.08 + 0.06 * (text.match(/\p{L}/gu)?.length ?? 0);
  return Math.max(-1, Math.min(2, Math.log2(Math.max(0.03, end - start) / expected)));
}

function closest<T extends Place>(places: readonly T[], to: Place): T | null {
  const middle = (p: Place) => (p.start + p.end) / 2;
  return places.reduce<T | null>(
    (best, place) =>
      !best || Math.abs(middle(place) - middle(to)) < Math.abs(middle(best) - middle(to))
        ? place
        : best,
    null,
  );
}

/** The aligner's edges are about this good, seconds. */
const edge = 0.03;
const shortestRest = 0.12;

/** Longer voice without a word is speech that was not understood, seconds. */
const longestOrphan = 0.6;
/** What a word may reach into the voice beside it without being in it, seconds. */
const touch = 0.04;

/** Stretches of voice between pauses in which there is no word. */
export const orphansOf = <R extends Place>(speech: readonly R[], words: readonly Word[]): R[] => {
  let first = 0;
  return speech.filter((range) => {
    while (first < words.length && words[first]!.end <= range.start + touch) first++;
    const word = words[first];
    const free = !word || word.start >= range.end - touch;
    return free && range.end - range.start <= longestOrphan;
  });
};

/**
 * Takes the words that alignment sees at either side of its filler out of the candidate, unless an
 * ear is sure that what lies there is filler: alignment then put a word where none is.
 */
export function withoutWords(
  candidate: Candidate,
  arcs: readonly Arc[],
  isFiller: (start: number, end: number) => boolean = () => false,
): Place {
  const inside = arcs.filter((arc) => overlap(arc, candidate) > 0);
  const filler = closest(
    inside.filter((arc) => arc.kind === 'filler'),
    candidate,
  );
  let { start, end } = candidate;
  if (!filler) return { start, end };
  for (const word of inside.filter((arc) => arc.kind === 'word')) {
    const before = word.end <= filler.start + edge;
    const after = word.start >= filler.end - edge;
    if (before && !isFiller(candidate.start, word.end)) start = Math.max(start, word.end - edge);
    if (after && !isFiller(word.start, candidate.end)) end = Math.min(end, word.start + edge);
  }
  return end - start >= shortestRest ? { start, end } : candidate;
}

/** Pieces that are aligned on their own: cut at pauses, not longer than this; seconds. */
const piece = { longest: 15, pause: 0.3 };

/**
 * For words that did not come from a transcription: fillers heard in the gaps between them. Source
 * time, sorted; none where the words do not fit the sound.
 */
export async function hearBetween(
  words: readonly Word[],
  voice: VoiceSignal,
  aligner: Aligner,
  job: JobContext,
): Promise<Arc[]> {
  const arcs: Arc[] = [];
  for (let first = 0; first < words.length;) {
    job.signal.throwIfAborted();
    let last = first;
    while (last + 1 < words.length) {
      const gap = words[last + 1]!.start - words[last]!.end;
      const length = words[last + 1]!.end - words[first]!.start;
      if (length > piece.longest || (gap > piece.pause && length > piece.longest / 3)) break;
      last++;
    }
    // Half of the pause to either side belongs to this piece: a filler may be in it.
    const before = first > 0 ? (words[first - 1]!.end + words[first]!.start) / 2 : 0;
    const next = words[last + 1];
    const after = next ? (words[last]!.end + next.start) / 2 : voice.duration;
    const start = Math.max(before, words[first]!.start - 4);
    const end = Math.min(after, words[last]!.end + 4);
    const texts = words.slice(first, last + 1).map((w) => w.text);
    const samples = await voice.read(start, end);
    const options = { offset: start, fillersBetweenWords: heard };
    const found = aligner.align(samples, texts, options) ?? [];
    arcs.push(...found.filter((arc) => arc.kind === 'filler'));
    job.progress({ fraction: (last + 1) / words.length });
    first = last + 1;
  }
  return arcs;
}
