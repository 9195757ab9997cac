/** One capture in the worker: the lanes of its streams, the writer, and what watches over them. */
import type { JournalEntry } from '../journal.ts';
import { CaptureTimeline, wallClock } from '../timeline.ts';
import { AppError } from '../../core/errors.ts';
import { remove } from '../../storage/opfs.ts';
import { CaptureWriter, reservePath } from './capture-writer.ts';
import type { CodecFamily } from './choose-encoder.ts';
import type { LaneHost } from './lane.ts';
import type { StartInput, Started, WorkerReport } from './protocol.ts';
import { SoundLane } from './sound-lane.ts';
import { VideoLane } from './video-lane.ts';

const tickMs = 250;
const writeMs = 500;
const flushMs = 1000;
/** Ticks that are so far apart mean that the computer slept. */
const sleepMs = 10_000;
const firstFrameMs = 10_000;

type Source = 'screen' | 'camera' | 'microphone' | 'tab';

export class Recorder {
  readonly #input: StartInput;
  readonly #writer: CaptureWriter;
  readonly #timeline = new CaptureTimeline();
  readonly #videos = new Map<'screen' | 'camera', VideoLane>();
  readonly #sounds = new Map<'microphone' | 'tab', SoundLane>();
  #tracks = 0;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #lastTick = 0;
  #lastDate = 0;
  #written = 0;
  #flushed = 0;
  #closed = false;

  private constructor(input: StartInput, writer: CaptureWriter) {
    this.#input = input;
    this.#writer = writer;
  }

  /** Throws AppError `encode-unsupported` when the screen gives no frame or no encoder works. */
  static async start(input: StartInput): Promise<{ recorder: Recorder; started: Started }> {
    const recorder = new Recorder(input, await CaptureWriter.open(input.begin));
    try {
      await recorder.#prepare();
      return { recorder, started: recorder.#begin() };
    } catch (error) {
      recorder.#close();
      throw error;
    }
  }

  async #prepare(): Promise<void> {
    const { screen, camera, microphone, tabSound, ...wishes } = this.#input;
    // All begin to read at once, so that no stream piles up while another one is waited for.
    if (screen) this.#videos.set('screen', new VideoLane(screen, this.#host('screen')));
    if (camera) this.#videos.set('camera', new VideoLane(camera, this.#host('camera')));
    if (microphone) this.connectSound('microphone', microphone);
    if (tabSound) this.connectSound('tab', tabSound);
    for (const [content, lane] of this.#videos) {
      const own = content === 'camera' ? { ...wishes, maxHeight: 720, frameRate: 30 } : wishes;
      if (await lane.prepare({ ...own, content }, firstFrameMs)) continue;
      if (content === 'screen' || !screen)
        throw new AppError('encode-unsupported', `no frame or no encoder for the ${content}`);
      lane.close();
      this.#videos.delete('camera');
      this.#notice('camera-lost');
    }
  }

  #begin(): Started {
    const zero = wallClock();
    this.#timeline.begin(zero);
    for (const lane of this.#videos.values()) lane.showHeld(zero);
    this.#lastTick = zero;
    this.#lastDate = Date.now();
    this.#ticker = setInterval(() => this.#tick(), tickMs);
    return { zero, screen: this.#videos.get('screen')?.size ?? null };
  }

  connectSound(kind: 'microphone' | 'tab', stream: ReadableStream<AudioData>): void {
    const lane = this.#sounds.get(kind) ?? new SoundLane(kind, this.#host(kind));
    this.#sounds.set(kind, lane);
    lane.connect(stream);
  }

  pause(at: number): void {
    this.#timeline.pause(at);
    this.#save();
  }

  resume(at: number): void {
    this.#timeline.resume(at);
    for (const lane of this.#sounds.values()) lane.realign();
    for (const lane of this.#videos.values()) lane.showHeld(at);
  }

  note(entry: JournalEntry): void {
    if (!this.#closed) this.#writer.note(entry);
  }

  /** Encodes what is under way, writes it and closes the files. What cannot be written any more is left out. */
  async stop(at: number): Promise<void> {
    if (this.#closed) return;
    clearInterval(this.#ticker);
    const duration = this.#timeline.elapsed(at);
    await Promise.all([
      ...[...this.#videos.values()].map((lane) => lane.finish(duration)),
      ...[...this.#sounds.values()].map((lane) => lane.finish(duration)),
    ]);
    this.#writer.note({ kind: 'end', duration });
    // What was kept free for the end is for now.
    await remove(reservePath(this.#input.begin.id));
    this.#save();
    this.#close();
  }

  /** Stops without saving anything more. */
  abandon(): void {
    this.#close();
  }

  #tick(): void {
    const moment = wallClock();
    const date = Date.now();
    const passed = moment - this.#lastTick;
    if (passed > sleepMs || date - this.#lastDate > passed + sleepMs) this.#wake(moment, passed);
    this.#lastTick = moment;
    this.#lastDate = date;
    for (const lane of this.#videos.values()) lane.tick(moment);
    for (const lane of this.#sounds.values()) lane.tick(moment);
    if (moment - this.#written < writeMs) return;
    this.#written = moment;
    this.#save();
    this.#report();
  }

  #wake(moment: number, passed: number): void {
    // Where the browser's clock stood still as well, nothing has to be left out.
    if (passed > sleepMs && !this.#timeline.paused) {
      this.#timeline.leaveOut(this.#lastTick, moment);
      this.#post({ kind: 'slept', from: this.#lastTick, to: moment });
    }
    if (!this.#timeline.paused) this.#notice('slept');
    for (const lane of [...this.#videos.values(), ...this.#sounds.values()]) lane.resync();
  }

  /** A full disk is told once; what was gathered stays until there is room, or until the end. */
  #save(): void {
    if (this.#closed) return;
    try {
      this.#writer.write();
      const now = wallClock();
      if (now - this.#flushed < flushMs) return;
      this.#flushed = now;
      this.#writer.flush();
    } catch (error) {
      console.warn('the capture cannot be written', error);
      this.#post({ kind: 'full' });
    }
  }

  #report(): void {
    const lanes = [...this.#videos.values()];
    this.#post({
      kind: 'status',
      frames: lanes.reduce((sum, lane) => sum + lane.frames, 0),
      dropped: lanes.reduce((sum, lane) => sum + lane.dropped, 0),
      bytes: this.#writer.bytes,
      screen: this.#videos.get('screen')?.size ?? null,
    });
  }

  #host(what: Source): LaneHost {
    const { files } = this.#input.begin;
    const own = files.findIndex((f) => f.role === what);
    let track = -1;
    return {
      timeline: this.#timeline,
      addTrack: (entry) => {
        track = this.#tracks++;
        // Sound lies with the screen; without one, with the camera or by itself.
        const file = entry.media === 'audio' ? 0 : Math.max(0, own);
        this.#writer.addTrack({ kind: 'track', track, file, ...entry });
      },
      packet: (data, entry) => {
        if (!this.#closed && track >= 0) this.#writer.packet(track, data, entry);
      },
      notice: (notice) => this.#notice(notice),
      trouble: (trouble) =>
        this.#post(
          trouble.kind === 'ended'
            ? { kind: 'ended', what }
            : { kind: 'new-part', family: trouble.family as CodecFamily | null },
        ),
    };
  }

  #notice(notice: Extract<WorkerReport, { kind: 'notice' }>['notice']): void {
    this.note({ kind: 'notice', notice });
    this.#post({ kind: 'notice', notice });
  }

  #post(report: WorkerReport): void {
    this.#input.port.postMessage(report);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#ticker);
    for (const lane of [...this.#videos.values(), ...this.#sounds.values()]) lane.close();
    this.#writer.close();
  }
}
