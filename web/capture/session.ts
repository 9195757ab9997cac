/**
 * A running capture, in the document that has the streams: the app's page or the extension's
 * offscreen document. Whatever happens to it, what was captured is found again by recover.ts.
 */
import { AppError, toAppError } from '../core/errors.ts';
import type { Interaction } from '../core/interaction.ts';
import type { CaptureNotice, Recording, RecordingSource } from '../core/recording.ts';
import { sourceTime, type SourceTime } from '../core/time.ts';
import { keepStorage, requireRoom } from '../storage/quota.ts';
import { EncodedPart, noticeEntry, type CapturePart, type PartOptions } from './part.ts';
import { RoomWatch } from './room-watch.ts';
import { wallClock } from './timeline.ts';
import { prepareTracks, whenEnded } from './tracks.ts';
import { WholePart } from './whole-part.ts';
import type { CodecFamily } from './worker/choose-encoder.ts';
import type { Started, WorkerReport } from './worker/protocol.ts';

export interface CaptureRequest {
  source: Extract<RecordingSource, 'web' | 'extension'>;
  name: string;
  /** One picture track, and a sound track where tab or system sound is shared. */
  screen: MediaStream | null;
  camera: MediaStream | null;
  microphone: MediaStream | null;
  /** Default 30; less where the computer is too slow for it. */
  frameRate?: number;
  /** Default 1080. */
  maxHeight?: number;
}

/** `finished` may come by itself: sharing was stopped, or the storage is full. */
export type CaptureState = 'recording' | 'paused' | 'finishing' | 'finished' | 'failed';

/** Room that there must be at the start, beside the 24 MB kept for the end: a minute or so. */
const roomToStart = 120 * 1024 * 1024;
const heartbeatMs = 1000;
/** The worker reports twice a second; after so long without a report it is asked whether it lives. */
const silenceMs = 3000;
const droppedShare = 0.05;
const mostParts = 20;

export class CaptureSession {
  /** Called after any change of state, notices, counts or minutes left. */
  onchange: (() => void) | null = null;
  state: CaptureState = 'recording';
  /** Set when the state is `failed`. */
  error: AppError | null = null;
  readonly notices = new Set<CaptureNotice>();
  /** What is in the library already: all parts, in order, once finished. Nearly always one. */
  readonly recordings: Recording[] = [];
  /** Frames encoded, and frames left out because the computer was too slow. */
  frames = 0;
  dropped = 0;
  readonly #request: CaptureRequest;
  readonly #room: RoomWatch;
  #part: CapturePart;
  /** Of the parts before. */
  #earlier: { seconds: number; bytes: number; frames: number; dropped: number } = {
    ...{ seconds: 0, bytes: 0, frames: 0, dropped: 0 },
  };
  #bytes = 0;
  #partCount = 1;
  #completing: Promise<Recording | null>[] = [];
  #avoid: CodecFamily[] = [];
  #switching: Promise<void> | null = null;
  #finished: Promise<Recording> | null = null;
  #interactions = new Map<string, { part: CapturePart; value: Interaction }>();
  #heartbeat: ReturnType<typeof setInterval>;
  #heard = performance.now();
  #asking = false;
  #unwatch: () => void;

  /**
   * Resolves when the first frame is recorded: source time 0. Throws AppErrors: `disk-full`,
   * `encode-unsupported`.
   */
  static async start(request: CaptureRequest): Promise<CaptureSession> {
    await requireRoom(roomToStart);
    await keepStorage();
    await prepareTracks(request);
    let session: CaptureSession | null = null;
    const early: WorkerReport[] = [];
    const report = (r: WorkerReport) => (session ? session.#onReport(part, r) : early.push(r));
    const part: CapturePart = await startPart(request, { name: request.name, avoid: [], report });
    session = new CaptureSession(request, part);
    for (const r of early) session.#onReport(part, r);
    return session;
  }

  private constructor(request: CaptureRequest, part: CapturePart) {
    this.#request = request;
    this.#part = part;
    this.#room = new RoomWatch(
      () => this.#bytes,
      (most) => this.#part.roomLeft(most),
      (full) => (full ? this.#endBy('storage-full') : this.onchange?.()),
    );
    this.#heartbeat = setInterval(() => void this.#listen(), heartbeatMs);
    this.#unwatch = whenEnded(request, (what) => this.#onEnded(what));
  }

  /** Of the recording that is being written. */
  get id(): string {
    return this.#part.id;
  }

  /** Seconds recorded, pauses left out. */
  get elapsed(): number {
    return this.#earlier.seconds + this.#part.timeline.elapsed(wallClock());
  }

  /** Bytes written. */
  get size(): number {
    return this.#earlier.bytes + this.#bytes;
  }

  /** Minutes that the storage lasts; null while there is plenty. */
  get minutesLeft(): number | null {
    return this.#room.minutesLeft;
  }

  /** Pixels of the recorded screen and of the stream as it is now; null without a screen or with MediaRecorder. */
  get screenSize(): Started['screen'] {
    return this.#part.screen;
  }

  pause(): void {
    if (this.state !== 'recording') return;
    this.#part.pause(wallClock());
    this.#set('paused');
  }

  resume(): void {
    if (this.state !== 'paused') return;
    this.#part.resume(wallClock());
    this.#set('recording');
  }

  /** `epochMs` is performance.timeOrigin + performance.now() of any page; null while paused. */
  sourceTimeAt(epochMs: number): SourceTime | null {
    const seconds = this.#part.timeline.at(epochMs);
    return seconds === null ? null : sourceTime(seconds);
  }

  /** On the disk within half a second. Returns a key to change it by. */
  addInteraction(value: Interaction): string {
    const key = crypto.randomUUID();
    this.#interactions.set(key, { part: this.#part, value });
    this.#part.note({ kind: 'interaction', key, value });
    return key;
  }

  /** Null takes it out. */
  updateInteraction(key: string, change: Partial<Interaction> | null): void {
    const known = this.#interactions.get(key);
    if (!known) return;
    const value = change && { ...known.value, ...change };
    if (value) known.value = value;
    else this.#interactions.delete(key);
    // Of a part that is finished already, the list stays as it was.
    if (known.part === this.#part) known.part.note({ kind: 'interaction', key, value });
  }

  /** Another microphone, or one again after it was unplugged. */
  replaceMicrophone(stream: MediaStream): void {
    this.#request.microphone = stream;
    this.#part.connectMicrophone(stream);
    this.#unwatch();
    this.#unwatch = whenEnded(this.#request, (what) => this.#onEnded(what));
  }

  /** The recording in the library; the first one where there are several parts. Can be called again. */
  stop(): Promise<Recording> {
    this.#finished ??= this.#finish(wallClock());
    return this.#finished;
  }

  /** Ends it and removes what was captured, all parts. */
  async discard(): Promise<void> {
    this.#quiet();
    this.#finished = Promise.reject(new AppError('cancelled'));
    this.#finished.catch(() => undefined);
    await this.#switching;
    this.#set('finished');
    await this.#part.discard();
  }

  async #finish(at: number): Promise<Recording> {
    this.#set('finishing');
    this.#quiet();
    try {
      await this.#switching;
      if (this.dropped > droppedShare * (this.frames + this.dropped)) this.#note('frames-dropped');
      await this.#part.stop(at);
      this.#completing.push(this.#part.complete());
      for (const completing of this.#completing) {
        const recording = await completing;
        if (recording) this.recordings.push(recording);
      }
      const [first] = this.recordings;
      if (!first) throw new AppError('capture-failed', 'nothing was recorded');
      this.#set('finished');
      return first;
    } catch (error) {
      this.error = toAppError(error);
      this.#set('failed');
      throw this.error;
    }
  }

  #quiet(): void {
    clearInterval(this.#heartbeat);
    this.#room.stop();
    this.#unwatch();
  }

  #set(state: CaptureState): void {
    this.state = state;
    this.onchange?.();
  }

  #note(notice: CaptureNotice): void {
    if (this.notices.has(notice)) return;
    this.notices.add(notice);
    this.#part.note(noticeEntry(notice));
    this.onchange?.();
  }

  #onReport(part: CapturePart, report: WorkerReport): void {
    if (part !== this.#part) return;
    this.#heard = performance.now();
    if (report.kind === 'status') {
      this.#bytes = report.bytes;
      this.frames = this.#earlier.frames + report.frames;
      this.dropped = this.#earlier.dropped + report.dropped;
    } else if (report.kind === 'notice') this.notices.add(report.notice);
    else if (report.kind === 'slept') this.notices.add('slept');
    else if (report.kind === 'full') this.#endBy('storage-full');
    else if (report.kind === 'ended') this.#onEnded(report.what);
    else this.#nextPart(report.family);
    this.onchange?.();
  }

  #onEnded(what: 'screen' | 'camera' | 'microphone' | 'tab'): void {
    if (what === 'screen') this.#endBy('sharing-stopped');
    else if (what === 'microphone' && this.#request.microphone?.active) return;
    else if (!this.#request.screen && what === 'camera') this.#endBy('camera-lost');
    else if (!this.#request.screen && !this.#request.camera) this.#endBy('microphone-lost');
    else this.#note(what === 'tab' ? 'tab-sound-lost' : `${what}-lost`);
  }

  /** It ends by itself, in order. */
  #endBy(notice: CaptureNotice): void {
    if (this.#finished) return;
    this.#note(notice);
    this.stop().catch((error: unknown) => console.warn('the capture did not end in order', error));
  }

  /** What happens from the worker's death until it is noticed is lost, so it is soon. */
  async #listen(): Promise<void> {
    if (performance.now() - this.#heard < silenceMs || this.#switching || this.#asking) return;
    const part = this.#part;
    this.#asking = true;
    const alive = await part.answers();
    this.#asking = false;
    if (alive) this.#heard = performance.now();
    else if (part === this.#part) this.#nextPart(null);
  }

  /** Goes on in new files, with another codec where one failed. */
  #nextPart(failed: CodecFamily | null): void {
    if (this.#switching || this.#finished) return;
    if (failed) this.#avoid.push(failed);
    this.#switching = this.#switch().finally(() => {
      this.#switching = null;
      this.#heard = performance.now();
    });
  }

  async #switch(): Promise<void> {
    const old = this.#part;
    this.#note('continued');
    const at = wallClock();
    await old.stop(at);
    const completing = old.complete().catch((error: unknown) => {
      // It waits for recovery.
      console.warn('the part before could not be completed', error);
      return null;
    });
    this.#completing.push(completing);
    const before = this.#earlier;
    const { frames, dropped } = this;
    const seconds = before.seconds + old.timeline.elapsed(at);
    this.#earlier = { seconds, bytes: before.bytes + this.#bytes, frames, dropped };
    this.#bytes = 0;
    try {
      if (++this.#partCount > mostParts) throw new AppError('capture-failed', 'too many parts');
      const report = (r: WorkerReport) => part && this.#onReport(part, r);
      let part: CapturePart | null = null;
      const name = `${this.#request.name} (${this.#partCount})`;
      part = await startPart(this.#request, { name, avoid: this.#avoid, report });
      this.#part = part;
      if (this.state === 'paused') part.pause(wallClock());
    } catch (error) {
      console.warn('the capture cannot go on', error);
      this.#finished ??= this.#giveUp(completing, error);
      this.#finished.catch(() => undefined);
    }
  }

  /** What was recorded before is the result. */
  async #giveUp(before: Promise<Recording | null>, error: unknown): Promise<Recording> {
    this.#quiet();
    const recording = await before;
    if (recording) this.recordings.push(recording);
    this.error = toAppError(error);
    this.#set(recording ? 'finished' : 'failed');
    if (!recording) throw this.error;
    return recording;
  }
}

async function startPart(request: CaptureRequest, options: PartOptions): Promise<CapturePart> {
  if (EncodedPart.possible) {
    try {
      return await EncodedPart.start(request, options);
    } catch (error) {
      if (toAppError(error).code !== 'encode-unsupported') throw error;
      console.warn('recording the simple way', error);
    }
  }
  return WholePart.start(request, options);
}
