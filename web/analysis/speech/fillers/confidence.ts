/**
 * One number from all signals: a logistic model. Its weights were fitted on narrated clips with
 * fillers put in at known places (`web/bench/fillers/train`), on other voices than the bench has.
 */
import type { Candidate } from './candidates.ts';
import type { Signals } from './signals.ts';

const bias = 0.34;
const weights = {
  mean: 0.85,
  peak: -0.11,
  duration: 0.62,
  transcribed: 3,
  aligned: 0.79,
  arc: 0.42,
  covered: -0.8,
  wordTaken: -0.12,
  pauses: -0.56,
  voicing: -0.32,
  speech: 1.28,
  level: 0.87,
  short: -0.31,
};
export type Evidence = Record<keyof typeof weights, number>;

/** Without an aligner nothing but the sound tells a word's long vowel from a filler. */
const strictness = 1.5;

/** What the model sees of a candidate. */
export function evidenceOf(candidate: Candidate, signals: Signals): Evidence {
  const seconds = Math.max(0.06, candidate.end - candidate.start);
  return {
    mean: logOdds(candidate.mean),
    peak: logOdds(candidate.peak),
    duration: Math.log2(seconds / 0.25),
    transcribed: signals.transcribed ? 1 : 0,
    aligned: signals.aligned,
    arc: signals.arcSeconds > 0 ? Math.log2(Math.max(0.06, signals.arcSeconds) / 0.2) : -1.5,
    covered: signals.covered,
    wordTaken: signals.wordTaken,
    pauses: Math.min(0.3, candidate.pauseBefore) + Math.min(0.3, candidate.pauseAfter),
    voicing: candidate.voicing,
    speech: candidate.speech,
    level: Math.max(-20, Math.min(6, candidate.level)) / 10,
    short: Math.max(0, 0.16 - seconds) * 10,
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
