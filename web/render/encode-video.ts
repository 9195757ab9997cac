/** The picture of the edit, every frame decoded and encoded again: for sources that cannot be copied. */
import { EncodedPacket, VideoSampleSink, type InputVideoTrack, type VideoCodec } from 'mediabunny';
import { AppError } from '../core/errors.ts';
import type { Segment } from '../core/timeline.ts';
import { dequeued } from './dequeued.ts';
import { withCamera, type CameraLayer } from './compose/with-camera.ts';
import { segmentFrames } from './segment-frames.ts';
import { pickEncoder, type VideoEncoding } from './video-encoding.ts';

/** Frames given to the encoder and not yet come out, before decoding waits. */
const queueLimit = 6;
/** Seconds between key frames, so that players can seek. */
const keyInterval = 2;

export interface EncodedVideo {
  packet: EncodedPacket;
  meta?: EncodedVideoChunkMetadata;
}

export interface EncodeVideoOptions {
  format: 'mp4' | 'webm';
  /** Bits a second of the source's picture, when known. */
  sourceBitrate: number | null;
  /** To be seen in the picture. */
  camera?: CameraLayer | null;
  signal?: AbortSignal;
  /** Output seconds encoded so far. */
  onProgress?: (seconds: number) => void;
}

export interface VideoStream {
  codec: VideoCodec;
  packets: AsyncGenerator<EncodedVideo>;
}

/** Finds an encoder by a trial on a real frame. Throws `encode-unsupported` when there is none. */
export async function encodeVideo(
  track: InputVideoTrack,
  segments: readonly Segment[],
  options: EncodeVideoOptions,
): Promise<VideoStream> {
  const frame = await firstFrame(track);
  try {
    const tracks = [track, ...(options.camera ? [options.camera.track] : [])];
    const rates = tracks.map(
      async (each) => (await each.computePacketStats(200)).averagePacketRate,
    );
    const rate = Math.max(...(await Promise.all(rates)));
    const encoding = await pickEncoder(frame, {
      format: options.format,
      frameRate: Math.min(120, Math.max(1, rate || 30)),
      sourceBitrate: options.sourceBitrate,
    });
    return { codec: encoding.codec, packets: encodeSegments(track, segments, encoding, options) };
  } finally {
    frame.close();
  }
}

async function firstFrame(track: InputVideoTrack): Promise<VideoFrame> {
  const samples = new VideoSampleSink(track).samples();
  try {
    const { value } = await samples.next();
    if (!value) throw new AppError('no-media-track', 'the video track has no frame');
    const frame = value.toVideoFrame();
    value.close();
    return frame;
  } finally {
    await samples.return();
  }
}

async function* encodeSegments(
  track: InputVideoTrack,
  segments: readonly Segment[],
  encoding: VideoEncoding,
  { camera, signal, onProgress }: EncodeVideoOptions,
): AsyncGenerator<EncodedVideo> {
  let ready: EncodedVideo[] = [];
  let failure: Error | null = null;
  const encoder = new VideoEncoder({
    output: (chunk, meta) =>
      ready.push({ packet: EncodedPacket.fromEncodedChunk(chunk), ...(meta ? { meta } : {}) }),
    error: (error) => (failure = error),
  });
  const check = () => {
    signal?.throwIfAborted();
    if (failure) throw new AppError('encode-unsupported', String(failure), { cause: failure });
  };
  encoder.configure(encoding.config);
  let lastKey = -Infinity;
  const screen = segmentFrames(track, segments, check);
  const frames = camera ? withCamera(screen, camera, segments, check) : screen;
  try {
    for await (const placed of frames) {
      const frame = encoding.prepare(placed.frame, placed.at, placed.duration);
      const seconds = placed.at / 1e6;
      const keyFrame = placed.isFirst || seconds - lastKey >= keyInterval;
      if (keyFrame) lastKey = seconds;
      encoder.encode(frame, { keyFrame });
      frame.close();
      onProgress?.(seconds);
      while (encoder.encodeQueueSize > queueLimit && !failure) {
        await dequeued(encoder);
      }
      check();
      const packets = ready;
      ready = [];
      yield* packets;
    }
    await encoder.flush();
    check();
    yield* ready;
  } finally {
    if (encoder.state !== 'closed') encoder.close();
  }
}
