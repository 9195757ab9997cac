/** Decides which packets of an edit are copied and which pictures are encoded again. */
import { EncodedPacketSink, type EncodedPacket, type InputVideoTrack } from 'mediabunny';
import type { Segment } from '../../core/timeline.ts';
import { JoinError } from '../h264/joiner.ts';
import { pictureAt, picturesBetween, splitTail, tolerance } from './edges.ts';
import { prepareEncoder } from './encoder-setup.ts';
import { packetRules } from './packet-rules.ts';
import { bytesOf, PacketSource } from './source.ts';
import {
  CopyRefusedError,
  type CopyPlan,
  type CopyRefusal,
  type CopyRefusalReason,
  type EncodeStretch,
  type PlannedPicture,
  type Stretch,
} from './types.ts';

/**
 * Reads only around the edges, tries the platform's encoder on one picture and compares what comes
 * back. Writes nothing.
 */
export async function planCopy(
  track: InputVideoTrack,
  segments: readonly Segment[],
  options: { signal?: AbortSignal } = {},
): Promise<CopyPlan | CopyRefusal> {
  try {
    return await plan(track, segments, options.signal);
  } catch (error) {
    if (error instanceof CopyRefusedError) return error.refusal;
    if (error instanceof JoinError) {
      return { kind: 'refusal', reason: 'bitstream', detail: error.message };
    }
    throw error;
  }
}

async function plan(
  track: InputVideoTrack,
  segments: readonly Segment[],
  signal?: AbortSignal,
): Promise<CopyPlan> {
  if (segments.some((s) => s.speed !== 1)) refuse('speed', 'a segment has another speed than 1');
  const source = await openSource(track);
  const joined = joinTouching(segments);
  const stretches: Stretch[] = [];
  for (const [index, segment] of joined.entries()) {
    signal?.throwIfAborted();
    stretches.push(...(await planSegment(source, segment, index, signal)));
  }
  if (!stretches.some((s) => s.kind === 'copy')) {
    refuse('nothing-to-copy', 'no kept range reaches a key frame at which copying can begin');
  }
  const encodes = stretches.filter((s) => s.kind === 'encode');
  const setup = await prepareEncoder(source, encodes[0] ?? null, signal);
  return {
    kind: 'plan',
    track,
    codec: (await track.getCodec())!,
    segments: joined,
    stretches,
    decoderConfig: setup.decoderConfig,
    rotation: await track.getRotation(),
    encodedPictures: encodes.reduce((sum, s) => sum + s.pictures.length, 0),
    copiedSeconds: stretches.reduce(
      (sum, s) => sum + (s.kind === 'copy' ? s.lastSource - s.firstSource : 0),
      0,
    ),
    source,
    setup,
  };
}

function refuse(reason: CopyRefusalReason, detail: string): never {
  throw new CopyRefusedError({ kind: 'refusal', reason, detail });
}

async function openSource(track: InputVideoTrack): Promise<PacketSource> {
  const codec = await track.getCodec();
  const config = await track.getDecoderConfig();
  if (!codec || !config) refuse('codec', 'unknown codec');
  if (await track.canBeTransparent()) refuse('picture-format', 'alpha');
  if (await track.getFlip()) refuse('picture-format', 'mirrored by the container');
  const first = await new EncodedPacketSink(track).getFirstKeyPacket();
  if (!first) refuse('bitstream', 'no key frame');
  const description = config.description ? bytesOf(config.description) : null;
  const rules = packetRules(codec, description, first.data);
  if (!rules) refuse('codec', codec);
  return new PacketSource(track, rules);
}

/** Where one ends and the next begins in both clocks there is no cut. */
function joinTouching(segments: readonly Segment[]): Segment[] {
  const joined: Segment[] = [];
  for (const segment of segments) {
    const last = joined.at(-1);
    if (last && Math.abs(segment.source.start - last.source.end) < 1e-6) {
      joined[joined.length - 1] = {
        source: { start: last.source.start, end: segment.source.end },
        output: { start: last.output.start, end: segment.output.end },
        speed: 1,
      };
    } else joined.push(segment);
  }
  return joined;
}

/** Copying of a segment begins at its first picture if that is a safe key, else at the next safe key. */
async function planSegment(
  source: PacketSource,
  segment: Segment,
  index: number,
  signal?: AbortSignal,
): Promise<Stretch[]> {
  const { start, end } = segment.source;
  const key = await source.safeKeyAt(start);
  if (!key) refuse('bitstream', 'does not begin with a key frame');
  const window = await source.windowToKey(key, start, end, signal);
  if (window === 'too-far') refuse('nothing-to-copy', 'key frames are too far apart');
  const shown = source.shown(window.packets);
  const opening = pictureAt(shown, start);
  const last = end - tolerance;
  if (!opening || opening.timestamp >= last) return [];
  if (opening.sequenceNumber === key.sequenceNumber) {
    return planCopied(source, segment, index, key, signal);
  }
  const copyFrom = window.next && window.next.timestamp < last ? window.next : null;
  const pictures = picturesBetween(
    shown,
    opening.timestamp,
    Math.min(last, window.next?.timestamp ?? Infinity),
  );
  const until = copyFrom ? outputOf(segment, copyFrom.timestamp) : segment.output.end;
  const head = encodeStretch(segment, index, key, pictures, until);
  return copyFrom
    ? [head, ...(await planCopied(source, segment, index, copyFrom, signal))]
    : [head];
}

/** From a safe key to the end of the segment, where pictures that need later ones are encoded again. */
async function planCopied(
  source: PacketSource,
  segment: Segment,
  index: number,
  first: EncodedPacket,
  signal?: AbortSignal,
): Promise<Stretch[]> {
  const { end } = segment.source;
  const lastKey = await source.safeKeyAt(end - 3 * tolerance);
  const key = lastKey && lastKey.timestamp > first.timestamp ? lastKey : first;
  const { packets } = await source.windowPast(key, end, signal);
  const { copied, encoded } = splitTail(packets, end);
  const tail = source.shown(encoded);
  const lastCopied = source.shown(packets.slice(0, copied));
  const stretches: Stretch[] = [
    {
      kind: 'copy',
      segment: index,
      first,
      end: packets[copied] ?? null,
      firstSource: first.timestamp,
      lastSource: lastCopied.reduce((most, p) => Math.max(most, p.timestamp), first.timestamp),
    },
  ];
  if (tail.length > 0) stretches.push(encodeStretch(segment, index, key, tail, segment.output.end));
  return stretches;
}

function encodeStretch(
  segment: Segment,
  index: number,
  decodeFrom: EncodedPacket,
  packets: readonly EncodedPacket[],
  until: number,
): EncodeStretch {
  const times = packets.map((p) => outputOf(segment, p.timestamp));
  const pictures = packets.map((p, i): PlannedPicture => ({
    source: p.timestamp,
    output: times[i]!,
    duration: (times[i + 1] ?? until) - times[i]!,
  }));
  return { kind: 'encode', segment: index, decodeFrom, pictures };
}

/** When the result shows a picture. One already on screen when the segment begins is shown from there on. */
export function outputOf({ source, output }: Segment, time: number): number {
  return time <= source.start + tolerance ? output.start : output.start + (time - source.start);
}
