/** What goes between the document that captures and the worker that encodes and writes. */
import type { Interaction } from '../../core/interaction.ts';
import type { CaptureNotice, RecordingSource } from '../../core/recording.ts';
import type { BeginEntry, CaptureFile } from '../journal.ts';
import type { CodecFamily } from './choose-encoder.ts';

/** Held by the worker that records this capture, for as long as it lives. */
export const workerLock = (id: string) => `capture-worker:${id}`;

export interface StartInput {
  begin: BeginEntry;
  screen: ReadableStream<VideoFrame> | null;
  camera: ReadableStream<VideoFrame> | null;
  microphone: ReadableStream<AudioData> | null;
  tabSound: ReadableStream<AudioData> | null;
  frameRate: number;
  maxHeight: number;
  avoid: readonly CodecFamily[];
  /** For what the worker has to say by itself. */
  port: MessagePort;
}

export interface Started {
  /** Wall-clock moment of source time 0, see timeline.ts. */
  zero: number;
  /**
   * Pixels of the recorded picture, and of what the stream gives just now. A source of another shape,
   * as a resized window, is made to fit and put in the middle.
   */
  screen: { width: number; height: number; source: { width: number; height: number } } | null;
}

export type WorkerReport =
  | { kind: 'status'; frames: number; dropped: number; bytes: number; screen: Started['screen'] }
  | { kind: 'notice'; notice: CaptureNotice }
  /** The computer slept; that time is left out. */
  | { kind: 'slept'; from: number; to: number }
  /** It cannot go on in these files; `family` is the codec that failed, null to try the same again. */
  | { kind: 'new-part'; family: CodecFamily | null }
  | { kind: 'full' }
  | { kind: 'ended'; what: 'screen' | 'camera' | 'microphone' | 'tab' };

export interface FinishedFile {
  role: CaptureFile['role'];
  format: CaptureFile['format'];
  name: string;
  size: number;
}

export interface Finished {
  id: string;
  name: string;
  source: RecordingSource;
  startedAt: number;
  files: FinishedFile[];
  interactions: Interaction[];
  notices: CaptureNotice[];
  /** Index of the microphone among the sound of the first file. */
  voiceTrack: number;
  /** False when the recorder did not stop by itself. */
  ended: boolean;
}
