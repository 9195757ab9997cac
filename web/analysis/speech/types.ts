/** What the stages of speech analysis hand to each other. All times are source seconds. */
import type { SourceRange } from '../../core/time.ts';

/** Samples a second of every signal in this folder. */
export const voiceRate = 16_000;

/**
 * The voice track as 16 kHz mono, -1 to 1. Sample `i` is heard at `i / voiceRate` source seconds:
 * a late start and gaps between packets are silence in it.
 */
export interface VoiceSignal {
  /** Seconds. */
  readonly duration: number;
  /**
   * The samples from `start` to `end` (seconds), in memory of the caller's own. Always
   * `round((end - start) * voiceRate)` long; what lies outside the signal is zero.
   */
  read(start: number, end: number): Promise<Float32Array>;
}

/** Frames of voice activity: 512 samples, 32 ms. */
export const activityFrame = 512 / voiceRate;
/** Frames of level: 160 samples, 10 ms. */
export const levelFrame = 160 / voiceRate;

export interface VoiceActivity {
  /** Stretches in which someone speaks, with refined edges; sorted, disjoint. */
  speech: SourceRange[];
  /** Silero's probability of speech per `activityFrame`; frame `i` starts at `i * activityFrame`. */
  probabilities: Float32Array;
  /** Level per `levelFrame`, dBFS above 100 Hz, at least -100. */
  levels: Float32Array;
  /**
   * Per `levelFrame`: decibels above the local noise floor, in the one of three bands (up to 0.8,
   * 0.8 to 2.8, above 2.8 kHz) where the frame stands out most. Noise alone stays below about 6.
   */
  excess: Float32Array;
}

/** A piece of an alignment: one word, one optional filler that was heard, or silence. */
export interface Arc extends SourceRange {
  kind: 'word' | 'filler' | 'silence';
  /** The word as it was given, or the filler ("um"). Empty for silence. */
  text: string;
  /** Index into the words given to `align`; -1 for fillers and silences. */
  word: number;
}

export interface AlignOptions {
  /** Source time of the first sample; 0 by default. */
  offset?: number;
  /** Fillers that may be heard before, between and after the words ("um", "uh", "hmm"). */
  fillersBetweenWords?: readonly string[];
  /** By default the search is repeated more widely where it found nothing: several times slower. */
  thorough?: boolean;
}

export interface Aligner {
  /** BCP 47 primary subtag of the acoustic model. */
  readonly language: string;
  /**
   * Finds where the words, in this order, are spoken. `samples` is 16 kHz mono and best shorter
   * than 40 s. Arcs come sorted and without gaps. Null when the words do not fit the sound.
   */
  align(samples: Float32Array, words: readonly string[], options?: AlignOptions): Arc[] | null;
  close(): void;
}

/** Keeps unfinished work of a stage, so that a reload goes on where it stopped. */
export interface Checkpoint {
  /** What was saved last; null when there is nothing. */
  load(): Promise<unknown>;
  save(data: unknown): Promise<void>;
}
