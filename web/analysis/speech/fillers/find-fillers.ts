/**
 * Filler words and filled pauses ("um", "uh", "er", "hmm") from three signals: the transcript,
 * alignment with optional fillers between the words, and voice that belongs to no word. A small
 * network that hears filled pauses proposes where; the signals decide how sure it is.
 */
import type { JobContext } from '../../../core/progress.ts';
import { overlap, sourceTime, type SourceRange } from '../../../core/time.ts';
import type { Filler, FillerSignal, Word } from '../../../core/evidence.ts';
import type { Arc, VoiceSignal } from '../types.ts';
import {
  average,
  candidateAt,
  findCandidates,
  type Candidate,
  type FrameTrack,
} from './candidates.ts';
import { confidenceOf } from './confidence.ts';
import type { EncoderTrack } from './encoder-ear.ts';
import { frameSeconds } from './features.ts';
import { readAsFiller } from './lexicon.ts';
import {
  orphansOf,
  realWords,
  weighSignals,
  withoutWords,
  type Place,
  type Signals,
} from './signals.ts';
import { trackFillers } from './track.ts';

export interface FillerInput {
  voice: VoiceSignal;
  /** As transcribed and aligned; fillers that the transcript has are among them. */
  words: readonly Word[];
  /** Stretches of voice, as `VoiceActivity.speech`. */
  speech: readonly SourceRange[];
  /** BCP 47 primary subtag. */
  language: string;
  /**
   * Fillers that alignment heard between the words; null where there is no aligner for the
   * language: then the sound alone decides, more strictly.
   */
  aligned: readonly Arc[] | null;
  /** What a Whisper encoder heard; null where none listened. */
  encoder: EncoderTrack | null;
}

/** Below this nothing is reported at all. */
const least = 0.2;
/** Shorter fillers of the alignment are chance, seconds. */
const shortestArc = 0.09;

/** Sorted, disjoint. Those with a confidence of at least 0.5 are meant to be cut by default. */
export async function findFillers(input: FillerInput, job: JobContext): Promise<Filler[]> {
  const weighed = await weighCandidates(input, job);
  const found = weighed.candidates.map(({ candidate, signals, place }) =>
    describe(candidate, place, signals, confidenceOf(candidate, signals), weighed.track),
  );
  return disjoint(found.filter((filler) => filler.confidence >= least));
}

export interface Weighed {
  track: FrameTrack;
  /** `place` is what would be cut. */
  candidates: { candidate: Candidate; signals: Signals; place: Place }[];
}

/** Every stretch that may be a filler, with what speaks for it; the bench fits weights on these. */
export async function weighCandidates(input: FillerInput, job: JobContext): Promise<Weighed> {
  const track = await trackFillers(input.voice, input.encoder, job);
  const words = realWords(input.words, input.language);
  const spoken = input.words.filter((w) => readAsFiller(w.text, input.language) !== 'word');
  const arcs = input.aligned ? arcsOf(words, spoken, input.aligned) : [];
  const orphans = orphansOf(input.speech, words);
  return { track, candidates: gather(track, arcs, words, spoken, orphans, input.aligned !== null) };
}

/** Words, written fillers and heard ones in one row. */
function arcsOf(words: readonly Word[], spoken: readonly Word[], aligned: readonly Arc[]): Arc[] {
  const arc = (kind: Arc['kind']) => (w: Word, word: number) => ({ ...w, kind, word });
  return [...words.map(arc('word')), ...spoken.map(arc('filler')), ...aligned].sort(
    (a, b) => a.start - b.start,
  );
}

/** What the network heard, then what only the alignment or only the transcript says. */
export function gather(
  track: FrameTrack,
  arcs: readonly Arc[],
  words: readonly Word[],
  spoken: readonly Word[],
  orphans: readonly SourceRange[],
  hasAligner: boolean,
): Weighed['candidates'] {
  const candidates = findCandidates(track);
  const propose = (start: number, end: number) => {
    const shared = (c: Candidate) =>
      overlap(c, { start, end }) / Math.min(end - start, c.end - c.start);
    if (candidates.some((c) => shared(c) > 0.4)) return;
    const candidate = candidateAt(track, start, end);
    if (candidate) candidates.push(candidate);
  };
  for (const arc of arcs) {
    if (arc.kind === 'filler' && arc.end - arc.start >= shortestArc) propose(arc.start, arc.end);
  }
  for (const { start, end } of spoken) {
    const near = { start: start - 0.2, end: end + 0.2 };
    if (!candidates.some((c) => overlap(c, near) > 0)) propose(start, end);
  }
  return candidates
    .sort((a, b) => a.start - b.start)
    .map((candidate) => ({
      candidate,
      signals: weighSignals(candidate, words, spoken, arcs, orphans, hasAligner),
      place: wholeOrphan(withoutWords(candidate, arcs, sureOf(track)), orphans),
    }));
}

/** Whether an encoder listened to a stretch and takes it for a filler. */
const sureOf = (track: FrameTrack) => (start: number, end: number) => {
  const [from, to] = [Math.round(start / frameSeconds), Math.round(end / frameSeconds)];
  const mean = (values: ArrayLike<number>) => average(values, from, Math.max(from + 1, to));
  return mean(track.heard) > 0.5 && mean(track.filler) > 0.5;
};

/** Nothing else is in that voice, so nothing of it is left behind. */
function wholeOrphan(place: Place, orphans: readonly SourceRange[]): Place {
  const around = orphans.find((o) => overlap(o, place) > (o.end - o.start) / 3);
  if (!around) return place;
  return { start: Math.min(place.start, around.start), end: Math.max(place.end, around.end) };
}

function describe(
  candidate: Candidate,
  place: Place,
  signals: Signals,
  confidence: number,
  track: FrameTrack,
): Filler {
  const names: FillerSignal[] = [];
  if (signals.transcribed) names.push('transcribed');
  if (signals.aligned > 0.4) names.push('aligned');
  if (signals.covered < 0.5) names.push('unmatched-voice');
  const bare = signals.transcribed?.text.replace(/[^\p{L}]/gu, '').toLowerCase();
  return {
    text: bare || signals.alignedText || guess(candidate, track),
    start: sourceTime(place.start),
    end: sourceTime(place.end),
    confidence: Math.round(confidence * 100) / 100,
    signals: names,
  };
}

/** "um" where the level falls in the last third, as lips that close make it; "uh" elsewhere. */
function guess({ start, end }: Candidate, { levels }: FrameTrack): string {
  const [from, to] = [Math.round(start / frameSeconds), Math.round(end / frameSeconds)];
  const third = Math.max(1, Math.floor((to - from) / 3));
  const mean = (a: number, b: number) =>
    levels.subarray(a, b).reduce((sum, l) => sum + l, 0) / Math.max(1, b - a);
  return mean(from, from + third) - mean(to - third, to) > 5 ? 'um' : 'uh';
}

/** Of two that overlap the surer one stays. */
function disjoint(fillers: readonly Filler[]): Filler[] {
  const kept: Filler[] = [];
  for (const filler of [...fillers].sort((a, b) => b.confidence - a.confidence)) {
    if (kept.every((k) => overlap(k, filler) === 0)) kept.push(filler);
  }
  return kept.sort((a, b) => a.start - b.start);
}
