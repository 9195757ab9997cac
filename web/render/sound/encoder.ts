/** From samples to packets: AAC for MP4, Opus for WebM, both placed so that nothing is delayed. */
import { AppError } from '../../core/errors.ts';
import { dequeued } from '../dequeued.ts';
import { aacPriming, AacWasmEncoder } from './aac-wasm.ts';
import type { Planes } from './pcm.ts';
import { exportRate } from './resampled.ts';

export type SoundCodec = 'aac' | 'opus';

/** Seconds of output time. The first ones of AAC lie before 0: the encoder's run-up, cut off by the edit list. */
export interface SoundPacket {
  data: Uint8Array;
  timestamp: number;
  duration: number;
}

export interface SoundEncoder {
  /** Known once the first packet is out. */
  readonly config: AudioDecoderConfig | null;
  push(planes: Planes): Promise<SoundPacket[]>;
  /** `total`: samples pushed in all; nothing sounds longer than that. */
  finish(total: number): Promise<SoundPacket[]>;
  close(): void;
}

/** Bits a second: clear speech, and music of a tab that is good enough. */
const bitrates: Record<SoundCodec, [number, number]> = {
  aac: [96_000, 160_000],
  opus: [72_000, 128_000],
};

export async function soundEncoder(codec: SoundCodec, channels: 1 | 2): Promise<SoundEncoder> {
  const bitrate = bitrates[codec][channels - 1]!;
  if (codec === 'opus') return OpusSound.create(channels, bitrate);
  return new AacSound(await AacWasmEncoder.create(channels, exportRate, bitrate), channels);
}

class AacSound implements SoundEncoder {
  readonly config: AudioDecoderConfig;
  readonly #encoder: AacWasmEncoder;
  readonly #channels: number;
  readonly #frame: Float32Array;
  #filled = 0;
  #sent = 0;

  constructor(encoder: AacWasmEncoder, channels: number) {
    this.#encoder = encoder;
    this.#channels = channels;
    this.#frame = new Float32Array(encoder.frameLength * channels);
    this.config = {
      codec: 'mp4a.40.2',
      sampleRate: exportRate,
      numberOfChannels: channels,
      description: encoder.description,
    };
  }

  async push(planes: Planes): Promise<SoundPacket[]> {
    const { frameLength } = this.#encoder;
    const packets: SoundPacket[] = [];
    const length = planes[0]!.length;
    for (let from = 0; from < length;) {
      const count = Math.min(length - from, frameLength - this.#filled);
      this.#interleave(planes, from, count);
      from += count;
      if (this.#filled === frameLength) {
        packets.push(...this.#stamp(this.#encoder.encode(this.#frame)));
        this.#filled = 0;
      }
    }
    return packets;
  }

  #interleave(planes: Planes, from: number, count: number): void {
    const channels = this.#channels;
    for (let c = 0; c < channels; c++) {
      const plane = planes[c]!;
      let at = this.#filled * channels + c;
      for (let i = from; i < from + count; i++, at += channels) this.#frame[at] = plane[i]!;
    }
    this.#filled += count;
  }

  async finish(total: number): Promise<SoundPacket[]> {
    const packets: SoundPacket[] = [];
    if (this.#filled > 0) {
      this.#frame.fill(0, this.#filled * this.#channels);
      packets.push(...this.#stamp(this.#encoder.encode(this.#frame)));
    }
    packets.push(...this.#stamp(this.#encoder.flush()));
    return clipped(packets, total / exportRate);
  }

  #stamp(data: Uint8Array[]): SoundPacket[] {
    const { frameLength } = this.#encoder;
    return data.map((bytes) => ({
      data: bytes,
      timestamp: (this.#sent++ * frameLength - aacPriming) / exportRate,
      duration: frameLength / exportRate,
    }));
  }

  close(): void {
    this.#encoder.close();
  }
}

/** Ends the last packet where the sound ends. */
function clipped(packets: SoundPacket[], end: number): SoundPacket[] {
  return packets
    .filter((packet) => packet.timestamp < end - 1e-9)
    .map((packet) => ({ ...packet, duration: Math.min(packet.duration, end - packet.timestamp) }));
}

/** Chunks in flight before waiting. */
const queueLimit = 16;

class OpusSound implements SoundEncoder {
  config: AudioDecoderConfig | null = null;
  readonly #encoder: AudioEncoder;
  readonly #channels: number;
  #packets: SoundPacket[] = [];
  #error: Error | null = null;
  #pushed = 0;

  static async create(channels: number, bitrate: number): Promise<OpusSound> {
    const config = { codec: 'opus', sampleRate: exportRate, numberOfChannels: channels, bitrate };
    const { supported } = await AudioEncoder.isConfigSupported(config).catch(() => ({
      supported: false,
    }));
    if (!supported) throw new AppError('encode-unsupported', 'this browser does not encode Opus');
    return new OpusSound(config);
  }

  /** Opus headers say how many samples a decoder drops at the start (6.5 ms); players count time from behind them. */
  private constructor(config: AudioEncoderConfig) {
    this.#channels = config.numberOfChannels;
    this.#encoder = new AudioEncoder({
      output: (chunk, meta) => {
        if (meta?.decoderConfig) this.config ??= meta.decoderConfig;
        const data = new Uint8Array(chunk.byteLength);
        chunk.copyTo(data);
        this.#packets.push({
          data,
          timestamp: chunk.timestamp / 1e6,
          duration: (chunk.duration ?? 20_000) / 1e6,
        });
      },
      error: (error) => (this.#error = error),
    });
    this.#encoder.configure(config);
  }

  async push(planes: Planes): Promise<SoundPacket[]> {
    const { length } = planes[0]!;
    if (length > 0) {
      const data = new Float32Array(length * this.#channels);
      for (const [c, plane] of planes.entries()) data.set(plane, c * length);
      const sound = new AudioData({
        format: 'f32-planar',
        sampleRate: exportRate,
        numberOfChannels: this.#channels,
        numberOfFrames: length,
        timestamp: Math.round((this.#pushed / exportRate) * 1e6),
        data,
      });
      this.#pushed += length;
      this.#encoder.encode(sound);
      sound.close();
    }
    while (this.#encoder.encodeQueueSize > queueLimit && !this.#error) {
      await dequeued(this.#encoder);
    }
    return this.#take();
  }

  async finish(total: number): Promise<SoundPacket[]> {
    // What the decoder drops at the start is missing at the end.
    await this.push(Array.from({ length: this.#channels }, () => new Float32Array(960)));
    await this.#encoder.flush();
    return clipped(this.#take(), total / exportRate);
  }

  #take(): SoundPacket[] {
    if (this.#error) throw this.#error;
    const packets = this.#packets;
    this.#packets = [];
    return packets;
  }

  close(): void {
    if (this.#encoder.state !== 'closed') this.#encoder.close();
  }
}
