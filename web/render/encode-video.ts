/** The picture of the edit, every frame decoded and encoded again: for sources that cannot be copied. */
import { EncodedPacket, VideoSampleSink, type InputVideoTrack, type VideoCodec } from 'mediabunny';
import { AppError } from '../core/errors.ts';
import type { Segment } from '../core/timeline.ts';
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
    const rate = (await track.computePacketStats(200)).averagePacketRate;
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
  { signal, onProgress }: EncodeVideoOptions,
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
  try {
    for await (const { frame, isFirst } of framesOf(track, segments, encoding, check)) {
      const seconds = frame.timestamp / 1e6;
      const keyFrame = isFirst || seconds - lastKey >= keyInterval;
      if (keyFrame) lastKey = seconds;
      encoder.encode(frame, { keyFrame });
      frame.close();
      onProgress?.(seconds);
      while (encoder.encodeQueueSize > queueLimit && !failure) {
        await new Promise((resolve) =>
          encoder.addEventListener('dequeue', resolve, { once: true }),
        );
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

/**
 * Frames with their output times and durations in microseconds; the receiver closes them. A
 * segment begins with the frame that is on screen at its start, and frames keep their own rhythm.
 */
async function* framesOf(
  track: InputVideoTrack,
  segments: readonly Segment[],
  encoding: VideoEncoding,
  check: () => void,
): AsyncGenerator<{ frame: VideoFrame; isFirst: boolean }> {
  const sink = new VideoSampleSink(track);
  const trackStart = await track.getFirstTimestamp();
  let last = -1;
  for (const { source, output, speed } of segments) {
    const place = (time: number) =>
      Math.round((output.start + Math.max(0, time - source.start) / speed) * 1e6);
    const samples = sink.samples(source.start, source.end);
    let held: { frame: VideoFrame; at: number } | null = null;
    let isFirst = true;
    const finish = (until: number) => {
      const { frame, at } = held!;
      held = null;
      const placed = encoding.prepare(frame, at, Math.max(1, until - at));
      const result = { frame: placed, isFirst };
      isFirst = false;
      return result;
    };
    try {
      for await (const sample of samples) {
        check();
        const at = place(Math.max(sample.timestamp, trackStart));
        const frame = at > last ? sample.toVideoFrame() : null;
        sample.close();
        // Two frames in one microsecond, or the tail of a segment shorter than that.
        if (!frame) continue;
        if (held) yield finish(at);
        held = { frame, at };
        last = at;
      }
      if (held) yield finish(Math.round(output.end * 1e6));
    } finally {
      (held as { frame: VideoFrame } | null)?.frame.close();
      await samples.return();
    }
  }
}
