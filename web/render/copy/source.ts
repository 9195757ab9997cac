/** Reads a track's packets around an edge: forward windows only, never the whole track. */
import { EncodedPacketSink, type EncodedPacket, type InputVideoTrack } from 'mediabunny';
import { packetsFrom } from '../packets.ts';
import type { PacketRules } from './packet-rules.ts';
import { maxReorder, tolerance } from './edges.ts';

/** Looking further than this for a key frame (5 minutes at 60 frames a second) is not worth it. */
const longestSearch = 18_000;

export class PacketSource {
  readonly track: InputVideoTrack;
  readonly sink: EncodedPacketSink;
  readonly rules: PacketRules;
  readonly #safe = new Map<number, boolean>();

  constructor(track: InputVideoTrack, rules: PacketRules) {
    this.track = track;
    this.sink = new EncodedPacketSink(track);
    this.rules = rules;
  }

  /** The last safe key shown at or before `time`, else the first one of the track; null without any. */
  async safeKeyAt(time: number): Promise<EncodedPacket | null> {
    for (let at = time + tolerance, tries = 0; tries < longestSearch; tries++) {
      const key = await this.sink.getKeyPacket(at, { metadataOnly: true });
      if (!key) break;
      if (await this.isSafeKey(key)) return key;
      at = key.timestamp - tolerance;
    }
    const first = await this.sink.getFirstKeyPacket({ metadataOnly: true });
    return first && (await this.isSafeKey(first)) ? first : null;
  }

  /** Reads the packet's bytes once and remembers the answer. */
  async isSafeKey(packet: EncodedPacket): Promise<boolean> {
    if (packet.type !== 'key') return false;
    let safe = this.#safe.get(packet.sequenceNumber);
    if (safe === undefined) {
      safe = this.rules.isSafeKey((await this.withData(packet)).data);
      this.#safe.set(packet.sequenceNumber, safe);
    }
    return safe;
  }

  async withData(packet: EncodedPacket): Promise<EncodedPacket> {
    if (!packet.isMetadataOnly) return packet;
    let full = await this.sink.getKeyPacket(packet.timestamp);
    if (full?.sequenceNumber !== packet.sequenceNumber)
      full = await this.sink.getPacket(packet.timestamp);
    if (full?.sequenceNumber !== packet.sequenceNumber) throw new Error('packet not found again');
    return full;
  }

  /**
   * From the safe key `from` to the first safe key shown after `time`, which is not among `packets`
   * (null at the end of the track, or when it is further than `stop`, from where no picture before
   * `stop` follows).
   */
  async windowToKey(
    from: EncodedPacket,
    time: number,
    stop: number,
    signal?: AbortSignal,
  ): Promise<{ packets: EncodedPacket[]; next: EncodedPacket | null } | 'too-far'> {
    const packets: EncodedPacket[] = [];
    let past = 0;
    for await (const packet of this.#from(from, signal)) {
      const isLater = packet.timestamp > time + tolerance;
      if (
        isLater &&
        packet.sequenceNumber !== from.sequenceNumber &&
        (await this.isSafeKey(packet))
      ) {
        return { packets, next: packet };
      }
      if (packet.timestamp >= stop && ++past > maxReorder) return { packets, next: null };
      packets.push(packet);
      if (packets.length > longestSearch) return 'too-far';
    }
    return { packets, next: null };
  }

  /** From the safe key `from` until no picture shown before `end` can follow. `isWhole`: up to the track's end. */
  async windowPast(
    from: EncodedPacket,
    end: number,
    signal?: AbortSignal,
  ): Promise<{ packets: EncodedPacket[]; isWhole: boolean }> {
    const packets: EncodedPacket[] = [];
    let past = 0;
    for await (const packet of this.#from(from, signal)) {
      packets.push(packet);
      if (packet.timestamp >= end && ++past > maxReorder) return { packets, isWhole: false };
    }
    return { packets, isWhole: true };
  }

  /** Those of `packets` that show a picture. */
  shown(packets: readonly EncodedPacket[]): EncodedPacket[] {
    return this.rules.hasHidden ? packets.filter((p) => this.rules.isShown(p.data)) : [...packets];
  }

  async *#from(from: EncodedPacket, signal?: AbortSignal): AsyncGenerator<EncodedPacket> {
    const options = { metadataOnly: !this.rules.hasHidden };
    const start = options.metadataOnly ? from : await this.withData(from);
    for await (const packet of packetsFrom(this.sink, start, null, options)) {
      signal?.throwIfAborted();
      yield packet;
    }
  }
}

export const bytesOf = (data: AllowSharedBufferSource): Uint8Array =>
  ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
