/** Reads a written export back and checks that it is what the edit says. */
import {
  ALL_FORMATS,
  EncodedPacketSink,
  Input,
  type InputTrack,
  type InputVideoTrack,
} from 'mediabunny';
import { settleAll } from '../core/settle-all.ts';
import type { TimeMap } from '../core/timeline.ts';
import type { ExportRequest, Validation } from './export-request.ts';
import type { CameraLayer } from './compose/with-camera.ts';
import { checkWritten, type JointFindings } from './joint-decoder.ts';
import { openMedia } from './media-file.ts';
import { packetsFrom } from './packets.ts';
import { pictureOffset } from './validate-picture.ts';
import { soundOffset } from './validate-sound.ts';

export interface Expected {
  map: TimeMap;
  /** The source's picture. */
  track: InputVideoTrack | null;
  /** Drawn over the source's picture. */
  camera: CameraLayer | null;
  request: ExportRequest;
  hasSound: boolean;
  /** What decoding around the joints showed while the file was written. */
  decoded: JointFindings | null;
  signal: AbortSignal;
  progress: (fraction: number) => void;
}

/** A frame at least counts as this long, seconds: 50 a second and faster are judged alike. */
const shortestFrame = 1 / 50;
/** Containers round, and the last frame's length is often a guess. */
const slack = 0.1;

export async function validateExport(expected: Expected): Promise<Validation> {
  const { map, track, request, hasSound, signal, progress } = expected;
  const input = new Input({ source: await openMedia(request.outputPath), formats: ALL_FORMATS });
  const result: Validation = {
    problems: [],
    duration: 0,
    joints: Math.max(0, map.segments.length - 1),
    decodedFrames: 0,
    pictureOffset: null,
    soundOffset: null,
  };
  const problem = (text: string) => result.problems.push(text);
  try {
    const video = await input.getPrimaryVideoTrack();
    const audio = await input.getPrimaryAudioTrack();
    if (track && !video) problem('no picture');
    if (hasSound && !audio) problem('no sound');
    let oneFrame = shortestFrame;

    for (const [kind, written] of [
      ['picture', video],
      ['sound', audio],
    ] as const) {
      if (!written) continue;
      const order = await timestamps(written, signal);
      result.duration = Math.max(result.duration, order.end);
      // WebM counts in milliseconds: pictures at a joint may fall into the same one.
      if (order.repeated > 0 && request.format === 'mp4')
        problem(`${kind}: ${order.repeated} packets at the time of another`);
      if (kind === 'picture') oneFrame = Math.max(shortestFrame, order.typical);
      const most = map.duration + oneFrame + slack;
      if (order.end > most) problem(`${kind} ends at ${order.end}, the edit at ${map.duration}`);
      progress(kind === 'picture' ? 0.2 : 0.3);
    }
    // Sound is written to the end, silence included; a picture may end before it, as in the source.
    if (audio && Math.abs(result.duration - map.duration) > oneFrame + slack)
      problem(`lasts ${result.duration}, the edit ${map.duration}`);

    const picture = async () => {
      if (!video || !track) return;
      const { decoded } = expected;
      if (decoded) {
        const written = await checkWritten(video, decoded, signal);
        result.decodedFrames = decoded.frames + written.frames;
        result.problems.push(...decoded.problems, ...written.problems);
      }
      result.pictureOffset = await pictureOffset(video, track, expected.camera, map, signal);
      if (result.pictureOffset !== null && result.pictureOffset > oneFrame)
        problem(`picture ${result.pictureOffset} s off its place`);
    };
    const sound = async () => {
      if (!audio || !hasSound) return;
      const tell = (fraction: number) => progress(0.3 + 0.7 * fraction);
      result.soundOffset = await soundOffset(audio, request, map, signal, tell);
      if (result.soundOffset !== null && result.soundOffset > oneFrame)
        problem(`sound ${result.soundOffset} s off its place`);
    };
    // Both are over before either's error is thrown: nothing reads the file behind one's back.
    await settleAll([picture(), sound()]);
    progress(1);
  } catch (error) {
    signal.throwIfAborted();
    problem(`unreadable: ${String(error)}`);
  } finally {
    input.dispose();
  }
  return result;
}

/** End of the last packet, how often two packets share a time, and the median distance between packets. */
async function timestamps(
  track: InputTrack,
  signal: AbortSignal,
): Promise<{ end: number; repeated: number; typical: number }> {
  const times: number[] = [];
  let end = 0;
  const sink = new EncodedPacketSink(track);
  const options = { metadataOnly: true };
  const first = await sink.getFirstPacket(options);
  for await (const packet of packetsFrom(sink, first, null, options)) {
    times.push(packet.timestamp);
    end = Math.max(end, packet.timestamp + packet.duration);
    if (times.length % 4096 === 0) signal.throwIfAborted();
  }
  const sorted = Float64Array.from(times).sort();
  const distances = sorted.subarray(1).map((time, i) => time - sorted[i]!);
  const repeated = distances.filter((distance) => distance < 1e-6).length;
  const typical = distances.sort()[distances.length >> 1] ?? 0;
  return { end, repeated, typical };
}
