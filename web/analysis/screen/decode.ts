/**
 * Decodes a video track once, from its first packet to its last, and hands out the frames somebody
 * wants. Damaged stretches are skipped to the next key frame; so are frames that show nothing new.
 */
import { EncodedPacketSink, type EncodedPacket, type InputVideoTrack } from 'mediabunny';

export interface DecodeOptions {
  signal: AbortSignal;
  /** Asked for each frame in order of presentation, seconds; only wanted ones are handed out. */
  wants(time: number): boolean;
  /** The frame is closed afterwards. */
  use(frame: VideoFrame, time: number): Promise<void>;
  /** After each packet: its time, seconds. */
  onPacket?(time: number): void;
}

/** Packets in flight; the frames they become are used up before more are fed. */
const maxPackets = 12;
/** Still packets kept back at most, before they are decoded after all. */
const maxStill = 600;
/** A decoder that says nothing for this long is given up, milliseconds. */
const stallMs = 20_000;

/**
 * Bytes of an inter-coded frame below which it repeats the frame before: macroblocks that are all
 * skipped take about 70 bytes at 1080p (x264), and any visible change takes more.
 */
const stillBytes = (pixels: number) => 64 + pixels / 25_000;

/** Resolves at the end of the track or where it cannot be read further. Throws only what `use` throws, and aborts. */
export async function decodeTrack(track: InputVideoTrack, options: DecodeOptions): Promise<void> {
  const config = await track.getDecoderConfig();
  if (!config) return;
  const { signal, onPacket } = options;
  const frames = new FramePump(config, options);
  const still = stillBytes((config.codedWidth ?? 1280) * (config.codedHeight ?? 720));
  // A run of still frames matters only if something that is not still refers to it.
  let kept: EncodedPacket[] = [];
  try {
    for await (const packet of readable(new EncodedPacketSink(track))) {
      signal.throwIfAborted();
      onPacket?.(packet.timestamp);
      if (packet.type === 'key') {
        kept = [];
      } else if (packet.byteLength <= still && kept.length < maxStill) {
        kept.push(packet);
        continue;
      }
      for (const held of kept) await frames.feed(held);
      kept = [];
      await frames.feed(packet);
    }
    signal.throwIfAborted();
    await frames.finish();
  } finally {
    frames.close();
  }
}

/** The packets, up to where the file ends or can no longer be read. */
async function* readable(sink: EncodedPacketSink): AsyncGenerator<EncodedPacket> {
  const packets = sink.packets();
  for (;;) {
    let next: IteratorResult<EncodedPacket, void>;
    try {
      next = await packets.next();
    } catch (error) {
      console.warn('video cannot be read further', error);
      return;
    }
    if (next.done) return;
    yield next.value;
  }
}

/** A decoder with a bounded queue on both sides that starts again after damage. */
class FramePump {
  readonly #config: VideoDecoderConfig;
  readonly #options: DecodeOptions;
  #decoder: VideoDecoder | null = null;
  #waiting: VideoFrame[] = [];
  #needsKey = true;
  #wake: (() => void) | null = null;

  constructor(config: VideoDecoderConfig, options: DecodeOptions) {
    this.#config = config;
    this.#options = options;
  }

  async feed(packet: EncodedPacket): Promise<void> {
    if (this.#decoder?.state === 'closed') this.#restart();
    if (this.#needsKey && packet.type !== 'key') return;
    this.#needsKey = false;
    const decoder = (this.#decoder ??= this.#open());
    try {
      decoder.decode(packet.toEncodedVideoChunk());
    } catch (error) {
      // A container may call a packet a key frame that is none; the next real one goes on.
      console.warn('packet skipped', error);
      this.#needsKey = true;
      if (decoder.state === 'closed') this.#restart();
    }
    await this.#drain();
    while (this.#decoder?.state === 'configured' && this.#decoder.decodeQueueSize > maxPackets) {
      if (!(await this.#progress())) return this.#restart();
      await this.#drain();
    }
  }

  async finish(): Promise<void> {
    const decoder = this.#decoder;
    if (decoder?.state === 'configured') {
      let flushed = false;
      const flush = decoder.flush().then(
        () => true,
        (error: unknown) => {
          console.warn('the last frames could not be decoded', error);
          return true;
        },
      );
      void flush.then((done) => {
        flushed = done;
        this.#wake?.();
      });
      while (!flushed) {
        if (!(await this.#progress())) break;
        await this.#drain();
      }
    }
    await this.#drain();
  }

  close(): void {
    for (const frame of this.#waiting.splice(0)) frame.close();
    if (this.#decoder && this.#decoder.state !== 'closed') this.#decoder.close();
  }

  #open(): VideoDecoder {
    const decoder = new VideoDecoder({
      output: (frame) => {
        if (this.#options.wants(frame.timestamp / 1e6)) this.#waiting.push(frame);
        else frame.close();
        this.#wake?.();
      },
      error: (error) => {
        console.warn('damaged video, going on at the next key frame', error);
        this.#wake?.();
      },
    });
    decoder.addEventListener('dequeue', () => this.#wake?.());
    decoder.configure(this.#config);
    return decoder;
  }

  #restart(): void {
    if (this.#decoder && this.#decoder.state !== 'closed') this.#decoder.close();
    this.#decoder = null;
    this.#needsKey = true;
  }

  /** Resolves to true when the decoder did something, to false when it stalls. */
  #progress(): Promise<boolean> {
    if (this.#waiting.length > 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(false), stallMs);
      const done = (went: boolean) => {
        clearTimeout(timer);
        this.#wake = null;
        resolve(went);
      };
      this.#wake = () => done(true);
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const frame = this.#waiting.shift()!;
      try {
        this.#options.signal.throwIfAborted();
        await this.#options.use(frame, frame.timestamp / 1e6);
      } finally {
        frame.close();
      }
    }
  }
}
