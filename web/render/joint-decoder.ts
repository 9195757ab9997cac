/**
 * Decodes the pictures around every joint while the file is written, when a core would otherwise
 * wait for the sound, and remembers the packets by a sum. Reading the file back then shows whether
 * they are in it as they were.
 */
import { EncodedPacketSink, type EncodedPacket, type InputVideoTrack } from 'mediabunny';
import { dequeued } from './dequeued.ts';

/** Packets decoded behind the first key frame that follows a joint decoded as a whole. */
const beyond = 2;
/**
 * Packets decoded from a joint on: up to the next key frame and beyond at the first joints, where
 * they came from several encoders. What an encoder does at one joint it does at all: later on, and
 * where all is of one encoder, the first ones tell as much.
 */
const wholeJoints = 2;
const mostJoined = 400;
const mostEncoded = 2;
/** The writer waits while this many packets are under way. */
const queueLimit = 16;
/** Seconds. The first picture of a stretch may be written half a tick before or after the joint. */
const tick = 0.002;

export interface JointFindings {
  frames: number;
  problems: string[];
  /** The key frame that each joint begins with. */
  keys: { timestamp: number; sum: number }[];
}

/** What is decoded behind a joint: `count` packets so far, `more` from the next key frame on. */
interface JointStretch {
  at: number;
  count: number;
  more: number;
}

export class JointDecoder {
  readonly findings: JointFindings = { frames: 0, problems: [], keys: [] };
  readonly #joints: readonly number[];
  #config: VideoDecoderConfig | null = null;
  #decoder: VideoDecoder | null = null;
  #next = 0;
  /** Null between stretches. */
  #stretch: JointStretch | null = null;
  #given = 0;
  #flushes: Promise<void>[] = [];

  readonly #isJoined: boolean;

  /** `joints`: output seconds at which stretches begin. `isJoined`: packets of several encoders meet. */
  constructor(joints: readonly number[], isJoined: boolean) {
    this.#joints = joints;
    this.#isJoined = isJoined;
  }

  /** Takes every packet of the picture in decode order. */
  async see(packet: EncodedPacket, meta?: EncodedVideoChunkMetadata): Promise<void> {
    if (meta?.decoderConfig) this.#config = meta.decoderConfig;
    const isKey = packet.type === 'key';
    const joint = this.#joints[this.#next];
    const isJoint = isKey && joint !== undefined && packet.timestamp >= joint - tick;
    if (isJoint) {
      while ((this.#joints[this.#next] ?? Infinity) - tick <= packet.timestamp) this.#next++;
      this.findings.keys.push({ timestamp: packet.timestamp, sum: sumOf(packet.data) });
      this.#end();
      this.#stretch = { at: packet.timestamp, count: 0, more: beyond };
    }
    const stretch = this.#stretch;
    if (!stretch || !this.#config) return;
    if (!this.#isWanted(stretch, isKey && !isJoint)) return;
    this.#decode(packet, stretch.at);
    const decoder = this.#decoder;
    if (decoder?.state === 'configured' && decoder.decodeQueueSize > queueLimit)
      await dequeued(decoder);
  }

  /** Counts the packet, and ends the stretch when nothing more of it is wanted. */
  #isWanted(stretch: JointStretch, isNextKey: boolean): boolean {
    const isWhole = this.#isJoined && this.findings.keys.length <= wholeJoints;
    if (isNextKey || stretch.more < beyond) stretch.more--;
    const isWanted =
      stretch.more === beyond
        ? stretch.count++ < (isWhole ? mostJoined : mostEncoded)
        : isWhole && stretch.more >= 0;
    if (!isWanted) this.#end();
    return isWanted;
  }

  async finish(): Promise<JointFindings> {
    this.#end();
    await Promise.all(this.#flushes);
    this.close();
    const { findings } = this;
    if (findings.problems.length === 0 && findings.frames < this.#given)
      findings.problems.push(`${this.#given - findings.frames} pictures did not decode`);
    return findings;
  }

  close(): void {
    if (this.#decoder && this.#decoder.state !== 'closed') this.#decoder.close();
    this.#decoder = null;
  }

  #decode(packet: EncodedPacket, at: number): void {
    if (!this.#decoder || this.#decoder.state === 'closed') {
      // A decoder that gave up begins again at the next joint.
      if (packet.type !== 'key') return;
      this.#decoder = new VideoDecoder({
        output: (frame) => {
          this.findings.frames++;
          frame.close();
        },
        error: (error) => this.#fail(at, error),
      });
      this.#decoder.configure(this.#config!);
    }
    try {
      this.#decoder.decode(packet.toEncodedVideoChunk());
      this.#given++;
    } catch (error) {
      this.#fail(at, error);
    }
  }

  #end(): void {
    const stretch = this.#stretch;
    this.#stretch = null;
    if (stretch && this.#decoder?.state === 'configured')
      this.#flushes.push(this.#decoder.flush().catch((error) => this.#fail(stretch.at, error)));
  }

  #fail(at: number, error: unknown): void {
    this.findings.problems.push(`at ${at.toFixed(3)} s: ${String(error)}`);
  }
}

/** FNV-1a over at most some thousand bytes, spread over the packet, and its length. */
function sumOf(data: Uint8Array): number {
  const step = Math.max(1, data.byteLength >> 12);
  let sum = 0x811c9dc5 ^ data.byteLength;
  for (let i = 0; i < data.byteLength; i += step) sum = Math.imul(sum ^ data[i]!, 0x01000193);
  return sum >>> 0;
}

/** Whether the file holds what was decoded, and whether its first and last pictures decode by its own description. */
export async function checkWritten(
  track: InputVideoTrack,
  { keys }: JointFindings,
  signal: AbortSignal,
): Promise<JointFindings> {
  const sink = new EncodedPacketSink(track);
  const config = await track.getDecoderConfig();
  if (!config) return { frames: 0, problems: ['no decoder configuration'], keys: [] };
  const missing: string[] = [];
  for (const { timestamp, sum } of keys) {
    signal.throwIfAborted();
    const packet = await sink.getKeyPacket(timestamp + tick);
    if (!packet || sumOf(packet.data) !== sum) missing.push(timestamp.toFixed(3));
  }
  const first = await sink.getFirstKeyPacket();
  const last = await sink.getPacket(Infinity);
  const lastKey = last && (await sink.getKeyPacket(last.timestamp, { verifyKeyPackets: true }));
  const findings: JointFindings = { frames: 0, problems: [], keys: [] };
  for (const [from, count] of [
    [first, 3],
    [lastKey, mostJoined],
  ] as const) {
    if (!from) continue;
    const decoder = new JointDecoder([from.timestamp], true);
    let seen = 0;
    for await (const packet of sink.packets(from)) {
      await decoder.see(packet, { decoderConfig: config });
      if (++seen >= count) break;
    }
    const { frames, problems } = await decoder.finish();
    findings.frames += frames;
    findings.problems.push(...problems);
  }
  if (missing.length > 0)
    findings.problems.push(`other pictures than were written at ${missing.join(', ')}`);
  return findings;
}
