/** What an export takes and says afterwards. All of it survives structured clone. */
import type { CameraChoice } from '../core/project.ts';
import type { SourceRange } from '../core/time.ts';
import type { MediaFile } from './media-file.ts';
import type { SoundReport } from './sound/render-sound.ts';

export type VideoFormat = 'mp4' | 'webm';

export interface ExportRequest {
  /** The recording's main file. */
  source: MediaFile;
  /** Indices into its audio tracks: the one that carries the voice, and others to be heard with it. */
  voiceTrack: number;
  otherTracks?: readonly number[];
  /** Linear gain of the voice, on top of what makes it as loud as it is to be, and of each of the others. Default 1. */
  levels?: { voice: number; others: number };
  /** The camera to be drawn over the picture; its media time is source time too. */
  camera?: {
    source: MediaFile;
    choice: CameraChoice;
    /** Where it is seen; disjoint, sorted. */
    shown: readonly SourceRange[];
  } | null;
  /** The voice without noise: source time, same start. Null takes the track as it is. */
  cleanSound: MediaFile | null;
  /** Seconds of source time, to the end of the longest track. */
  duration: number;
  /** What is taken out; may overlap. */
  cuts: readonly SourceRange[];
  /** The voice to -16 LUFS, all of it with true peaks below -1 dBTP. */
  normalise: boolean;
  /**
   * Loudness of the sound chosen, raw or clean, LUFS, from SoundEvidence. Spares listening to a long
   * recording as a whole; it is checked, and null is always right.
   */
  loudness?: number | null;
  format: VideoFormat;
  /** In the origin private file system, see storage/opfs.ts. An old file of that name goes. */
  outputPath: string;
  /** Encode the whole picture even where packets could be copied; for measuring and for people in doubt. */
  reencode?: boolean;
}

/** What reading the written file back showed. Offsets are the largest found, in seconds. */
export interface Validation {
  /** Empty when all is well; English, for reports and logs. */
  problems: string[];
  duration: number;
  joints: number;
  decodedFrames: number;
  /** Between where a picture is shown and where its place in the source says. Null where nothing could be compared. */
  pictureOffset: number | null;
  /** The same of the sound, near the start of each kept stretch. */
  soundOffset: number | null;
}

/** The reason of a picture that nobody wonders about. */
export const cameraIsDrawn = 'the camera is drawn into it';

export type ExportMethod = 'copied' | 're-encoded' | 'sound-only';

export interface ExportReport {
  path: string;
  /** Bytes. */
  size: number;
  /** MIME type with codecs. */
  type: string;
  duration: number;
  method: ExportMethod;
  /** Why the picture was encoded again as a whole; null when it was not. English, for reports and logs. */
  reason: string | null;
  copiedFrames: number;
  encodedFrames: number;
  /** Output ranges whose pictures were encoded again, when the rest was copied. */
  encodedRanges: { start: number; end: number }[];
  /** Output seconds at which two stretches meet. */
  joints: number[];
  sound: Partial<SoundReport> | null;
  validation: Validation;
  /** Seconds. */
  timings: { plan: number; write: number; validate: number; total: number };
}
