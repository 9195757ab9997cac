/**
 * Sound of one stream as Opus, without gaps: a stream that falls silent, loses its device or runs at
 * another speed than the clock still gives sound for every moment. Only in workers.
 */
import { toBase64 } from '../mp4/sample-entry.ts';
import { wallClock } from '../timeline.ts';
import { withinTime } from './choose-encoder.ts';
import { bytesOf, type LaneHost } from './lane.ts';
import { Resampler } from './resample.ts';
import { StreamClock } from './stream-clock.ts';

const rate = 48_000;
const frame = 960; // 20 ms
/** A jump of the stream's time that is heard as one: filled or cut off at once. */
const jump = 0.1 * rate;
/** A slow drift is mended in a quiet moment from here on, and anywhere from there on. */
const mend = 0.02 * rate;
const mendAnywhere = 0.05 * rate;
const quiet = 0.003;
/** So long without sound, and silence goes in. Seconds. */
const patience = 3;
const keptBehind = 1;
/** At the end, less than this may be missing. Seconds. */
const endGap = 0.2;
const longestQueue = 400;

export class SoundLane {
  readonly kind: 'microphone' | 'tab';
  readonly #channels: number;
  readonly #host: LaneHost;
  readonly #clock = new StreamClock();
  #reader: ReadableStreamDefaultReader<AudioData> | null = null;
  #encoder: AudioEncoder | null = null;
  #announced = false;
  /** Of the next sample, in samples of source time; null before the first. */
  #position: number | null = null;
  /** Mean of what the stream's time says beyond `position`, samples. */
  #drift = 0;
  #aligned = false;
  /** Samples that do not fill a frame yet. */
  #rest: Float32Array[];
  #restLength = 0;
  /** Of the packets that come out next, microseconds. */
  #packetTime = 0;
  #resampler: { rate: number; resampler: Resampler } | null = null;
  #stopped = false;

  constructor(kind: 'microphone' | 'tab', host: LaneHost) {
    this.kind = kind;
    this.#channels = kind === 'tab' ? 2 : 1;
    this.#host = host;
    this.#rest = Array.from({ length: this.#channels }, () => new Float32Array(frame));
  }

  /** Takes its sound from this stream from now on. */
  connect(stream: ReadableStream<AudioData>): void {
    void this.#reader?.cancel().catch(() => undefined);
    const reader = stream.getReader();
    this.#reader = reader;
    this.resync();
    void this.#pump(reader);
  }

  resync(): void {
    this.#clock.reset();
    this.realign();
  }

  /** After a pause the next sound goes exactly where its time says. */
  realign(): void {
    this.#aligned = false;
    this.#drift = 0;
  }

  tick(moment: number): void {
    const time = this.#host.timeline.at(moment);
    if (time === null || this.#stopped) return;
    this.#position ??= 0;
    if (time - this.#position / rate > patience) this.#fill((time - keptBehind) * rate);
  }

  /** Sound up to `end` (seconds), silent where the stream gave none; all packets are handed over. */
  async finish(end: number): Promise<void> {
    this.#stopped = true;
    void this.#reader?.cancel().catch(() => undefined);
    this.#position ??= 0;
    if (end - this.#position / rate > endGap) this.#fill(end * rate);
    if (this.#encoder?.state === 'configured') {
      if (this.#restLength > 0) this.#feedSilence(frame - this.#restLength);
      await withinTime(this.#encoder.flush(), 3000).catch((error: unknown) =>
        console.warn('the last of the sound was lost', error),
      );
    }
    this.close();
  }

  close(): void {
    this.#stopped = true;
    void this.#reader?.cancel().catch(() => undefined);
    if (this.#encoder && this.#encoder.state !== 'closed') this.#encoder.close();
  }

  async #pump(reader: ReadableStreamDefaultReader<AudioData>): Promise<void> {
    try {
      for (;;) {
        const { done, value: data } = await reader.read();
        if (done) break;
        try {
          if (!this.#stopped && reader === this.#reader) this.#take(data);
        } finally {
          data.close();
        }
      }
    } catch (error) {
      console.warn('the stream of sound broke off', error);
    }
    if (!this.#stopped && reader === this.#reader) this.#host.trouble({ kind: 'ended' });
  }

  #take(data: AudioData): void {
    const moment = this.#clock.toMoment(data.timestamp, wallClock());
    const time = this.#host.timeline.at(moment);
    if (time === null) {
      this.realign();
      return;
    }
    const block = this.#converted(data);
    let skip = 0;
    this.#position ??= Math.round(time * rate);
    const off = Math.round(time * rate) - this.#position;
    this.#drift += (off - this.#drift) * 0.05;
    const wrong =
      !this.#aligned || Math.abs(off) > jump
        ? off
        : Math.abs(this.#drift) > (peak(block) < quiet ? mend : mendAnywhere)
          ? Math.round(this.#drift)
          : 0;
    this.#aligned = true;
    if (wrong > 0) this.#fill(this.#position + wrong);
    if (wrong < 0) {
      skip = Math.min(-wrong, block[0]!.length);
      // What is too long for one block goes with the next ones.
      if (skip < -wrong) this.#aligned = false;
    }
    if (wrong !== 0) this.#drift = 0;
    this.#feed(skip ? block.map((samples) => samples.subarray(skip)) : block);
  }

  /** Planes of our rate and number of channels. */
  #converted(data: AudioData): Float32Array[] {
    const planes = Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
      const plane = new Float32Array(data.numberOfFrames);
      data.copyTo(plane, { planeIndex, format: 'f32-planar' });
      return plane;
    });
    const mixed = toChannels(planes, this.#channels);
    if (data.sampleRate === rate) return mixed;
    if (this.#resampler?.rate !== data.sampleRate) {
      const resampler = new Resampler(data.sampleRate, this.#channels);
      this.#resampler = { rate: data.sampleRate, resampler };
    }
    return this.#resampler.resampler.convert(mixed);
  }

  /** Silence up to that sample. */
  #fill(until: number): void {
    const missing = Math.round(until) - (this.#position ?? 0);
    for (let done = 0; done < missing; done += rate)
      this.#feedSilence(Math.min(rate, missing - done));
  }

  #feedSilence(count: number): void {
    this.#feed(Array.from({ length: this.#channels }, () => new Float32Array(count)));
  }

  #feed(block: readonly Float32Array[]): void {
    const length = block[0]?.length ?? 0;
    if (length === 0) return;
    let at = 0;
    while (at < length) {
      const take = Math.min(frame - this.#restLength, length - at);
      block.forEach((samples, c) =>
        this.#rest[c]!.set(samples.subarray(at, at + take), this.#restLength),
      );
      this.#restLength += take;
      at += take;
      this.#position! += take;
      if (this.#restLength === frame) this.#encode(this.#position! - frame);
    }
  }

  /** The frame that is full; `from` is its first sample. */
  #encode(from: number): void {
    this.#restLength = 0;
    if (this.#encoder?.state !== 'configured') this.#build(from);
    const encoder = this.#encoder!;
    if (encoder.encodeQueueSize > longestQueue) {
      // Never seen; the encoder is far faster than sound. A new one takes up after the gap.
      encoder.close();
      return;
    }
    const data = new Float32Array(frame * this.#channels);
    this.#rest.forEach((samples, c) => data.set(samples, c * frame));
    const audio = new AudioData({
      format: 'f32-planar',
      sampleRate: rate,
      numberOfFrames: frame,
      numberOfChannels: this.#channels,
      timestamp: Math.round((from * 1e6) / rate),
      data,
    });
    encoder.encode(audio);
    audio.close();
  }

  #build(from: number): void {
    const encoder = new AudioEncoder({
      output: (chunk, metadata) => {
        if (encoder === this.#encoder) this.#deliver(chunk, metadata?.decoderConfig);
      },
      // The next frame builds another.
      error: (error) => console.warn('the sound encoder failed', error),
    });
    encoder.configure({
      codec: 'opus',
      sampleRate: rate,
      numberOfChannels: this.#channels,
      bitrate: this.#channels === 1 ? 96_000 : 160_000,
    });
    this.#encoder = encoder;
    this.#packetTime = (from * 1e6) / rate;
  }

  #deliver(chunk: EncodedAudioChunk, config: AudioDecoderConfig | undefined): void {
    if (config && !this.#announced) {
      this.#announced = true;
      this.#host.addTrack({
        media: 'audio',
        codec: 'opus',
        description: toBase64(bytesOf(config.description)),
        channels: this.#channels,
        sound: this.kind,
      });
    }
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    const duration = chunk.duration || 20_000;
    const timestamp = this.#packetTime;
    this.#packetTime += duration;
    this.#host.packet(data, { timestamp, duration, size: data.length, key: true });
  }
}

const peak = (block: readonly Float32Array[]) =>
  block.reduce((most, samples) => samples.reduce((m, s) => Math.max(m, Math.abs(s)), most), 0);

function toChannels(planes: Float32Array[], channels: number): Float32Array[] {
  if (planes.length === channels) return planes;
  const [first] = planes;
  if (channels === 2) return planes.length > 2 ? planes.slice(0, 2) : [first!, first!];
  return [first!.map((_, i) => planes.reduce((sum, p) => sum + p[i]!, 0) / planes.length)];
}
