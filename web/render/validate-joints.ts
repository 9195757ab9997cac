/** Decodes the pictures around every joint of a written file, and its first and last ones. */
import { EncodedPacketSink, type EncodedPacket, type InputVideoTrack } from 'mediabunny';
import type { TimeMap } from '../core/timeline.ts';

/** Pictures before a joint are decoded when the key frame they need is this near. */
const runUp = 12;
/** From a joint to the first key frame behind it, and this many pictures more. */
const beyond = 2;
/** Long groups of pictures are decoded this far; the encoder that made them is not at fault later. */
const most = 400;
/** Decoding waits while this many packets are under way. */
const queueLimit = 12;

export async function decodeJoints(
  track: InputVideoTrack,
  map: TimeMap,
  signal: AbortSignal,
  progress: (fraction: number) => void,
): Promise<{ frames: number; problems: string[] }> {
  const sink = new EncodedPacketSink(track);
  const config = await track.getDecoderConfig();
  if (!config) return { frames: 0, problems: ['no decoder configuration'] };
  const problems: string[] = [];
  let frames = 0;
  const starts = [0, ...map.segments.slice(1).map((segment) => segment.output.start)];
  let decodedTo = -Infinity;
  for (const [i, start] of starts.entries()) {
    signal.throwIfAborted();
    const stretch = await around(sink, start, decodedTo);
    if (stretch.length > 0) {
      decodedTo = stretch.at(-1)!.sequenceNumber;
      const outcome = await decode(config, stretch);
      frames += outcome.frames;
      if (outcome.problem) problems.push(`at ${start.toFixed(3)} s: ${outcome.problem}`);
    }
    progress((i + 1) / (starts.length + 1));
  }
  const last = await sink.getPacket(Infinity);
  const key = last && (await sink.getKeyPacket(last.timestamp, { verifyKeyPackets: true }));
  if (last && key && last.sequenceNumber > decodedTo) {
    const tail = await collect(
      sink,
      key,
      (packet, n) => n < most && packet.sequenceNumber <= last.sequenceNumber,
    );
    const outcome = await decode(config, tail);
    frames += outcome.frames;
    if (outcome.problem) problems.push(`at the end: ${outcome.problem}`);
  }
  progress(1);
  return { frames, problems };
}

/** Packets in decode order, beginning with a key frame. Empty when the joint was decoded with the one before. */
async function around(
  sink: EncodedPacketSink,
  start: number,
  decodedTo: number,
): Promise<EncodedPacket[]> {
  // The first picture of a stretch may be written half a tick before or after the joint.
  const joint =
    (await sink.getKeyPacket(start + 0.002, { verifyKeyPackets: true })) ??
    (await sink.getFirstKeyPacket());
  if (!joint || joint.sequenceNumber <= decodedTo) return [];
  const before = await sink.getKeyPacket(joint.timestamp - 0.0005, { verifyKeyPackets: true });
  const isNear =
    before &&
    before.sequenceNumber > decodedTo &&
    joint.sequenceNumber - before.sequenceNumber <= runUp;
  let more = beyond;
  return collect(sink, isNear ? before : joint, (packet, n) => {
    const isBehind = packet.type === 'key' && packet.timestamp > start + 0.002;
    if (isBehind || more < beyond) more--;
    return more >= 0 && n < most;
  });
}

async function collect(
  sink: EncodedPacketSink,
  from: EncodedPacket,
  goesOn: (packet: EncodedPacket, count: number) => boolean,
): Promise<EncodedPacket[]> {
  const packets: EncodedPacket[] = [];
  for await (const packet of sink.packets(from)) {
    if (!goesOn(packet, packets.length)) break;
    packets.push(packet);
  }
  return packets;
}

async function decode(
  config: VideoDecoderConfig,
  packets: readonly EncodedPacket[],
): Promise<{ frames: number; problem: string | null }> {
  let frames = 0;
  let failure: string | null = null;
  const decoder = new VideoDecoder({
    output: (frame) => {
      frames++;
      frame.close();
    },
    error: (error) => (failure = String(error)),
  });
  try {
    decoder.configure(config);
    for (const packet of packets) {
      if (failure) break;
      decoder.decode(packet.toEncodedVideoChunk());
      if (decoder.decodeQueueSize > queueLimit)
        await new Promise((resolve) =>
          decoder.addEventListener('dequeue', resolve, { once: true }),
        );
    }
    if (!failure) await decoder.flush();
  } catch (error) {
    failure ??= String(error);
  } finally {
    if (decoder.state !== 'closed') decoder.close();
  }
  if (!failure && frames < packets.length)
    failure = `${packets.length - frames} pictures did not decode`;
  return { frames, problem: failure };
}
