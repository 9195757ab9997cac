/**
 * Copies the packets of a file into a new container with an index: for files that were cut off, and
 * for those that never got one. Reads as far as the file goes. Only in workers.
 */
import {
  EncodedAudioPacketSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  MkvOutputFormat,
  Mp4OutputFormat,
  Output,
  WEBM,
  WebMOutputFormat,
  type EncodedPacket,
  type InputAudioTrack,
  type InputVideoTrack,
} from 'mediabunny';
import { AppError } from '../core/errors.ts';
import type { JobContext } from '../core/progress.ts';
import { openDiskTarget } from './disk-target.ts';
import { openInput } from './open.ts';

const mp4Video = new Set(['avc', 'hevc', 'av1', 'vp9']);
const mp4Audio = new Set(['aac', 'mp3', 'opus', 'flac']);
const webmVideo = new Set(['vp8', 'vp9', 'av1']);
const webmAudio = new Set(['opus', 'vorbis']);

interface Lane {
  sink: EncodedPacketSink;
  next: EncodedPacket | null;
  add: (packet: EncodedPacket) => Promise<void>;
}

/** `fromZero` shifts all tracks so that the first starts at 0. */
export async function remux(
  file: Blob,
  handle: FileSystemFileHandle,
  options: { fromZero: boolean; duration: number },
  { signal, progress }: JobContext,
): Promise<void> {
  const input = openInput(file);
  const disk = await openDiskTarget(handle);
  try {
    const video = (await input.getVideoTracks())[0] ?? null;
    const audio = await input.getAudioTracks();
    const keepsWebm = (await input.getFormat()) === WEBM;
    const inWebm = keepsWebm && (await fit(video, webmVideo, audio, webmAudio));
    const inMp4 = !inWebm && (await fit(video, mp4Video, audio, mp4Audio));
    const output = new Output({
      format: inWebm
        ? new WebMOutputFormat()
        : inMp4
          ? new Mp4OutputFormat({ fastStart: false })
          : new MkvOutputFormat(),
      target: disk.target,
    });
    const lanes: Lane[] = [];
    if (video) lanes.push(await videoLane(video, output));
    for (const track of audio) lanes.push(await audioLane(track, output));
    const shift = options.fromZero
      ? -Math.min(...lanes.map((lane) => lane.next?.timestamp ?? Infinity))
      : 0;
    await output.start();
    let told = 0;
    // Packets go out in time order, so that the tracks stay interleaved and nothing piles up.
    for (;;) {
      signal.throwIfAborted();
      const lane = earliest(lanes);
      if (!lane?.next) break;
      const packet = lane.next;
      await lane.add(shift ? packet.clone({ timestamp: packet.timestamp + shift }) : packet);
      lane.next = await lane.sink.getNextPacket(packet).catch(() => null);
      if (performance.now() - told < 100) continue;
      told = performance.now();
      progress({
        fraction: Math.min(1, packet.timestamp / (options.duration || 1)),
        doing: 'copy',
      });
    }
    await output.finalize();
  } finally {
    disk.close();
    input.dispose();
  }
}

const earliest = (lanes: Lane[]): Lane | undefined =>
  lanes
    .filter((lane) => lane.next)
    .reduce<Lane | undefined>(
      (first, lane) => (!first || lane.next!.timestamp < first.next!.timestamp ? lane : first),
      undefined,
    );

async function videoLane(track: InputVideoTrack, output: Output): Promise<Lane> {
  const codec = await track.getCodec();
  const config = await track.getDecoderConfig();
  if (!codec || !config) throw new AppError('file-unreadable', 'no video decoder configuration');
  const source = new EncodedVideoPacketSource(codec);
  output.addVideoTrack(source, { rotation: await track.getRotation() });
  const sink = new EncodedPacketSink(track);
  // A cut-off head may begin between key pictures; nothing before the first one can be decoded.
  const next = await sink.getFirstKeyPacket({ verifyKeyPackets: true });
  return { sink, next, add: (packet) => source.add(packet, { decoderConfig: config }) };
}

async function audioLane(track: InputAudioTrack, output: Output): Promise<Lane> {
  const codec = await track.getCodec();
  const config = await track.getDecoderConfig();
  if (!codec || !config) throw new AppError('file-unreadable', 'no audio decoder configuration');
  const source = new EncodedAudioPacketSource(codec);
  output.addAudioTrack(source, { languageCode: await track.getLanguageCode() });
  const sink = new EncodedPacketSink(track);
  return {
    sink,
    next: await sink.getFirstPacket(),
    add: (packet) => source.add(packet, { decoderConfig: config }),
  };
}

async function fit(
  video: InputVideoTrack | null,
  videoCodecs: Set<string>,
  audio: InputAudioTrack[],
  audioCodecs: Set<string>,
): Promise<boolean> {
  const sounds = await Promise.all(audio.map((t) => t.getCodec()));
  return (
    (!video || videoCodecs.has((await video.getCodec()) ?? '')) &&
    sounds.every((codec) => audioCodecs.has(codec ?? ''))
  );
}
