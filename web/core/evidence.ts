/**
 * What analysis found in a recording. All times are source seconds. Each piece is plain data that
 * survives structured clone and JSON (typed arrays apart), is keyed by recording and analyser
 * version, and can be dropped and computed again.
 */
import type { SourceRange, SourceTime } from './time.ts';

export interface Word extends SourceRange {
  /** As it reads in running text: capitals and punctuation attached, no blanks around. */
  text: string;
  /** 0 to 1. */
  confidence: number;
}

export type FillerSignal = 'transcribed' | 'aligned' | 'unmatched-voice';

export interface Filler extends SourceRange {
  /** Best guess at what was said: "um", "uh", "er", "hmm". */
  text: string;
  confidence: number;
  signals: FillerSignal[];
}

export interface Silence extends SourceRange {
  confidence: number;
}

/** A repeated word or a false start: the part to take out, offered and not taken. */
export interface Disfluency extends SourceRange {
  kind: 'repeat' | 'false-start';
  text: string;
  confidence: number;
}

export interface SpeechEvidence {
  /** Name of the model in the list of models, or 'import' for a subtitle or script file. */
  model: string;
  /** BCP 47 primary subtag, `en`. */
  language: string;
  words: Word[];
  fillers: Filler[];
  silences: Silence[];
  disfluencies: Disfluency[];
  /** Voice activity. */
  speech: SourceRange[];
}

export interface SoundEvidence {
  /** Integrated loudness of the raw sound, LUFS (EBU R128). -Infinity for digital silence. */
  loudness: number;
  /** dBTP. */
  truePeak: number;
  /** The same two of the cleaned sound, when there is one. */
  cleanLoudness: number | null;
  cleanTruePeak: number | null;
  /** Noise floor of the raw sound, dBFS. */
  noiseFloor: number;
  /** Waveform: pairs of minimum and maximum, -127 to 127, `peakRate` pairs a second. */
  peaks: Int8Array;
  peakRate: number;
  /** OPFS path of the cleaned sound: WAV, mono, 48 kHz; its time 0 is source time 0 (silence until the voice track starts). */
  cleanPath: string | null;
  /** Name of the denoiser. */
  denoiser: string | null;
}

export interface SceneChange {
  time: SourceTime;
  /** First moment at which the picture has come to rest again. */
  settled: SourceTime;
  /** Share of the picture that changed, 0 to 1. */
  area: number;
  /** Bounding box of the change in fractions of the picture, 0 to 1. */
  box: { x: number; y: number; width: number; height: number };
  /** Looks of the settled picture: equal numbers look the same; 0 is the first picture. */
  state: number;
  /** Shows again what was there before the last change in this place: something closed or vanished. */
  reverts: boolean;
}

export interface ScreenEvidence {
  /** Per analysed frame: its time, the share of changed blocks (0 to 1), and sharpness (variance of the Laplacian of luma). */
  times: Float64Array;
  activity: Float32Array;
  sharpness: Float32Array;
  changes: SceneChange[];
  /** Nothing moves on the screen. */
  idle: SourceRange[];
  /** Strip: OPFS path of one JPEG/WebP sprite per sheet. */
  thumbnails: {
    paths: string[];
    width: number;
    height: number;
    columns: number;
    rows: number;
    /** Source time of each thumbnail, sheet after sheet, row after row. */
    times: Float64Array;
  } | null;
}

export interface StillCandidate {
  time: SourceTime;
  /** 0 to 1, higher is better. */
  score: number;
  /** Why it scored as it did; shown in the inspector. */
  settled: boolean;
  sharpness: number;
}

/** A proposal for a step, before a person touched it. */
export interface StepDraft extends SourceRange {
  /** With emphasis, see text/emphasis.ts. */
  title: string;
  text: string;
  claim: 'shown' | 'said';
  /** Best first; empty when there is no picture. */
  stills: StillCandidate[];
  /** Index into the recording's interactions. */
  interaction: number | null;
  /** Heading of the part of the article that begins here: the page that was gone to. */
  section?: string | null;
}

/** The stages of analysis and what each yields. */
export interface Evidence {
  sound: SoundEvidence;
  speech: SpeechEvidence;
  screen: ScreenEvidence;
  steps: StepDraft[];
}
export type Stage = keyof Evidence;

/** Raise when an analyser's results change: old evidence is then computed anew. */
export const analyserVersions: Record<Stage, number> = { sound: 1, speech: 1, screen: 1, steps: 1 };
