/** What the person decided: plain immutable JSON. It refers to the recording by source time. */
import type { SourceRange, SourceTime } from './time.ts';

/** Raised with every change of what a project holds; `upgradeProject` brings older ones up. */
export const projectSchema = 2;

/** A range the person cut by hand (text or strip selection, removed step). */
export interface ManualCut extends SourceRange {
  id: string;
  reason: 'words' | 'range' | 'step';
}

/** What happens to findings that the person did not decide one by one. */
export interface RemovalPolicy {
  fillers: boolean;
  silences: boolean;
  disfluencies: boolean;
  /** Seconds; shorter silences stay. */
  minSilence: number;
  /** Seconds of silence left standing on each side of a cut pause. */
  keptPause: number;
  /** Findings below this confidence stay until the person cuts them. */
  minConfidence: number;
}

export interface StillChoice {
  time: SourceTime;
  /** What a screen reader says. */
  alt: string;
}

export interface Step extends SourceRange {
  id: string;
  /** With emphasis, see text/emphasis.ts. */
  title: string;
  /** Inline Markdown, paragraphs parted by an empty line. */
  text: string;
  /** Where its claim comes from; `written` once a person typed it. */
  claim: 'shown' | 'said' | 'written';
  still: StillChoice | null;
  /** The choice and its runners-up, best first. */
  stillChoices: SourceTime[];
  interaction: number | null;
  /** Heading of the part of the article that begins with this step. */
  section?: string | null;
}

export interface TrackLevel {
  /** 0 to 1, as it is felt; see `gainOf` in sound-mix.ts. Kept while muted. */
  volume: number;
  muted: boolean;
}

export interface SoundChoice {
  /** Of the voice alone. */
  denoise: boolean;
  /** The voice to -16 LUFS. */
  normalise: boolean;
  voice: TrackLevel;
  /** All other tracks together: tab or system sound. */
  others: TrackLevel;
}

/** The picture of the person's camera over that of the screen. Where it lies says camera.ts. */
export interface CameraChoice {
  visible: boolean;
  /** Place in the room that the bubble's size leaves it, 0 (left, top) to 1. */
  x: number;
  y: number;
  /** Height as a share of the frame's shorter side. */
  size: number;
  shape: 'circle' | 'rounded';
  mirrored: boolean;
  /** Where it is left out; disjoint, sorted. */
  hidden: readonly SourceRange[];
}

export interface Project {
  schema: typeof projectSchema;
  id: string;
  recordingId: string;
  title: string;
  /** Milliseconds since the epoch. */
  updatedAt: number;
  removal: RemovalPolicy;
  /** Decisions on single findings, by `findingKey`. */
  decisions: Readonly<Record<string, 'cut' | 'keep'>>;
  cuts: readonly ManualCut[];
  /** Corrected words, by `wordKey`. An empty text hides the word from captions and article. */
  corrections: Readonly<Record<string, string>>;
  sound: SoundChoice;
  camera: CameraChoice;
  steps: readonly Step[];
  /** The drafts of the analysis were taken over once; later ones come only when asked for. */
  stepsAdopted?: boolean;
}

export const defaultRemoval: RemovalPolicy = {
  fillers: true,
  silences: true,
  disfluencies: false,
  minSilence: 0.6,
  keptPause: 0.12,
  minConfidence: 0.5,
};

export type FindingKind = 'filler' | 'silence' | 'disfluency';
const ms = (t: number) => Math.round(t * 1000);
/** A finding is known by what it is and where it starts (milliseconds), so decisions outlive a new analysis. */
export const findingKey = (kind: FindingKind, finding: { start: number }) =>
  `${kind}:${ms(finding.start)}`;
export const wordKey = (word: { start: number }) => String(ms(word.start));
