/** Which encoder, at which size and rate: chosen by encoding a real frame, since what a browser says it can do is not always so. */
import type { VideoCodec } from 'mediabunny';
import { AppError } from '../core/errors.ts';

export interface VideoEncoding {
  codec: VideoCodec;
  config: VideoEncoderConfig;
  /** The frame at another time and, for sizes that no encoder takes, without its odd last row or column. Closes the one given. */
  prepare(frame: VideoFrame, timestamp: number, duration: number): VideoFrame;
}

export interface EncodingWishes {
  format: 'mp4' | 'webm';
  frameRate: number;
  sourceBitrate: number | null;
}

export async function pickEncoder(
  frame: VideoFrame,
  wishes: EncodingWishes,
): Promise<VideoEncoding> {
  const width = evenFloor(frame.visibleRect?.width ?? frame.codedWidth);
  const height = evenFloor(frame.visibleRect?.height ?? frame.codedHeight);
  const prepare = cropper(width, height);
  const failures: string[] = [];
  for (const { codec, strings } of candidates(wishes.format, width, height, wishes.frameRate)) {
    for (const string of strings) {
      const config: VideoEncoderConfig = {
        codec: string,
        width,
        height,
        bitrate: bitrateFor(width * height, wishes, codec),
        framerate: wishes.frameRate,
        latencyMode: 'quality',
        ...(codec === 'avc' ? { avc: { format: 'avc' as const } } : {}),
      };
      const problem = await trial(config, prepare(frame.clone(), 0, 33_333));
      if (problem === null) return { codec, config, prepare };
      failures.push(`${string}: ${problem}`);
    }
  }
  throw new AppError(
    'encode-unsupported',
    `no video encoder for ${width}x${height}: ${failures.join('; ')}`,
  );
}

const evenFloor = (size: number): number => Math.max(2, size - (size % 2));

function cropper(width: number, height: number): VideoEncoding['prepare'] {
  return (frame, timestamp, duration) => {
    const rect = frame.visibleRect ?? { x: 0, y: 0, width, height };
    const odd = rect.width !== width || rect.height !== height;
    const crop = odd ? { visibleRect: { x: rect.x, y: rect.y, width, height } } : {};
    const placed = new VideoFrame(frame, { timestamp, duration, ...crop });
    frame.close();
    return placed;
  };
}

function candidates(format: 'mp4' | 'webm', width: number, height: number, frameRate: number) {
  const avc = { codec: 'avc' as const, strings: avcStrings(width, height, frameRate) };
  const vp9 = {
    codec: 'vp9' as const,
    strings: [`vp09.00.${vp9Level(width * height, frameRate)}.08`],
  };
  const vp8 = { codec: 'vp8' as const, strings: ['vp8'] };
  // VP8 has no place in MP4.
  return format === 'mp4' ? [avc, vp9] : [vp9, vp8];
}

/** H.264 table A-1: macroblocks a second and macroblocks a frame of each level. */
const avcLevels: [level: number, perSecond: number, perFrame: number][] = [
  [0x1e, 40_500, 1620],
  [0x1f, 108_000, 3600],
  [0x20, 216_000, 5120],
  [0x28, 245_760, 8192],
  [0x2a, 522_240, 8704],
  [0x32, 589_824, 22_080],
  [0x33, 983_040, 36_864],
  [0x34, 2_073_600, 36_864],
];

function avcStrings(width: number, height: number, frameRate: number): string[] {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const fits = avcLevels.find(
    ([, perSecond, perFrame]) => blocks * frameRate <= perSecond && blocks <= perFrame,
  );
  const level = (fits?.[0] ?? 0x34).toString(16).padStart(2, '0');
  // High, main, constrained baseline.
  return [`avc1.6400${level}`, `avc1.4d00${level}`, `avc1.42e0${level}`];
}

/** VP9 levels by luma samples a second (VP9 bitstream specification, annex A). */
function vp9Level(pixels: number, frameRate: number): string {
  const rate = pixels * frameRate;
  if (rate <= 36_864_000) return '31';
  if (rate <= 83_558_400) return '40';
  if (rate <= 160_432_128) return '41';
  if (rate <= 311_951_360) return '50';
  return rate <= 588_251_136 ? '51' : '52';
}

/** Bits for every pixel of every frame: what a screen recording needs at least, and where more shows nothing. */
const leastBits = 0.035;
const mostBits = 0.2;
/** A fast encoder needs more than the source's to look like it; VP9 about as much. */
const over: Partial<Record<VideoCodec, number>> = { avc: 1.6, vp9: 1.1, vp8: 1.6 };

function bitrateFor(pixels: number, wishes: EncodingWishes, codec: VideoCodec): number {
  const pixelRate = pixels * Math.min(60, wishes.frameRate);
  const wanted = (wishes.sourceBitrate ?? pixelRate * 0.06) * (over[codec] ?? 1);
  return Math.round(
    Math.min(pixelRate * mostBits, Math.max(pixelRate * leastBits, wanted, 100_000)),
  );
}

/** Null when it works, else what went wrong. Closes the frame. */
async function trial(config: VideoEncoderConfig, frame: VideoFrame): Promise<string | null> {
  try {
    const { supported } = await VideoEncoder.isConfigSupported(config);
    if (!supported) return 'not supported';
    let bytes = 0;
    let failure: Error | null = null;
    const encoder = new VideoEncoder({
      output: (chunk) => (bytes += chunk.byteLength),
      error: (error) => (failure = error),
    });
    encoder.configure(config);
    encoder.encode(frame, { keyFrame: true });
    await encoder.flush();
    encoder.close();
    return failure ? String(failure) : bytes > 0 ? null : 'no output';
  } catch (error) {
    return String(error);
  } finally {
    frame.close();
  }
}
