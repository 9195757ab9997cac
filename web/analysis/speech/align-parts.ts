/**
 * Alignment of a window, checked against where Whisper listened. A transcript that leaves out a
 * phrase, or a voice unlike those of the acoustic model, can crowd many words into the wrong place:
 * then the window is parted at a pause and each part aligned on its own.
 */
import type { Aligner, Arc } from './types.ts';
import { voiceRate } from './types.ts';

type Span = { start: number; end: number };

/** A silence in the window; `seconds` is its true length, before the window was packed. */
export interface Pause extends Span {
  seconds: number;
}

export interface Passage {
  samples: Float32Array;
  texts: readonly string[];
  pauses: readonly Pause[];
  /** Seconds of the window in which Whisper listened for each word. */
  attention: readonly Span[] | null;
}

/** A part of the passage: words from `first` up to `last`, seconds from `start` to `end`. */
interface Part extends Span {
  first: number;
  last: number;
}

/** Attention is this good within speech, seconds; at pauses single words are off by more. */
const tolerance = 0.6;
/** So many words in a row that attention sees elsewhere are in the wrong place. */
const crowd = 4;
/** Parts are not cut into anything shorter, seconds. */
const shortest = 1.5;
/** A pause that may part a window, seconds. */
const clearPause = 0.2;

/** Arcs sorted, in seconds of the window. Null when no word was found; some may be missing. */
export function alignParts(
  aligner: Aligner,
  passage: Passage,
  fillersBetweenWords: readonly string[],
): Arc[] | null {
  const align = (part: Part): Arc[] => {
    const halves = passage.attention ? divide(part, passage) : null;
    const { samples, texts } = passage;
    const found = aligner.align(
      samples.subarray(Math.round(part.start * voiceRate), Math.round(part.end * voiceRate)),
      texts.slice(part.first, part.last),
      { fillersBetweenWords, offset: part.start, thorough: halves === null },
    );
    const arcs = found?.map((arc) =>
      arc.word < 0 ? arc : { ...arc, word: arc.word + part.first },
    );
    if (arcs && agrees(arcs, passage.attention)) return arcs;
    if (halves) return halves.flatMap(align);
    return [];
  };
  const all = align({
    first: 0,
    last: passage.texts.length,
    start: 0,
    end: passage.samples.length / voiceRate,
  });
  return all.some((arc) => arc.kind === 'word') ? all : null;
}

/** Whether the words are about where Whisper listened for them. */
function agrees(arcs: readonly Arc[], attention: readonly Span[] | null): boolean {
  if (!attention) return true;
  let row = 0;
  for (const arc of arcs) {
    if (arc.kind !== 'word') continue;
    const expected = attention[arc.word]!;
    const off = (arc.start + arc.end - expected.start - expected.end) / 2;
    if (Math.abs(off) <= tolerance) row = 0;
    else row = off > 0 === row > 0 || row === 0 ? row + Math.sign(off) : Math.sign(off);
    if (Math.abs(row) >= crowd) return false;
  }
  return true;
}

/** At the pause that is long, near the middle, and at the end of a sentence. */
function divide(part: Part, { pauses, attention, texts }: Passage): [Part, Part] | null {
  let best: { at: number; word: number } | null = null;
  let most = -Infinity;
  for (const pause of pauses) {
    const at = (pause.start + pause.end) / 2;
    if (pause.seconds < clearPause) continue;
    if (at - part.start < shortest || part.end - at < shortest) continue;
    const word = firstAfter(part, pause, attention!, texts);
    if (word <= part.first || word >= part.last) continue;
    const middle = Math.abs(at - (part.start + part.end) / 2) / (part.end - part.start);
    const score = Math.min(1, pause.seconds) - middle + endOf(texts[word - 1]!);
    if (score > most) {
      most = score;
      best = { at, word };
    }
  }
  return (
    best && [
      { ...part, end: best.at, last: best.word },
      { ...part, start: best.at, first: best.word },
    ]
  );
}

/** The first word behind a pause: attention says about where, punctuation exactly. */
function firstAfter(
  part: Part,
  pause: Pause,
  attention: readonly Span[],
  texts: readonly string[],
): number {
  let best = part.first;
  let least = Infinity;
  for (let word = part.first + 1; word < part.last; word++) {
    const [before, after] = [attention[word - 1]!, attention[word]!];
    const late = Math.max(0, (before.start + before.end) / 2 - pause.end);
    const early = Math.max(0, pause.start - (after.start + after.end) / 2);
    const cost = Math.max(late, early) - 0.5 * endOf(texts[word - 1]!);
    if (cost < least) {
      least = cost;
      best = word;
    }
  }
  return best;
}

/** 1 where a sentence ends, a part of it where a clause does. */
const endOf = (text: string) =>
  /[.!?…。！？]["'”’)]*$/u.test(text) ? 1 : /[,;:，、]$/u.test(text) ? 0.5 : 0;
