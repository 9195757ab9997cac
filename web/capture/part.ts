/**
 * One stretch of a capture in files of its own. Usually there is one; when the encoder has to be
 * another one, or the worker dies, the session goes on in the next part.
 */
import type { CaptureNotice, Recording } from '../core/recording.ts';
import { recordingFolder, removeWhenFree } from '../storage/opfs.ts';
import { importLock } from '../storage/recordings.ts';
import { transfer, type Connection } from '../workers/rpc.ts';
import type { CaptureApi } from '../workers/capture.worker.ts';
import { completeCapture, connectCapture } from './complete.ts';
import type { BeginEntry, CaptureFile, JournalEntry } from './journal.ts';
import { holdLock } from './hold-lock.ts';
import type { CaptureRequest } from './session.ts';
import { CaptureTimeline } from './timeline.ts';
import type { CodecFamily } from './worker/choose-encoder.ts';
import { workerLock, type Started, type WorkerReport } from './worker/protocol.ts';

export interface CapturePart {
  readonly id: string;
  readonly timeline: CaptureTimeline;
  readonly screen: Started['screen'];
  pause(at: number): void;
  resume(at: number): void;
  note(entry: JournalEntry): void;
  connectMicrophone(stream: MediaStream): void;
  /** Ends it at that moment; all that was captured is on the disk then. */
  stop(at: number): Promise<void>;
  /** After `stop`, or after its worker died. */
  complete(): Promise<Recording>;
  discard(): Promise<void>;
  /** Bytes that can still be written, at most `most`. */
  roomLeft(most: number): Promise<number>;
  /** False when its worker does not answer any more. */
  answers(): Promise<boolean>;
}

export interface PartOptions {
  name: string;
  avoid: readonly CodecFamily[];
  report: (report: WorkerReport) => void;
}

/**
 * What may wait for a worker that is late; Chromium keeps one frame and a tenth of a second of sound
 * by itself and throws away the rest. Frames hold memory of the capturer, which has only so many.
 */
const framesHeld = 4;
const blocksHeld = 500;

const frames = (stream: MediaStream | null): ReadableStream<VideoFrame> | null => {
  const track = stream?.getVideoTracks()[0];
  return track
    ? new MediaStreamTrackProcessor({ track, maxBufferSize: framesHeld }).readable
    : null;
};
const sound = (stream: MediaStream | null): ReadableStream<AudioData> | null => {
  const track = stream?.getAudioTracks()[0];
  return track
    ? new MediaStreamTrackProcessor({ track, maxBufferSize: blocksHeld }).readable
    : null;
};

/** Sound lies in the first file. `ending` without its dot. */
export function filesOf(request: CaptureRequest, format: CaptureFile['format'], ending: string) {
  const files: CaptureFile[] = [];
  const add = (role: CaptureFile['role']) =>
    files.push({ role, format, name: `${role}.${ending}` });
  if (request.screen) add('screen');
  if (request.camera) add('camera');
  if (files.length === 0) add('microphone');
  return files;
}

/** How long to wait for an answer that takes milliseconds. */
const patienceMs = 3000;

/** The usual way: frames to WebCodecs in a worker. */
export class EncodedPart implements CapturePart {
  readonly id: string;
  readonly timeline = new CaptureTimeline();
  screen: Started['screen'] = null;
  readonly #worker: Connection<CaptureApi> = connectCapture();
  readonly #release: () => void;
  readonly #port: MessagePort;
  readonly #watch = new AbortController();
  #isDead = false;

  private constructor(id: string, release: () => void, port: MessagePort) {
    this.id = id;
    this.#release = release;
    this.#port = port;
  }

  static get possible(): boolean {
    return [
      globalThis.MediaStreamTrackProcessor,
      globalThis.VideoEncoder,
      globalThis.AudioEncoder,
    ].every((needed) => typeof needed === 'function');
  }

  /** Throws AppError `encode-unsupported` when no encoder works on these streams. */
  static async start(request: CaptureRequest, options: PartOptions): Promise<EncodedPart> {
    const id = crypto.randomUUID();
    const release = await holdLock(importLock(id));
    const { port1, port2 } = new MessageChannel();
    const part = new EncodedPart(id, release, port1);
    port1.onmessage = ({ data }: MessageEvent<WorkerReport>) => {
      if (data.kind === 'slept') part.timeline.leaveOut(data.from, data.to);
      if (data.kind === 'status') part.screen = data.screen;
      options.report(data);
    };
    const { name, avoid } = options;
    const files = filesOf(request, 'mp4', 'mp4');
    const startedAt = Date.now();
    const begin: BeginEntry = {
      ...{ kind: 'begin', version: 1, id, name, source: request.source, startedAt, files },
    };
    const streams = {
      screen: frames(request.screen),
      camera: frames(request.camera),
      microphone: sound(request.microphone),
      tabSound: sound(request.screen),
    };
    const { frameRate = 30, maxHeight = 1080 } = request;
    const input = { begin, ...streams, frameRate, maxHeight, avoid, port: port2 };
    try {
      const moved = Object.values(streams).filter((stream) => stream !== null);
      const { zero, screen } = await part.#worker.call.start(transfer(input, [...moved, port2]));
      part.timeline.begin(zero);
      part.screen = screen;
      part.#watchWorker(options.report);
      return part;
    } catch (error) {
      await part.discard();
      throw error;
    }
  }

  pause(at: number): void {
    this.timeline.pause(at);
    this.#tell(this.#worker.call.pause(at));
  }

  resume(at: number): void {
    this.timeline.resume(at);
    this.#tell(this.#worker.call.resume(at));
  }

  note(entry: JournalEntry): void {
    this.#tell(this.#worker.call.note(entry));
  }

  connectMicrophone(stream: MediaStream): void {
    const readable = sound(stream);
    if (!readable) return;
    const input = { kind: 'microphone' as const, stream: readable };
    this.#tell(this.#worker.call.connectSound(transfer(input, [readable])));
  }

  async stop(at: number): Promise<void> {
    this.timeline.pause(at);
    if (this.#isDead) return;
    try {
      await this.#worker.call.stop(at);
    } catch (error) {
      // What was written until then is completed from the journal.
      console.warn('the worker did not stop in order', error);
      this.#watch.abort();
      this.#worker.close();
    }
  }

  async complete(): Promise<Recording> {
    try {
      return await completeCapture(this.id, this.#worker);
    } finally {
      this.#free();
    }
  }

  async discard(): Promise<void> {
    this.#free();
    await removeWhenFree(recordingFolder(this.id));
  }

  roomLeft(most: number): Promise<number> {
    return this.#worker.call.roomLeft({ id: this.id, most });
  }

  async answers(): Promise<boolean> {
    const late = AbortSignal.timeout(patienceMs);
    return this.#worker.call.ping(undefined, { signal: late, killAfterMs: 0 }).then(
      (recording) => recording,
      () => false,
    );
  }

  /** The browser takes a worker's lock from it when it dies, and tells nobody else of its death. */
  #watchWorker(report: PartOptions['report']): void {
    const { signal } = this.#watch;
    const onDeath = () => {
      this.#isDead = true;
      // What is still asked of it is refused; completing starts another one.
      this.#worker.close();
      report({ kind: 'new-part', family: null });
    };
    navigator.locks.request(workerLock(this.id), { signal }, onDeath).catch((error: unknown) => {
      if (!signal.aborted) console.warn('the worker is not watched', error);
    });
  }

  #free(): void {
    this.#watch.abort();
    this.#worker.close();
    this.#port.close();
    this.#release();
  }

  /** A worker that died is noticed by the session. */
  #tell(call: Promise<unknown>): void {
    call.catch((error: unknown) => console.warn('the capture worker did not take it', error));
  }
}

export const noticeEntry = (notice: CaptureNotice): JournalEntry => ({ kind: 'notice', notice });
