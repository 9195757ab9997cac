/**
 * Which video encoder: each candidate has to encode real frames, and its packets have to decode to
 * the same picture. What a browser says it can do is not always so.
 */
import { FrameFitter, encodedSize, type FrameSize } from './frame-fitter.ts';

export type CodecFamily = 'avc' | 'vp9' | 'vp8';

export interface VideoWishes {
  frameRate: number;
  maxHeight: number;
  content: 'screen' | 'camera';
  /** Families that failed in this capture. */
  avoid: readonly CodecFamily[];
}

export interface ChosenEncoder {
  family: CodecFamily;
  config: VideoEncoderConfig;
  size: FrameSize;
  frameRate: number;
}

const trialFrames = 6;
const trialMs = 4000;

/** Null when nothing works. The frame stays open. */
export async function chooseEncoder(
  frame: VideoFrame,
  wishes: VideoWishes,
): Promise<ChosenEncoder | null> {
  let slow: ChosenEncoder | null = null;
  for (const rung of ladder(wishes)) {
    const found = await firstThatWorks(frame, rung, wishes);
    if (!found) continue;
    if (found.msPerFrame < 700 / rung.frameRate) return found.chosen;
    slow = found.chosen;
  }
  // The least of what was tried; the queue drops what is too much.
  return slow;
}

async function firstThatWorks(
  frame: VideoFrame,
  { frameRate, maxHeight }: Pick<VideoWishes, 'frameRate' | 'maxHeight'>,
  { avoid, content }: VideoWishes,
): Promise<{ chosen: ChosenEncoder; msPerFrame: number } | null> {
  const size = encodedSize(frame, maxHeight);
  for (const { family, codecs } of candidates(size, frameRate)) {
    if (avoid.includes(family)) continue;
    for (const codec of codecs) {
      const config = configure(codec, size, frameRate, content);
      const result = await trial(config, frame, new FrameFitter(size));
      if (typeof result !== 'string')
        return { chosen: { family, config, size, frameRate }, msPerFrame: result.msPerFrame };
      console.warn(`video encoder ${codec}: ${result}`);
    }
  }
  return null;
}

/** What is tried in turn, when the computer is too slow for what was wished. */
function* ladder({ frameRate, maxHeight }: VideoWishes) {
  yield { frameRate, maxHeight };
  if (frameRate > 30) yield { frameRate: 30, maxHeight };
  if (maxHeight > 1080) yield { frameRate: Math.min(30, frameRate), maxHeight: 1080 };
}

/** Bits for a pixel and frame; screens mostly stand still and then use far less. */
const bits = {
  screen: { avc: 0.08, vp9: 0.055, vp8: 0.08 },
  camera: { avc: 0.07, vp9: 0.05, vp8: 0.07 },
};

const familyOf = (codec: string): CodecFamily =>
  codec.startsWith('avc') ? 'avc' : codec.startsWith('vp0') ? 'vp9' : 'vp8';

function configure(
  codec: string,
  { width, height }: FrameSize,
  frameRate: number,
  content: VideoWishes['content'],
): VideoEncoderConfig {
  const family = familyOf(codec);
  const wanted = width * height * frameRate * bits[content][family];
  return {
    codec,
    width,
    height,
    bitrate: Math.round(Math.max(400_000, wanted)),
    bitrateMode: 'variable',
    framerate: frameRate,
    latencyMode: 'realtime',
    contentHint: content === 'screen' ? 'text' : 'motion',
    ...(family === 'avc' ? { avc: { format: 'avc' } } : {}),
  };
}

/** H.264 levels (table A-1): macroblocks a second and macroblocks a frame. */
const avcLevels: [level: string, perSecond: number, perFrame: number][] = [
  ['1f', 108_000, 3600],
  ['28', 245_760, 8192],
  ['2a', 522_240, 8704],
  ['33', 983_040, 36_864],
  ['34', 2_073_600, 36_864],
];

function candidates({ width, height }: FrameSize, frameRate: number) {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const fits = avcLevels.find(
    ([, perSecond, perFrame]) => blocks * frameRate <= perSecond && blocks <= perFrame,
  );
  const level = fits?.[0] ?? '34';
  const avc = [`avc1.6400${level}`, `avc1.4d00${level}`, `avc1.42e0${level}`];
  // VP9 level 4.1 reaches to 1080p60, 5.1 to 2160p60.
  const vp9 = [blocks <= 8704 ? 'vp09.00.41.08' : 'vp09.00.51.08'];
  return [
    { family: 'avc' as const, codecs: avc },
    { family: 'vp9' as const, codecs: vp9 },
    { family: 'vp8' as const, codecs: ['vp8'] },
  ];
}

/** What went wrong, in words for the log, or how long a frame took. */
async function trial(
  config: VideoEncoderConfig,
  frame: VideoFrame,
  fitter: FrameFitter,
): Promise<string | { msPerFrame: number }> {
  const chunks: EncodedVideoChunk[] = [];
  let decoderConfig: VideoDecoderConfig | null = null;
  let failure = '';
  const encoder = new VideoEncoder({
    output(chunk, metadata) {
      chunks.push(chunk);
      decoderConfig ??= metadata?.decoderConfig ?? null;
    },
    error: (error) => (failure = String(error)),
  });
  try {
    // Asks another process, which may be the one that is not well.
    const { supported } = await withinTime(VideoEncoder.isConfigSupported(config), trialMs);
    if (!supported) return 'not supported';
    encoder.configure(config);
    const began = performance.now();
    for (let i = 0; i < trialFrames; i++) {
      const fitted = fitter.fit(frame, i * 33_333);
      encoder.encode(fitted, { keyFrame: i === 0 });
      fitted.close();
    }
    await withinTime(encoder.flush(), trialMs);
    const msPerFrame = (performance.now() - began) / trialFrames;
    if (failure) return failure;
    if (!decoderConfig || chunks[0]?.type !== 'key') return 'no key frame';
    const likeness = await decodesTo(frame, fitter, decoderConfig, chunks);
    return likeness === null ? { msPerFrame } : likeness;
  } catch (error) {
    return failure || String(error);
  } finally {
    if (encoder.state !== 'closed') encoder.close();
  }
}

/** Null when the packets show the picture. */
async function decodesTo(
  frame: VideoFrame,
  fitter: FrameFitter,
  config: VideoDecoderConfig,
  chunks: readonly EncodedVideoChunk[],
): Promise<string | null> {
  let shown: Uint8ClampedArray | null = null;
  let failure = '';
  const decoder = new VideoDecoder({
    output(decoded) {
      shown = thumbnail(decoded);
      decoded.close();
    },
    error: (error) => (failure = String(error)),
  });
  try {
    decoder.configure(config);
    for (const chunk of chunks) decoder.decode(chunk);
    await withinTime(decoder.flush(), trialMs);
    if (failure || !shown) return failure || 'nothing was decoded';
    const fitted = fitter.fit(frame, 0);
    const wanted = thumbnail(fitted);
    fitted.close();
    const difference = meanDifference(wanted, shown);
    return difference < 20 ? null : `the picture differs by ${difference.toFixed(0)} of 255`;
  } finally {
    if (decoder.state !== 'closed') decoder.close();
  }
}

function thumbnail(frame: VideoFrame): Uint8ClampedArray {
  const context = new OffscreenCanvas(32, 18).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(frame, 0, 0, 32, 18);
  return context.getImageData(0, 0, 32, 18).data;
}

const meanDifference = (a: Uint8ClampedArray, b: Uint8ClampedArray) =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;

/** Rejects when it takes longer: some encoders never answer. */
export function withinTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ms} ms`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
