/** Where the pictures of a written file stand against their places in the source. */
import {
  EncodedPacketSink,
  VideoSampleSink,
  type EncodedPacket,
  type InputVideoTrack,
} from 'mediabunny';
import { bubbleIn } from '../core/camera.ts';
import type { Rect } from '../core/interaction.ts';
import { outputTime } from '../core/time.ts';
import type { Segment, TimeMap } from '../core/timeline.ts';
import type { CameraLayer } from './compose/with-camera.ts';

/** Joints at which an encoded picture is compared with the source's; decoding both takes time. */
const comparedJoints = 6;

/**
 * The largest offset found, seconds; null when nothing could be compared. A copied packet is known
 * by its bytes, so its place in the source is certain. Where none was copied, the times at which
 * pictures begin are compared, and at a few joints the pictures themselves.
 */
export async function pictureOffset(
  written: InputVideoTrack,
  source: InputVideoTrack,
  camera: CameraLayer | null,
  map: TimeMap,
  signal: AbortSignal,
): Promise<number | null> {
  const out = new EncodedPacketSink(written);
  const original = new EncodedPacketSink(source);
  let largest: number | null = null;
  const note = (offset: number) => (largest = Math.max(largest ?? 0, Math.abs(offset)));
  let copies = 0;
  for (const segment of map.segments) {
    signal.throwIfAborted();
    const offset = await copiedOffset(out, original, segment);
    if (offset === null) continue;
    copies++;
    note(offset);
  }
  if (copies === 0) {
    const step = Math.max(1, Math.ceil(map.segments.length / comparedJoints));
    const covered = camera && (await coveredBy(camera, source));
    for (let i = 0; i < map.segments.length; i += step) {
      signal.throwIfAborted();
      const offset = await seenOffset(written, source, covered, map.segments[i]!);
      if (offset !== null) note(offset);
    }
  }
  return largest;
}

/** By the first key frame behind the segment's start that is found in the source byte by byte. */
async function copiedOffset(
  out: EncodedPacketSink,
  original: EncodedPacketSink,
  { source, output, speed }: Segment,
): Promise<number | null> {
  let key = await out.getKeyPacket(output.start + 0.002);
  for (let tries = 0; key && tries < 3; tries++) {
    // Sums of seconds may put the next segment's first picture a hair before this one's end.
    if (key.timestamp >= output.end - 0.002) return null;
    if (key.timestamp >= output.start - 0.002) {
      const place = source.start + (key.timestamp - output.start) * speed;
      const twin = await findTwin(original, place, key.data);
      if (twin) return (twin.timestamp - place) / speed;
    }
    key = await out.getNextKeyPacket(key);
  }
  return null;
}

/** The source's packet with these bytes: at its place, else near it. Pictures at rest can be the same more than once. */
async function findTwin(
  original: EncodedPacketSink,
  place: number,
  data: Uint8Array,
): Promise<EncodedPacket | null> {
  let packet = await original.getKeyPacket(place + 0.003);
  if (packet && sameBytes(packet.data, data)) return packet;
  packet = await original.getKeyPacket(place - 0.15);
  for (let tries = 0; packet && tries < 20 && packet.timestamp < place + 0.15; tries++) {
    if (packet.timestamp > place - 0.15 && sameBytes(packet.data, data)) return packet;
    packet = await original.getNextKeyPacket(packet);
  }
  return null;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.byteLength !== b.byteLength) return false;
  for (let i = 0; i < a.byteLength; i++) if (a[i] !== b[i]) return false;
  return true;
}

const width = 64;
const height = 36;
/**
 * Mean difference of two small grey pictures (0 to 255) up to which they are the same, and by which
 * another moment has to be more like what is shown before it counts: encoding blurs, and frames
 * that change at that very moment may fall to either side.
 */
const sameLevel = 6;
const plainly = 3;

/** By looking: 0 when the picture just behind the joint is the source's, null when it cannot be told. */
async function seenOffset(
  written: InputVideoTrack,
  source: InputVideoTrack,
  covered: Rect | null,
  { source: from, output, speed }: Segment,
): Promise<number | null> {
  const length = output.end - output.start;
  const behind = Math.min(0.2, length / 2);
  const shown = await greyAt(written, covered, outputTime(output.start + behind));
  if (!shown) return null;
  const place = from.start + behind * speed;
  const differenceAt = async (offset: number): Promise<number> => {
    const there = await greyAt(source, covered, place + offset);
    return there ? meanDifference(shown, there) : Infinity;
  };
  const here = await differenceAt(0);
  if (here <= sameLevel) return 0;
  for (const offset of [0.1, -0.1, 0.2, -0.2]) {
    const there = await differenceAt(offset);
    if (there <= sameLevel && there + plainly < here) return offset;
  }
  return null;
}

/** Where the camera lies, in samples of the small picture: nothing of the source is seen there. */
async function coveredBy({ track, choice }: CameraLayer, source: InputVideoTrack): Promise<Rect> {
  const [frame, own] = await Promise.all([sizeOf(source), sizeOf(track)]);
  const bubble = bubbleIn(choice, frame, own);
  const across = width / frame.width;
  const down = height / frame.height;
  return {
    x: Math.floor(bubble.x * across) - 1,
    y: Math.floor(bubble.y * down) - 1,
    width: Math.ceil(bubble.width * across) + 2,
    height: Math.ceil(bubble.height * down) + 2,
  };
}

const sizeOf = async (track: InputVideoTrack) => ({
  width: await track.getDisplayWidth(),
  height: await track.getDisplayHeight(),
});

async function greyAt(
  track: InputVideoTrack,
  covered: Rect | null,
  time: number,
): Promise<Float32Array | null> {
  const sample = await new VideoSampleSink(track).getSample(time);
  if (!sample) return null;
  try {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { willReadFrequently: true })!;
    sample.draw(context, 0, 0, width, height);
    if (covered) context.clearRect(covered.x, covered.y, covered.width, covered.height);
    const { data } = context.getImageData(0, 0, width, height);
    return Float32Array.from({ length: width * height }, (_, i) => data[i * 4 + 1]!);
  } finally {
    sample.close();
  }
}

const meanDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
