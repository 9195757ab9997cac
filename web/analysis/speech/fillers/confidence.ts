/**
 * One number from all signals: a logistic model. Its weights were fitted on clips with fillers
 * put in at known places (`web/bench/fillers/train`); that of the transcript is set by hand.
 */
import type { Candidate } from './candidates.ts';
import type { Signals } from './signals.ts';

const bias = -0.96;
const weights = {
  mean: 1.71,
  peak: -0.14,
  duration: 0.54,
  aligned: 2.11,
  arc: -0.01,
  alignedDuration: 0.53,
  covered: -1.57,
  wordTaken: -1.09,
  pauses: -1.08,
  voicing: -0.18,
  quiet: -0.23,
  speech: 3.07,
  short: -1.02,
  alignedMean: -0.28,
  transcribed: 3,
};
export type Evidence = Record<keyof typeof weights, number>;

/** Without an aligner nothing but the sound tells a word's long vowel from a filler. */
const strictness = 1.5;

/** What the model sees of a candidate. */
export function evidenceOf(candidate: Candidate, signals: Signals): Evidence {
  const seconds = Math.max(0.06, candidate.end - candidate.start);
  const quiet = Math.max(0, -8 - candidate.level) / 10;
  const mean = logOdds(candidate.mean);
  return {
    mean,
    peak: logOdds(candidate.peak),
    duration: Math.log2(seconds / 0.25),
    aligned: signals.aligned,
    arc: signals.arcSeconds > 0 ? Math.log2(Math.max(0.06, signals.arcSeconds) / 0.16) : 0,
    alignedDuration: signals.aligned * Math.log2(seconds / 0.2),
    covered: signals.covered,
    wordTaken: signals.wordTaken,
    pauses: Math.min(0.3, candidate.pauseBefore) + Math.min(0.3, candidate.pauseAfter),
    voicing: candidate.voicing,
    quiet,
    speech: candidate.speech,
    short: Math.max(0, 0.16 - seconds) * 10,
    alignedMean: mean * signals.aligned,
    transcribed: signals.transcribed ? 1 : 0,
  };
}

/** 0 to 1. */
export function confidenceOf(candidate: Candidate, signals: Signals): number {
  const evidence = evidenceOf(candidate, signals);
  let sum = bias - (signals.hasAligner ? 0 : strictness);
  for (const name of Object.keys(weights) as (keyof Evidence)[]) {
    sum += weights[name] * evidence[name];
  }
  return 1 / (1 + Math.exp(-sum));
}

function logOdds(probability: number): number {
  const p = Math.max(0.01, Math.min(0.99, probability));
  return Math.log(p / (1 - p));
}
