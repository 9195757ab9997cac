/** Pictures of one stream, encoded as they come. Only in workers. */
import { wallClock } from '../timeline.ts';
import { toBase64 } from '../mp4/sample-entry.ts';
import {
  chooseEncoder,
  withinTime,
  type ChosenEncoder,
  type VideoWishes,
} from './choose-encoder.ts';
import { FrameFitter } from './frame-fitter.ts';
import { bytesOf, type LaneHost } from './lane.ts';
import { StreamClock } from './stream-clock.ts';

/** Frames waiting for the encoder; one more is dropped. A third of a second: a busy computer makes it wait in bursts. */
const longestQueue = 10;
const keyIntervalUs = 1_000_000;
/** After dropping, a key frame at once, but not more often than this. */
const forcedKeyIntervalUs = 500_000;
/** A screen that stands still sends nothing; then its last frame is encoded again this often. */
const repeatMs = 1000;
/** Frames are in the encoder and nothing comes out of it. */
const silenceMs = 4000;
/** Rebuilt twice, the second time without hardware; then it takes another codec. */
const mostRebuilds = 2;
const forgivenAfterMs = 60_000;

export class VideoLane {
  frames = 0;
  dropped = 0;
  readonly #host: LaneHost;
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>;
  readonly #clock = new StreamClock();
  readonly #arrived = Promise.withResolvers<void>();
  #held: VideoFrame | null = null;
  #chosen: ChosenEncoder | null = null;
  #fitter: FrameFitter | null = null;
  #encoder: VideoEncoder | null = null;
  #description: string | null = null;
  #last = -Infinity;
  #lastKey = -Infinity;
  #encodedAt = 0;
  #keyWanted = true;
  /** Since when the encoder owes a packet, milliseconds. */
  #owing: number | null = null;
  #rebuilds = 0;
  #rebuiltAt = 0;
  #stopped = false;
  #source = { width: 0, height: 0 };

  constructor(stream: ReadableStream<VideoFrame>, host: LaneHost) {
    this.#host = host;
    this.#reader = stream.getReader();
    void this.#pump();
  }

  /** Waits for the first frame and finds an encoder for it. False when there is none in time. */
  async prepare(wishes: VideoWishes, patienceMs: number): Promise<boolean> {
    await withinTime(this.#arrived.promise, patienceMs).catch(() => undefined);
    if (!this.#held) return false;
    const frame = this.#held.clone();
    try {
      this.#chosen = await chooseEncoder(frame, wishes);
    } finally {
      frame.close();
    }
    if (!this.#chosen) return false;
    this.#fitter = new FrameFitter(this.#chosen.size);
    this.#build(this.#chosen.config);
    return true;
  }

  /** Pixels as encoded, and of the stream's last frame. Another shape is put in the middle. */
  get size() {
    return this.#chosen && { ...this.#chosen.size, source: this.#source };
  }

  /** The frame that is there becomes the first of what follows. */
  showHeld(moment: number): void {
    this.#keyWanted = true;
    const time = this.#host.timeline.at(moment);
    if (time !== null && this.#held) this.#encode(this.#held, time, true);
  }

  /** The computer slept, or another stretch begins: what was learnt about the stream's clock goes. */
  resync(): void {
    this.#clock.reset();
    if (this.#owing !== null) this.#owing = wallClock();
  }

  tick(moment: number): void {
    if (this.#stopped || !this.#encoder) return;
    if (this.#owing !== null && moment - this.#owing > silenceMs) this.#rebuild('silent');
    if (moment - this.#rebuiltAt > forgivenAfterMs) this.#rebuilds = 0;
    const time = this.#host.timeline.at(moment);
    if (time !== null && this.#held && moment - this.#encodedAt >= repeatMs)
      this.#encode(this.#held, time, true);
  }

  /** The last frame stands until `end` (seconds); all packets are handed over. */
  async finish(end: number): Promise<void> {
    if (this.#held && end * 1e6 - this.#last > 50_000) this.#encode(this.#held, end - 0.02, true);
    this.#stopped = true;
    void this.#reader.cancel().catch(() => undefined);
    if (this.#encoder?.state === 'configured') {
      await withinTime(this.#encoder.flush(), 3000).catch((error: unknown) =>
        console.warn('the last frames were lost', error),
      );
    }
    this.close();
  }

  close(): void {
    this.#stopped = true;
    void this.#reader.cancel().catch(() => undefined);
    if (this.#encoder && this.#encoder.state !== 'closed') this.#encoder.close();
    this.#held?.close();
    this.#held = null;
  }

  async #pump(): Promise<void> {
    try {
      for (;;) {
        const { done, value: frame } = await this.#reader.read();
        if (done) break;
        if (this.#stopped) {
          frame.close();
          break;
        }
        this.#take(frame);
      }
    } catch (error) {
      console.warn('the stream of pictures broke off', error);
    }
    if (!this.#stopped) this.#host.trouble({ kind: 'ended' });
  }

  #take(frame: VideoFrame): void {
    const moment = this.#clock.toMoment(frame.timestamp, wallClock());
    this.#held?.close();
    this.#held = frame;
    this.#source = { width: frame.displayWidth, height: frame.displayHeight };
    this.#arrived.resolve();
    if (!this.#encoder) return;
    const time = this.#host.timeline.at(moment);
    if (time !== null) this.#encode(frame, time, false);
  }

  /** `time` in seconds. The frame stays open. */
  #encode(frame: VideoFrame, time: number, always: boolean): void {
    const encoder = this.#encoder;
    if (encoder?.state !== 'configured' || !this.#chosen || !this.#fitter) return;
    const timestamp = Math.max(0, Math.round(time * 1e6));
    const since = timestamp - this.#last;
    // A stream may bring more frames than are wanted, and not evenly.
    if (since < (always ? 1000 : 0.7e6 / this.#chosen.frameRate)) return;
    if (encoder.encodeQueueSize >= longestQueue) {
      this.dropped += 1;
      this.#keyWanted = true;
      return;
    }
    const sinceKey = timestamp - this.#lastKey;
    const keyFrame =
      sinceKey >= keyIntervalUs || (this.#keyWanted && sinceKey >= forcedKeyIntervalUs);
    const fitted = this.#fitter.fit(frame, timestamp);
    try {
      encoder.encode(fitted, { keyFrame });
    } catch (error) {
      this.#rebuild(String(error));
      return;
    } finally {
      fitted.close();
    }
    if (keyFrame) {
      this.#lastKey = timestamp;
      this.#keyWanted = false;
    }
    this.#last = timestamp;
    this.#encodedAt = wallClock();
    this.#owing ??= this.#encodedAt;
    this.frames += 1;
  }

  #build(config: VideoEncoderConfig): void {
    const encoder = new VideoEncoder({
      output: (chunk, metadata) => {
        if (encoder === this.#encoder) this.#deliver(chunk, metadata?.decoderConfig);
      },
      error: (error) => {
        if (encoder === this.#encoder) this.#rebuild(String(error));
      },
    });
    encoder.configure(config);
    this.#encoder = encoder;
    this.#owing = null;
    this.#lastKey = -Infinity;
  }

  #deliver(chunk: EncodedVideoChunk, config: VideoDecoderConfig | undefined): void {
    this.#owing = this.#encoder!.encodeQueueSize > 0 ? wallClock() : null;
    if (config && !this.#announce(config)) return;
    if (this.#description === null) return;
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    const { timestamp, type } = chunk;
    const duration = Math.round(1e6 / this.#chosen!.frameRate);
    this.#host.packet(data, { timestamp, duration, size: data.length, key: type === 'key' });
  }

  /** False when the packets do not go with those already written. */
  #announce(config: VideoDecoderConfig): boolean {
    const description = toBase64(bytesOf(config.description));
    if (this.#description !== null) {
      if (this.#description === description) return true;
      this.#giveUp(null);
      return false;
    }
    this.#description = description;
    const { primaries, transfer, matrix, fullRange } = config.colorSpace ?? {};
    this.#host.addTrack({
      media: 'video',
      codec: config.codec,
      description,
      ...this.#chosen!.size,
      color: { primaries, transfer, matrix, fullRange },
    });
    return true;
  }

  #rebuild(reason: string): void {
    if (this.#stopped || !this.#chosen) return;
    console.warn('the video encoder is built anew:', reason);
    const broken = this.#encoder;
    this.#encoder = null;
    if (broken && broken.state !== 'closed') broken.close();
    this.#rebuilds += 1;
    this.#rebuiltAt = wallClock();
    if (this.#rebuilds > mostRebuilds) {
      this.#giveUp(this.#chosen.family);
      return;
    }
    const software = this.#rebuilds === mostRebuilds;
    try {
      this.#build({
        ...this.#chosen.config,
        ...(software ? { hardwareAcceleration: 'prefer-software' as const } : {}),
      });
    } catch (error) {
      this.#rebuild(String(error));
      return;
    }
    this.#host.notice('encoder-rebuilt');
    this.showHeld(wallClock());
  }

  #giveUp(family: string | null): void {
    const { host, encoder } = { host: this.#host, encoder: this.#encoder };
    this.#stopped = true;
    this.#encoder = null;
    if (encoder && encoder.state !== 'closed') encoder.close();
    host.trouble({ kind: 'codec', family });
  }
}
