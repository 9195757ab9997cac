/**
 * Looks into a media file: tracks, codecs, real start and end times, whether they really decode.
 * Reads little of the file. Some damaged files make mediabunny throw or spin, so call it in a worker
 * that can be ended.
 */
import {
  AdtsInputFormat,
  EncodedPacketSink,
  MatroskaInputFormat,
  Mp3InputFormat,
  MpegTsInputFormat,
  WaveInputFormat,
  type Input,
  type InputAudioTrack,
  type InputTrack,
  type InputVideoTrack,
} from 'mediabunny';
import type { AudioInfo, VideoInfo } from '../core/recording.ts';
import { checkAudio, checkVideo, loudestPeak, type DecodeCheck } from './decode-check.ts';
import { openInput } from './open.ts';

export interface TrackProbe<Info> {
  info: Info;
  /** Frames came out of the decoder. */
  decodes: boolean;
  /** False when a place in the middle was not found: mediabunny finds no key picture in a Matroska file without an index. */
  seeks: boolean;
  /** The container promises more than the file holds. */
  truncated: boolean;
}

export interface Probe {
  /** MIME type of the container. */
  type: string;
  container: 'mp4' | 'matroska' | 'mpeg-ts' | 'wave' | 'other';
  video: TrackProbe<VideoInfo> | null;
  audio: TrackProbe<AudioInfo>[];
  /** Index of the first sound track with a signal; 0 when none has. */
  voiceTrack: number;
  /** Seconds to the end of the longest track. */
  duration: number;
  /** The container says nothing about its length. */
  durationMissing: boolean;
  truncated: boolean;
}

/** Null when mediabunny does not know the format or finds no track. `tick` is called while it works. */
export async function probe(file: Blob, tick: () => void = () => undefined): Promise<Probe | null> {
  const input = openInput(file);
  try {
    if (!(await input.canRead())) return null;
    tick();
    return await probeInput(input, tick);
  } finally {
    input.dispose();
  }
}

async function probeInput(input: Input, tick: () => void): Promise<Probe | null> {
  const format = await input.getFormat();
  const [videoTrack] = await input.getVideoTracks();
  const audioTracks = await input.getAudioTracks();
  if (!videoTrack && audioTracks.length === 0) return null;

  const video = videoTrack ? await probeVideo(videoTrack, tick) : null;
  const audio: TrackProbe<AudioInfo>[] = [];
  for (const track of audioTracks) audio.push(await probeAudio(track, tick));

  const stated = await input.getDurationFromMetadata();
  const duration = Math.max(0, ...[video, ...audio].map((t) => t?.info.end ?? 0));
  const container =
    format instanceof MatroskaInputFormat
      ? 'matroska'
      : format instanceof MpegTsInputFormat
        ? 'mpeg-ts'
        : format instanceof WaveInputFormat
          ? 'wave'
          : /mp4|quicktime/i.test(format.mimeType)
            ? 'mp4'
            : 'other';
  // Formats whose stated length is an estimate from the bit rate say nothing about truncation.
  const exact = !(format instanceof Mp3InputFormat || format instanceof AdtsInputFormat);
  const short = exact && stated !== null && duration < stated - Math.max(0.15, stated * 0.01);
  return {
    type: mimeType(format.mimeType, video !== null),
    container,
    video,
    audio,
    voiceTrack: await firstWithSignal(audioTracks, audio, tick),
    duration,
    durationMissing: !(stated && stated > 0),
    truncated: short || [video, ...audio].some((t) => t?.truncated),
  };
}

const mimeType = (type: string, hasVideo: boolean) =>
  hasVideo ? type : type.replace(/^(video|application)\//, 'audio/');

async function probeVideo(
  track: InputVideoTrack,
  tick: () => void,
): Promise<TrackProbe<VideoInfo> | null> {
  const extent = await measure(track);
  tick();
  const stats = await track.computePacketStats(300, { skipLiveWait: true }).catch(() => null);
  tick();
  const frameRate = stats && stats.averagePacketRate > 0 ? stats.averagePacketRate : 30;
  return {
    info: {
      codec: (await track.getCodecParameterString()) ?? (await track.getCodec()) ?? 'unknown',
      width: await track.getDisplayWidth(),
      height: await track.getDisplayHeight(),
      rotation: await track.getRotation(),
      frameRate,
      start: extent.start,
      // WebM seldom says how long its last frame lasts.
      end: extent.end + (extent.lastHasLength ? 0 : 1 / frameRate),
    },
    ...(extent.packets ? await checkVideo(track, extent, tick) : undecodable),
    truncated: extent.truncated,
  };
}

async function probeAudio(
  track: InputAudioTrack,
  tick: () => void,
): Promise<TrackProbe<AudioInfo>> {
  const extent = await measure(track);
  tick();
  return {
    info: {
      codec: (await track.getCodecParameterString()) ?? (await track.getCodec()) ?? 'unknown',
      sampleRate: await track.getSampleRate(),
      channels: await track.getNumberOfChannels(),
      start: extent.start,
      end: extent.end,
    },
    ...(extent.packets ? await checkAudio(track, extent, tick) : undecodable),
    truncated: extent.truncated,
  };
}

const undecodable: DecodeCheck = { decodes: false, seeks: false };

export interface Extent {
  start: number;
  end: number;
  /** Whether there is at least one readable packet. */
  packets: boolean;
  /** The last packet states a duration. */
  lastHasLength: boolean;
  truncated: boolean;
}

/** First and last moment whose data is really in the file. */
async function measure(track: InputTrack): Promise<Extent> {
  const sink = new EncodedPacketSink(track);
  const first = await sink.getFirstPacket();
  if (!first) return { start: 0, end: 0, packets: false, lastHasLength: true, truncated: true };
  const start = Math.max(0, await track.getFirstTimestamp());
  const last = await sink.getPacket(Infinity, { skipLiveWait: true }).catch(() => null);
  if (last) {
    const stated = await track.computeDuration({ skipLiveWait: true });
    const end = Math.max(stated, last.timestamp + last.duration);
    return { start, end, packets: true, lastHasLength: end > last.timestamp, truncated: false };
  }
  // The tables name packets beyond the end of the file: halve the way to the last one that is there.
  let low = first.timestamp;
  let high = await track.computeDuration({ skipLiveWait: true });
  let end = first.timestamp + first.duration;
  while (high - low > 0.02) {
    const middle = (low + high) / 2;
    const packet = await sink.getPacket(middle).catch(() => null);
    if (packet) {
      low = middle;
      end = Math.max(end, packet.timestamp + packet.duration);
    } else high = middle;
  }
  return { start, end, packets: true, lastHasLength: true, truncated: true };
}

async function firstWithSignal(
  tracks: InputAudioTrack[],
  probes: TrackProbe<AudioInfo>[],
  tick: () => void,
): Promise<number> {
  const firstDecodable = Math.max(
    0,
    probes.findIndex((p) => p.decodes),
  );
  if (tracks.length < 2) return firstDecodable;
  for (const [index, track] of tracks.entries()) {
    const { decodes, info } = probes[index]!;
    // −60 dBFS: below it lies what a muted input leaves behind.
    if (decodes && (await loudestPeak(track, info, tick)) > 0.001) return index;
  }
  return firstDecodable;
}
