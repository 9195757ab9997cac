/** Small real recordings for tests: the picture shows its frame's number, the sound is whatever a function says. */
import {
  AudioSample,
  AudioSampleSource,
  BufferTarget,
  CanvasSource,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat,
  type VideoCodec,
} from 'mediabunny';

export interface ClipOptions {
  format?: 'mp4' | 'webm';
  seconds: number;
  /** Times of the frames; none for sound alone. */
  frames?: readonly number[];
  width?: number;
  height?: number;
  keyInterval?: number;
  rotation?: 0 | 90 | 180 | 270;
  codec?: VideoCodec;
  /** Level of a channel at a time, seconds of source time; none for a silent picture. */
  sound?: (time: number, channel: number) => number;
  channels?: number;
  sampleRate?: number;
  soundStart?: number;
}

export const steady = (seconds: number, rate = 30): number[] =>
  Array.from({ length: Math.round(seconds * rate) }, (_, i) => i / rate);

/** Bars of black and white across the picture: the bits of the frame's number, highest first. */
export const bits = 10;

export async function makeClip(options: ClipOptions): Promise<File> {
  const { format = 'mp4', seconds, frames = [], width = 320, height = 180, sound } = options;
  const { channels = 1, sampleRate = 48_000, soundStart = 0, keyInterval = 1 } = options;
  const target = new BufferTarget();
  const output = new Output({
    format: format === 'mp4' ? new Mp4OutputFormat() : new WebMOutputFormat(),
    target,
  });
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  const video = new CanvasSource(canvas, {
    codec: options.codec ?? (format === 'mp4' ? 'avc' : 'vp8'),
    bitrate: 600_000,
    keyFrameInterval: keyInterval,
  });
  // Samples as they are in MP4, so that tests can be exact.
  const audio = new AudioSampleSource(
    format === 'mp4' ? { codec: 'pcm-f32' } : { codec: 'opus', bitrate: 96_000 },
  );
  if (frames.length > 0) output.addVideoTrack(video, { rotation: options.rotation ?? 0 });
  if (sound) output.addAudioTrack(audio);
  await output.start();
  const addPicture = async () => {
    for (const [i, time] of frames.entries()) {
      for (let bit = 0; bit < bits; bit++) {
        context.fillStyle = (i >> (bits - 1 - bit)) & 1 ? 'white' : 'black';
        context.fillRect((bit * width) / bits, 0, width / bits + 1, height);
      }
      await video.add(time, (frames[i + 1] ?? seconds) - time);
    }
    video.close();
  };
  const addSound = async () => {
    if (!sound) return;
    const end = Math.round(seconds * sampleRate);
    for (let at = Math.round(soundStart * sampleRate); at < end; at += 4800) {
      const length = Math.min(4800, end - at);
      const data = new Float32Array(length * channels);
      for (let i = 0; i < length; i++)
        for (let c = 0; c < channels; c++) data[i * channels + c] = sound((at + i) / sampleRate, c);
      const sample = new AudioSample({
        data,
        format: 'f32',
        numberOfChannels: channels,
        sampleRate,
        timestamp: at / sampleRate,
      });
      await audio.add(sample);
      sample.close();
    }
    audio.close();
  };
  await Promise.all([frames.length > 0 ? addPicture() : null, addSound()]);
  await output.finalize();
  return new File([target.buffer!], `clip.${format}`, { type: `video/${format}` });
}

/** The number that a picture shows. */
export function numberIn(source: CanvasImageSource): number {
  const canvas = new OffscreenCanvas(bits * 8, 8);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 4, canvas.width, 1);
  let number = 0;
  for (let bit = 0; bit < bits; bit++)
    number = number * 2 + (data[(bit * 8 + 4) * 4 + 1]! > 127 ? 1 : 0);
  return number;
}

/** Voice-like: bursts of a buzzing tone with pauses between; the same for the same time. */
export function babble(time: number): number {
  const syllable =
    Math.max(0, Math.sin(2 * Math.PI * 2.3 * time)) *
    (Math.sin(2 * Math.PI * 0.31 * time) > -0.7 ? 1 : 0);
  let tone = 0;
  const pitch = 120 * time + 4 * Math.sin(2 * Math.PI * 0.7 * time);
  for (let k = 1; k <= 12; k++) tone += Math.sin(2 * Math.PI * k * pitch) / k;
  return 0.08 * syllable * tone;
}
