/**
 * One number from all signals: a logistic model, one for what a Whisper encoder heard and one for
 * the sound alone. The weights were fitted on clips with fillers put in at known places
 * (`web/bench/fillers/train`); those of the transcript and of voice without a word are set by hand.
 */
import type { Candidate } from './candidates.ts';
import type { Signals } from './signals.ts';

/** What the encoder heard is nearly all there is to know. */
const byEncoder: Weights = {
  bias: -0.49,
  mean: 0.51,
  peak: 0.39,
  duration: 1.27,
  aligned: -0.14,
  alignedClear: 2.03,
  pauses: -1.08,
  quiet: -1.26,
  transcribed: 3,
};

const bySound = {
  bias: -0.85,
  mean: 0.67,
  meanHeard: 1.1,
  peak: 0.18,
  duration: 0.44,
  aligned: 2.04,
  arc: 0.4,
  alignedArc: -0.9,
  alignedFree: 0.14,
  alignedMean: 0.31,
  alignedClear: 2.67,
  freeClear: -0.15,
  nasal: -0.36,
  er: -1.37,
  clear: -0.25,
  covered: -1.57,
  wordTaken: 0.14,
  stretch: 0.25,
  orphan: 1,
  pauses: -1.77,
  voicing: -2.12,
  speech: 4.61,
  short: 0.44,
  transcribed: 3,
  quiet: 0,
};
type Weights = Partial<Record<keyof typeof bySound, number>>;
export type Evidence = Record<keyof typeof bySound, number>;

/** Without an aligner nothing but the sound tells a word's long vowel from a filler. */
const strictness = 1.5;

/** What the model sees of a candidate. */
export function evidenceOf(candidate: Candidate, signals: Signals): Evidence {
  const seconds = Math.max(0.06, candidate.end - candidate.start);
  const mean = logOdds(candidate.mean);
  const { aligned } = signals;
  const free = aligned * (1 - signals.covered);
  const clear = Math.max(0, Math.min(1.5, (candidate.contrast - 10) / 20));
  const octaves = Math.log2(Math.max(0.06, signals.arcSeconds) / 0.16);
  const arc = signals.arcSeconds > 0 ? Math.max(-1, Math.min(1, octaves)) : 0;
  return {
    bias: 1,
    mean,
    // What the network denies flatly, it may only not know.
    meanHeard: Math.max(-2, mean),
    peak: logOdds(candidate.peak),
    duration: Math.log2(seconds / 0.25),
    aligned,
    arc,
    alignedArc: aligned * arc,
    alignedFree: free,
    alignedMean: mean * aligned,
    alignedClear: aligned * clear,
    freeClear: free * clear,
    nasal: signals.alignedText === 'um' || signals.alignedText === 'hmm' ? aligned : 0,
    er: signals.alignedText === 'er' ? aligned : 0,
    clear,
    covered: signals.covered,
    wordTaken: signals.wordTaken,
    stretch: signals.wordTaken * signals.stretch,
    // Only with a second witness: a word that was not understood is voice without a word, too.
    orphan: signals.orphan * aligned * clear,
    pauses: Math.min(0.3, candidate.pauseBefore) + Math.min(0.3, candidate.pauseAfter),
    voicing: candidate.voicing,
    speech: candidate.speech,
    short: Math.max(0, 0.16 - seconds) * 10,
    transcribed: signals.transcribed ? 1 : 0,
    // Below the speech around it by more than 3 dB.
    quiet: Math.max(0, -3 - candidate.level) / 10,
  };
}

/** 0 to 1. */
export function confidenceOf(candidate: Candidate, signals: Signals): number {
  const evidence = evidenceOf(candidate, signals);
  const encoder = candidate.heard >= 0.5;
  const weights: Weights = encoder ? byEncoder : bySound;
  let sum = encoder || signals.hasAligner ? 0 : -strictness;
  for (const name of Object.keys(weights) as (keyof Evidence)[]) {
    sum += weights[name]! * evidence[name];
  }
  return 1 / (1 + Math.exp(-sum));
}

function logOdds(probability: number): number {
  const p = Math.max(0.01, Math.min(0.99, probability));
  return Math.log(p / (1 - p));
}
