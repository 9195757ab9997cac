import type { SourceTime } from './time.ts';
import type { Interaction } from './interaction.ts';

/** Where a recording came from. */
export type RecordingSource = 'upload' | 'sample' | 'web' | 'extension';

export interface VideoInfo {
  /** WebCodecs codec string, for example `avc1.64001f`. */
  codec: string;
  /** Display size in pixels, rotation applied. */
  width: number;
  height: number;
  /** Clockwise, degrees. */
  rotation: 0 | 90 | 180 | 270;
  /** Mean frames per second; real recordings vary. */
  frameRate: number;
  /** Presentation time of the first frame, seconds. */
  start: number;
  /** Seconds of presentation time at which the last frame ends. */
  end: number;
}

export interface AudioInfo {
  codec: string;
  sampleRate: number;
  channels: number;
  start: number;
  end: number;
}

/** One file of the recording. Times in its media are source times. */
export interface RecordingFile {
  role: 'screen' | 'camera' | 'microphone' | 'tab';
  /** OPFS path, see storage/opfs.ts. */
  path: string;
  /** MIME type of the container. */
  type: string;
  size: number;
  video: VideoInfo | null;
  /** All audio tracks, in file order. */
  audio: AudioInfo[];
}

/** What happened to the file on its way in; shown to the person. */
export type ImportNotice =
  | 'truncated'
  | 'converted'
  | 'no-audio'
  | 'no-video'
  | 'several-audio-tracks'
  | 'duration-repaired';

/** What happened while recording; shown to the person. */
export type CaptureNotice =
  /** The recorder was killed; everything up to about its last second is there. */
  | 'recovered'
  /** A device went away and the recording went on without it. */
  | 'microphone-lost'
  | 'camera-lost'
  | 'tab-sound-lost'
  /** Sharing was ended by the browser's own bar, or the shared tab or window was closed. */
  | 'sharing-stopped'
  /** It ended because the disk or the browser's quota was full. */
  | 'storage-full'
  /** The computer slept; that time is left out. */
  | 'slept'
  /** The encoder failed and was built anew. */
  | 'encoder-rebuilt'
  /** The encoder had to be another one: what follows is a recording of its own. */
  | 'continued'
  /** More than one frame in twenty was left out because the computer was too slow. */
  | 'frames-dropped'
  /** Recorded by MediaRecorder, because the better way did not work in this browser. */
  | 'simple-recorder';

export type RecordingNotice = ImportNotice | CaptureNotice;

/** What was captured. Never changed after it was written, but for its name. */
export interface Recording {
  id: string;
  name: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  source: RecordingSource;
  /** Seconds from source time 0 to the end of the longest track. */
  duration: SourceTime;
  /** Bytes of all files together. */
  size: number;
  /** Recognises a file imported twice: sha256 over size, head, middle and tail. */
  fingerprint: string;
  files: RecordingFile[];
  /** Index into the main file's `audio` of the track that carries the voice. */
  voiceTrack: number;
  interactions: Interaction[];
  notices: RecordingNotice[];
}

/** The file that carries the picture, or the sound where there is no picture. */
export function mainFile(recording: Recording): RecordingFile {
  const main = recording.files.find((f) => f.role === 'screen') ?? recording.files[0];
  if (!main) throw new Error(`recording ${recording.id} has no file`);
  return main;
}
