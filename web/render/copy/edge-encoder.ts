/**
 * Decodes and encodes the pictures around the cuts, ahead of whoever takes the packets: one decoder
 * and one encoder for all stretches, fed through bounded queues.
 */
import type { EncodedPacket } from 'mediabunny';
import { packetsFrom } from '../packets.ts';
import type { EncoderSetup } from './encoder-setup.ts';
import { PacketQueue } from './packet-queue.ts';
import { bytesOf, type PacketSource } from './source.ts';
import { CopyRefusedError, type EncodeStretch, type PlannedPicture } from './types.ts';

export interface EncodedPicture {
  readonly data: Uint8Array;
  readonly isKey: boolean;
  readonly picture: PlannedPicture;
}

/** Frames on their way through decoder and encoder. */
const framesUnderWay = 12;
/** A platform whose encoder holds frames back must not stop the feed for good: look again after this many ms. */
const patience = 200;

/** A picture to be encoded, and whether a stretch begins with it. */
interface Wanted {
  picture: PlannedPicture;
  isFirst: boolean;
}

/** Stretches that one pass of the decoder serves: same key, later and later pictures. */
export interface DecodeRun {
  readonly from: EncodedPacket;
  readonly stretches: readonly EncodeStretch[];
}

export function decodeRuns(stretches: readonly EncodeStretch[]): DecodeRun[] {
  const runs: { from: EncodedPacket; stretches: EncodeStretch[] }[] = [];
  for (const stretch of stretches) {
    const run = runs.at(-1);
    const last = run?.stretches.at(-1)?.pictures.at(-1);
    const isSameKey = run?.from.sequenceNumber === stretch.decodeFrom.sequenceNumber;
    if (run && last && isSameKey && stretch.pictures[0]!.source > last.source) {
      run.stretches.push(stretch);
    } else runs.push({ from: stretch.decodeFrom, stretches: [stretch] });
  }
  return runs;
}

/** Microseconds, the unit of WebCodecs. */
const micro = (seconds: number): number => Math.round(seconds * 1e6);

export class EdgeEncoder {
  readonly #source: PacketSource;
  readonly #setup: EncoderSetup;
  readonly #queue = new PacketQueue<EncodedPicture>();
  readonly #wanted = new Map<number, Wanted>();
  /** By output time in microseconds, which identifies a picture on its way through the encoder. */
  readonly #encoding = new Map<number, PlannedPicture>();
  readonly #decoder: VideoDecoder;
  readonly #encoder: VideoEncoder;
  #wake: () => void = () => undefined;
  #isClosed = false;

  /** Begins at once. `stretches` in the order of the result. */
  constructor(source: PacketSource, setup: EncoderSetup, stretches: readonly EncodeStretch[]) {
    this.#source = source;
    this.#setup = setup;
    const fail = (error: unknown): void => this.#fail(error);
    this.#decoder = new VideoDecoder({ output: (frame) => this.#encode(frame), error: fail });
    this.#encoder = new VideoEncoder({
      output: (chunk, metadata) => this.#deliver(chunk, metadata),
      error: fail,
    });
    this.#queue.ondrain = () => this.#wake();
    this.#decoder.ondequeue = () => this.#wake();
    this.#encoder.ondequeue = () => this.#wake();
    this.#run(stretches).catch(fail);
  }

  /** The next packet in the order of the stretches; rejects when decoding or encoding failed. */
  async next(): Promise<EncodedPicture> {
    const packet = await this.#queue.take();
    if (!packet) throw refused('encoder', 'fewer packets than pictures');
    return packet;
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
    if (this.#decoder.state !== 'closed') this.#decoder.close();
    if (this.#encoder.state !== 'closed') this.#encoder.close();
  }

  async #run(stretches: readonly EncodeStretch[]): Promise<void> {
    this.#decoder.configure(this.#setup.sourceConfig);
    this.#encoder.configure(this.#setup.encoder!);
    let lastTime = -Infinity;
    let flushed: Promise<unknown> = Promise.resolve();
    for (const run of decodeRuns(stretches)) {
      // What the decoder still holds might be wanted again: it must be out before it is asked for.
      if (run.stretches[0]!.pictures[0]!.source <= lastTime) await flushed;
      lastTime = await this.#decodeRun(run);
      if (this.#isClosed) return;
      // Not awaited: the next run may be fed behind it. Its error arrives through the error callback too.
      flushed = this.#decoder.flush();
      flushed.catch(() => undefined);
    }
    await this.#decoder.flush();
    if (this.#wanted.size > 0) throw refused('decoder', 'fewer pictures than packets');
    await this.#encoder.flush();
    this.#queue.end();
    this.close();
  }

  /** Returns the largest time fed. */
  async #decodeRun({ from, stretches }: DecodeRun): Promise<number> {
    const unfed = new Set<number>();
    for (const stretch of stretches) {
      for (const [i, picture] of stretch.pictures.entries()) {
        this.#wanted.set(micro(picture.source), { picture, isFirst: i === 0 });
        unfed.add(micro(picture.source));
      }
    }
    let largest = -Infinity;
    const { sink } = this.#source;
    for await (const packet of packetsFrom(sink, await this.#source.withData(from))) {
      await this.#hasRoom();
      if (this.#isClosed) break;
      const timestamp = micro(packet.timestamp);
      const wanted = unfed.has(timestamp) && this.#source.rules.isShown(packet.data);
      if (!wanted && this.#source.rules.isDisposable(packet.data)) continue;
      const type = packet.sequenceNumber === from.sequenceNumber ? 'key' : packet.type;
      this.#decoder.decode(new EncodedVideoChunk({ type, timestamp, data: packet.data }));
      largest = Math.max(largest, packet.timestamp);
      if (wanted && unfed.delete(timestamp) && unfed.size === 0) break;
    }
    return largest;
  }

  async #hasRoom(): Promise<void> {
    const isFull = (): boolean =>
      this.#queue.isFull ||
      this.#decoder.decodeQueueSize + this.#encoder.encodeQueueSize > framesUnderWay ||
      this.#encoding.size > framesUnderWay;
    while (!this.#isClosed && isFull()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, patience);
      const before = this.#encoding.size;
      await promise;
      clearTimeout(timer);
      const isIdle = this.#decoder.decodeQueueSize + this.#encoder.encodeQueueSize === 0;
      if (isIdle && !this.#queue.isFull && this.#encoding.size === before) return;
    }
  }

  #encode(frame: VideoFrame): void {
    const wanted = this.#wanted.get(frame.timestamp);
    if (!wanted || this.#isClosed || this.#encoder.state !== 'configured') {
      frame.close();
      return;
    }
    this.#wanted.delete(frame.timestamp);
    const { picture, isFirst } = wanted;
    const timestamp = micro(picture.output);
    const timed = new VideoFrame(frame, { timestamp, duration: micro(picture.duration) });
    frame.close();
    this.#encoding.set(timestamp, picture);
    this.#encoder.encode(timed, { ...this.#setup.encodeOptions, keyFrame: isFirst });
    timed.close();
  }

  #deliver(chunk: EncodedVideoChunk, metadata?: EncodedVideoChunkMetadata): void {
    const picture = this.#encoding.get(chunk.timestamp);
    if (!picture) return this.#fail(refused('encoder', 'a packet with an unknown time'));
    this.#encoding.delete(chunk.timestamp);
    const description = metadata?.decoderConfig?.description;
    const { joiner } = this.#setup;
    if (joiner && description && !joiner.accepts(bytesOf(description))) {
      return this.#fail(refused('encoder', 'the parameter sets change'));
    }
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    this.#queue.push({ data, isKey: chunk.type === 'key', picture }, data.length);
    this.#wake();
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return;
    const isCodec = error instanceof DOMException && error.name !== 'AbortError';
    this.#queue.fail(isCodec ? refused('decoder', error.message) : error);
    this.close();
  }
}

const refused = (reason: 'encoder' | 'decoder', detail: string): CopyRefusedError =>
  new CopyRefusedError({ kind: 'refusal', reason, detail });
