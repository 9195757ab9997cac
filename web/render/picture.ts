/** Where the pictures of an export come from: copied packets if possible, else encoded ones. */
import type { EncodedPacket, InputVideoTrack, VideoCodec } from 'mediabunny';
import type { Segment } from '../core/timeline.ts';
import { planCopy } from './copy/plan.ts';
import { copyVideo, emptyReport } from './copy/stream.ts';
import { CopyRefusedError, type CopyPlan } from './copy/types.ts';
import type { CameraLayer } from './compose/with-camera.ts';
import { encodeVideo } from './encode-video.ts';
import { cameraIsDrawn, type ExportRequest, type VideoFormat } from './export-request.ts';

export interface PicturePacket {
  packet: EncodedPacket;
  meta?: EncodedVideoChunkMetadata;
}

export interface Picture {
  readonly method: 'copied' | 're-encoded';
  readonly reason: string | null;
  readonly codec: VideoCodec;
  readonly rotation: 0 | 90 | 180 | 270;
  /** Packets that will come at most, when that is known beforehand. */
  readonly mostPackets: number | null;
  /** Complete when the packets have come. */
  readonly counts: {
    copied: number;
    encoded: number;
    encodedRanges: { start: number; end: number }[];
  };
  packets(options: { signal: AbortSignal }): AsyncGenerator<PicturePacket>;
  /** Why this error means that the picture has to be encoded as a whole; null when it does not. */
  refusedBy(error: unknown): string | null;
}

/** Codecs whose packets are copied into each format. MP4 is promised as H.264, which plays everywhere. */
const copied: Record<VideoFormat, readonly string[]> = {
  mp4: ['avc'],
  webm: ['vp8', 'vp9', 'av1'],
};

/** `refusal`: why copying is out of the question; null tries it. */
export async function pictureOf(
  track: InputVideoTrack,
  camera: CameraLayer | null,
  segments: readonly Segment[],
  { format }: Pick<ExportRequest, 'format'>,
  refusal: string | null,
  signal: AbortSignal,
): Promise<Picture> {
  const codec = await track.getCodec();
  const rotation = await track.getRotation();
  let reason = refusal ?? (camera && cameraIsDrawn);
  if (reason === null && !copied[format].includes(codec ?? ''))
    reason = `${codec ?? 'this codec'} is not copied into ${format}`;
  if (reason === null) {
    const plan = await planCopy(track, segments, { signal });
    if (plan.kind === 'plan') return copying(plan, rotation);
    reason = `${plan.reason}: ${plan.detail}`;
  }
  return encoding(track, camera, segments, format, rotation, reason, signal);
}

function copying(plan: CopyPlan, rotation: Picture['rotation']): Picture {
  const report = emptyReport();
  return {
    method: 'copied',
    reason: null,
    codec: plan.codec,
    rotation,
    mostPackets: null,
    counts: {
      get copied() {
        return report.copiedPackets;
      },
      get encoded() {
        return report.encodedPackets;
      },
      get encodedRanges() {
        return report.encodedRanges;
      },
    },
    packets: ({ signal }) => copyVideo(plan, { signal, report }),
    refusedBy: (error) =>
      error instanceof CopyRefusedError ? `${error.refusal.reason}: ${error.refusal.detail}` : null,
  };
}

async function encoding(
  track: InputVideoTrack,
  camera: CameraLayer | null,
  segments: readonly Segment[],
  format: VideoFormat,
  rotation: Picture['rotation'],
  reason: string,
  signal: AbortSignal,
): Promise<Picture> {
  const averageBitrate =
    (await track.computePacketStats(600)).averageBitrate +
    ((await camera?.track.computePacketStats(600))?.averageBitrate ?? 0);
  const stream = await encodeVideo(track, segments, {
    format,
    sourceBitrate: averageBitrate > 0 ? averageBitrate : null,
    camera,
    signal,
  });
  const counts = { copied: 0, encoded: 0, encodedRanges: [] };
  return {
    method: 're-encoded',
    reason,
    codec: stream.codec,
    rotation,
    mostPackets: null,
    counts,
    async *packets() {
      for await (const item of stream.packets) {
        counts.encoded++;
        yield item;
      }
    },
    refusedBy: () => null,
  };
}
