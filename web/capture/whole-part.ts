/**
 * The simple way, where frames cannot be had or no encoder works: MediaRecorder, its bytes written
 * second by second. It takes one sound track, so microphone and tab are mixed.
 */
import type { Recording } from '../core/recording.ts';
import { AppError } from '../core/errors.ts';
import { recordingFolder, removeWhenFree } from '../storage/opfs.ts';
import { importLock } from '../storage/recordings.ts';
import { transfer } from '../workers/rpc.ts';
import { completeCapture, connectCapture } from './complete.ts';
import type { BeginEntry, JournalEntry } from './journal.ts';
import { filesOf, noticeEntry, type CapturePart, type PartOptions } from './part.ts';
import { holdLock } from './hold-lock.ts';
import type { CaptureRequest } from './session.ts';
import { CaptureTimeline, wallClock } from './timeline.ts';

const types = [
  'video/webm;codecs=h264,opus',
  'video/webm;codecs=vp9,opus',
  'video/webm;codecs=vp8,opus',
  'video/webm',
  'video/mp4',
];
const soundTypes = ['audio/webm;codecs=opus', 'audio/webm', 'audio/mp4'];
const chunkMs = 1000;

export class WholePart implements CapturePart {
  readonly id = crypto.randomUUID() as string;
  readonly timeline = new CaptureTimeline();
  readonly screen = null;
  readonly #worker = connectCapture();
  readonly #recorders: MediaRecorder[] = [];
  readonly #mixer = new Mixer();
  readonly #report: PartOptions['report'];
  #release: () => void = () => undefined;
  /** Chunks are written in the order in which they came. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(report: PartOptions['report']) {
    this.#report = report;
  }

  static async start(request: CaptureRequest, options: PartOptions): Promise<WholePart> {
    const part = new WholePart(options.report);
    part.#release = await holdLock(importLock(part.id));
    try {
      await part.#open(request, options.name);
      return part;
    } catch (error) {
      await part.discard();
      throw error;
    }
  }

  async #open(request: CaptureRequest, name: string): Promise<void> {
    const picture = request.screen ?? request.camera;
    const mimeType = (picture ? types : soundTypes).find((t) => MediaRecorder.isTypeSupported(t));
    if (!mimeType) throw new AppError('encode-unsupported', 'MediaRecorder knows no format');
    const files = filesOf(request, 'whole', mimeType.includes('webm') ? 'webm' : 'mp4');
    const { id } = this;
    const begin: BeginEntry = {
      ...{ kind: 'begin', version: 1, id, name, source: request.source, files },
      startedAt: Date.now(),
    };
    await this.#worker.call.openWhole(begin);
    this.note(noticeEntry('simple-recorder'));
    const sound = await this.#mixer.mix([request.microphone, request.screen]);
    const videos = [request.screen, request.camera].filter((stream) => stream !== null);
    const streams =
      videos.length === 0
        ? [sound]
        : videos.map((video, i) => [...video.getVideoTracks(), ...(i === 0 ? sound : [])]);
    for (const [file, tracks] of streams.entries()) {
      const recorder = new MediaRecorder(new MediaStream(tracks as MediaStreamTrack[]), {
        mimeType,
        videoBitsPerSecond: 5_000_000,
        audioBitsPerSecond: 128_000,
      });
      recorder.ondataavailable = ({ data }) => this.#append(file, data);
      recorder.onerror = (event) => console.warn('MediaRecorder failed', event);
      this.#recorders.push(recorder);
    }
    await Promise.all(
      this.#recorders.map(
        (recorder) =>
          new Promise((resolve) => {
            recorder.onstart = resolve;
            recorder.start(chunkMs);
          }),
      ),
    );
    this.timeline.begin(wallClock());
  }

  #append(file: number, blob: Blob): void {
    if (blob.size === 0) return;
    this.#writing = this.#writing
      .then(async () => {
        const data = await blob.arrayBuffer();
        const bytes = await this.#worker.call.appendWhole(transfer({ file, data }, [data]));
        this.#report({ kind: 'status', frames: 0, dropped: 0, bytes, screen: null });
      })
      .catch((error: unknown) => {
        console.warn('a chunk could not be written', error);
        this.#report({ kind: 'full' });
      });
  }

  pause(at: number): void {
    this.timeline.pause(at);
    for (const recorder of this.#recorders) recorder.pause();
  }

  resume(at: number): void {
    this.timeline.resume(at);
    for (const recorder of this.#recorders) recorder.resume();
  }

  note(entry: JournalEntry): void {
    this.#worker.call
      .note(entry)
      .catch((error: unknown) => console.warn('the capture worker did not take it', error));
  }

  connectMicrophone(stream: MediaStream): void {
    this.#mixer.add(stream);
  }

  async stop(at: number): Promise<void> {
    const duration = this.timeline.elapsed(at);
    this.timeline.pause(at);
    await Promise.all(
      this.#recorders.map(
        (recorder) =>
          new Promise<void>((resolve) => {
            if (recorder.state === 'inactive') return resolve();
            recorder.onstop = () => resolve();
            recorder.stop();
          }),
      ),
    );
    await this.#writing;
    await this.#worker.call
      .closeWhole(duration)
      .catch((error: unknown) => console.warn('the capture was not closed in order', error));
    this.#mixer.close();
  }

  async complete(): Promise<Recording> {
    try {
      return await completeCapture(this.id, this.#worker);
    } finally {
      this.#free();
    }
  }

  async discard(): Promise<void> {
    for (const recorder of this.#recorders) if (recorder.state !== 'inactive') recorder.stop();
    this.#free();
    await removeWhenFree(recordingFolder(this.id));
  }

  roomLeft(most: number): Promise<number> {
    return this.#worker.call.roomLeft({ id: this.id, most });
  }

  answers(): Promise<boolean> {
    return Promise.resolve(this.#recorders.some((recorder) => recorder.state !== 'inactive'));
  }

  #free(): void {
    this.#mixer.close();
    this.#worker.close();
    this.#release();
  }
}

/** Several streams' sound as one track, to which another microphone can be added later. */
class Mixer {
  #context: AudioContext | null = null;
  #output: MediaStreamAudioDestinationNode | null = null;

  /** Without any sound, no track. Where pages may not start sound by themselves, the first stream's. */
  async mix(streams: readonly (MediaStream | null)[]): Promise<MediaStreamTrack[]> {
    const sounding = streams.filter((stream) => stream !== null && stream.getAudioTracks().length);
    const [first] = sounding;
    if (!first) return [];
    const context = new AudioContext({ sampleRate: 48_000 });
    this.#context = context;
    // Never settles where it is not allowed.
    await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, 500))]);
    if (context.state !== 'running') {
      console.warn('only the first sound is recorded');
      return first.getAudioTracks().slice(0, 1);
    }
    this.#output = context.createMediaStreamDestination();
    for (const stream of sounding) this.add(stream!);
    return this.#output.stream.getAudioTracks();
  }

  add(stream: MediaStream): void {
    if (this.#output) this.#context?.createMediaStreamSource(stream).connect(this.#output);
  }

  close(): void {
    void this.#context?.close().catch((error: unknown) => console.warn(error));
    this.#context = null;
    this.#output = null;
  }
}
