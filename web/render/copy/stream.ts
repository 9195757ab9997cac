/** Carries out a plan: yields the packets of the result in decode order. */
import { EncodedPacket } from 'mediabunny';
import { eventTurn } from '../event-turn.ts';
import { JoinError } from '../h264/joiner.ts';
import { packetsFrom } from '../packets.ts';
import { EdgeEncoder, type EncodedPicture } from './edge-encoder.ts';
import { outputOf } from './plan.ts';
import {
  CopyRefusedError,
  type CopiedPacket,
  type CopyOptions,
  type CopyPlan,
  type CopyReport,
  type CopyStretch,
  type EncodeStretch,
} from './types.ts';

/** Packets copied in one go: a millisecond or two. */
const packetsPerTurn = 12;

export const emptyReport = (): CopyReport => ({
  copiedPackets: 0,
  encodedPackets: 0,
  copiedBytes: 0,
  encodedBytes: 0,
  joints: [],
  encodedRanges: [],
});

/**
 * Presentation times are output seconds; the first packet carries the decoder configuration.
 * Throws CopyRefusedError when the source turns out not to be copyable, AbortError on abort.
 */
export async function* copyVideo(
  plan: CopyPlan,
  options: CopyOptions = {},
): AsyncGenerator<CopiedPacket, void, undefined> {
  const { signal, onProgress, report = emptyReport() } = options;
  signal?.throwIfAborted();
  report.joints = jointsOf(plan);
  const encodes = plan.stretches.filter((s) => s.kind === 'encode');
  const edges = encodes.length > 0 ? new EdgeEncoder(plan.source, plan.setup, encodes) : null;
  const stop = (): void => edges?.close();
  signal?.addEventListener('abort', stop);
  const writer = new StretchWriter(plan);
  let meta: EncodedVideoChunkMetadata | undefined = { decoderConfig: plan.decoderConfig };
  let count = 0;
  try {
    for (const [i, stretch] of plan.stretches.entries()) {
      if (stretch.kind === 'encode') note(report, stretch);
      const packets =
        stretch.kind === 'copy'
          ? writer.copy(stretch)
          : writer.encode(stretch, await idrPicIdAfter(plan, i), () => edges!.next());
      for await (const copied of packets) {
        signal?.throwIfAborted();
        const { packet, origin } = copied;
        report[origin === 'copied' ? 'copiedPackets' : 'encodedPackets']++;
        report[origin === 'copied' ? 'copiedBytes' : 'encodedBytes'] += packet.byteLength;
        yield meta ? { ...copied, meta } : copied;
        meta = undefined;
        onProgress?.(packet.timestamp + packet.duration);
        if (++count % packetsPerTurn === 0) await eventTurn();
      }
    }
  } catch (error) {
    signal?.throwIfAborted();
    const isBroken = error instanceof JoinError || error instanceof RangeError;
    if (!isBroken) throw error;
    throw new CopyRefusedError({ kind: 'refusal', reason: 'bitstream', detail: error.message });
  } finally {
    signal?.removeEventListener('abort', stop);
    edges?.close();
  }
}

/** Knows what was written last: two IDR pictures in a row must differ in idr_pic_id (H.264 clause 7.4.3). */
class StretchWriter {
  readonly #plan: CopyPlan;
  /** idr_pic_id of the packet written last, null if that was no IDR picture. */
  #lastId: number | null = null;

  constructor(plan: CopyPlan) {
    this.#plan = plan;
  }

  async *copy(stretch: CopyStretch): AsyncGenerator<CopiedPacket> {
    const { source, segments, setup } = this.#plan;
    const { joiner } = setup;
    const segment = segments[stretch.segment]!;
    const first = await source.withData(stretch.first);
    for await (const packet of packetsFrom(source.sink, first, stretch.end)) {
      const timestamp = outputOf(segment, packet.timestamp);
      // The picture shown last stays until the segment ends; none is shown for longer.
      const rest = segment.output.end - timestamp;
      const isLast = packet.timestamp >= stretch.lastSource;
      const duration = isLast ? rest : Math.min(packet.duration, rest);
      const data = joiner ? this.#joined(packet) : packet.data;
      const copied = new EncodedPacket(data, packet.type, timestamp, duration);
      yield { packet: copied, origin: 'copied', source: packet.timestamp };
    }
  }

  async *encode(
    stretch: EncodeStretch,
    nextId: number | null,
    take: () => Promise<EncodedPicture>,
  ): AsyncGenerator<CopiedPacket> {
    const { joiner } = this.#plan.setup;
    for (let i = 0; i < stretch.pictures.length; i++) {
      const { data, isKey, picture } = await take();
      let joined = data;
      if (joiner) {
        const id = [0, 1, 2].find(
          (candidate) => candidate !== this.#lastId && candidate !== nextId,
        )!;
        joined = joiner.encoded(data, id);
        this.#lastId = isKey ? id : null;
      }
      const type = isKey ? 'key' : 'delta';
      const packet = new EncodedPacket(joined, type, picture.output, picture.duration);
      yield { packet, origin: 'encoded', source: picture.source };
    }
  }

  #joined(packet: EncodedPacket): Uint8Array {
    const { joiner } = this.#plan.setup;
    const id = packet.type === 'key' ? joiner!.inspect(packet.data).idrPicId : null;
    const isClash = id !== null && id === this.#lastId;
    this.#lastId = isClash ? (id + 1) % 3 : id;
    return joiner!.copied(packet.data, isClash ? this.#lastId! : undefined);
  }
}

/** idr_pic_id of the copied picture that follows stretch `index` directly; null when none does. */
async function idrPicIdAfter(plan: CopyPlan, index: number): Promise<number | null> {
  const next = plan.stretches[index + 1];
  const { joiner } = plan.setup;
  if (!joiner || next?.kind !== 'copy') return null;
  return joiner.inspect((await plan.source.withData(next.first)).data).idrPicId;
}

function jointsOf(plan: CopyPlan): CopyReport['joints'] {
  return plan.segments.slice(1).map((segment, i) => ({
    output: segment.output.start,
    before: plan.segments[i]!.source.end,
    after: segment.source.start,
  }));
}

function note(report: CopyReport, { pictures }: EncodeStretch): void {
  const start = pictures[0]!.output;
  const last = pictures.at(-1)!;
  const end = last.output + last.duration;
  const before = report.encodedRanges.at(-1);
  if (before && start - before.end < 1e-6) before.end = end;
  else report.encodedRanges.push({ start, end });
}
