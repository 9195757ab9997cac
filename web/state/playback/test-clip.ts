/** Small recordings for tests: a picture whose grey says its time, a sine for sound. */
import {
  AudioSample,
  AudioSampleSource,
  BufferTarget,
  CanvasSource,
  Mp4OutputFormat,
  Output,
  Quality,
  WavOutputFormat,
  WebMOutputFormat,
} from 'mediabunny';
import { sourceTime } from '../../core/time.ts';
import type { Recording } from '../../core/recording.ts';
import { recordingFolder, writeFile } from '../../storage/opfs.ts';

export const tone = 441;
export const sampleRate = 44_100;
export const amplitude = 0.4;

/** Grey level, 0 to 255, at a moment; steep enough to tell frames of 1/25 s apart. */
export const greyAt = (time: number, duration: number) => 30 + (195 * time) / duration;

const sine = (start: number, frames: number, rate: number, gain: number, frequency: number) =>
  Float32Array.from(
    { length: frames },
    (_, i) => gain * Math.sin(2 * Math.PI * frequency * (start + i / rate)),
  );

async function addSine(
  source: AudioSampleSource,
  duration: number,
  rate: number,
  gain: number,
  frequency = tone,
) {
  const step = rate / 10;
  for (let frame = 0; frame < duration * rate; frame += step) {
    const timestamp = frame / rate;
    const data = sine(timestamp, step, rate, gain, frequency);
    const sample = new AudioSample({
      data,
      format: 'f32',
      numberOfChannels: 1,
      sampleRate: rate,
      timestamp,
    });
    await source.add(sample);
    sample.close();
  }
}

/** Lossless sound alone. */
export async function makeWav(
  duration: number,
  gain = amplitude,
  rate = sampleRate,
): Promise<ArrayBuffer> {
  const target = new BufferTarget();
  const output = new Output({ format: new WavOutputFormat(), target });
  const audio = new AudioSampleSource({ codec: 'pcm-s16' });
  output.addAudioTrack(audio);
  await output.start();
  await addSine(audio, duration, rate, gain);
  await output.finalize();
  return target.buffer!;
}

/** Sound alone in several tracks, each a tone of its own. */
export async function makeTones(
  duration: number,
  tones: readonly { frequency: number; amplitude: number }[],
): Promise<ArrayBuffer> {
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat(), target });
  const tracks = tones.map((t) => ({ ...t, source: new AudioSampleSource({ codec: 'pcm-f32' }) }));
  for (const { source } of tracks) output.addAudioTrack(source);
  await output.start();
  for (const track of tracks)
    await addSine(track.source, duration, sampleRate, track.amplitude, track.frequency);
  await output.finalize();
  return target.buffer!;
}

/** `start`: of its first frame; the grey tells the time all the same. */
export async function makeWebm(
  duration: number,
  { frameRate = 25, start = 0 } = {},
): Promise<ArrayBuffer> {
  const target = new BufferTarget();
  const output = new Output({ format: new WebMOutputFormat(), target });
  const canvas = new OffscreenCanvas(160, 96);
  const context = canvas.getContext('2d', { alpha: false })!;
  const video = new CanvasSource(canvas, {
    codec: 'vp8',
    quality: new Quality({ bitrate: 400_000 }),
    keyFrameInterval: 3,
  });
  const audio = new AudioSampleSource({ codec: 'opus', quality: new Quality({ bitrate: 96_000 }) });
  output.addVideoTrack(video);
  output.addAudioTrack(audio);
  await output.start();
  await addSine(audio, duration, 48_000, amplitude);
  for (let i = Math.round(start * frameRate); i < duration * frameRate; i++) {
    const grey = Math.round(greyAt(i / frameRate, duration));
    context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
    context.fillRect(0, 0, canvas.width, canvas.height);
    await video.add(i / frameRate, 1 / frameRate);
  }
  await output.finalize();
  return target.buffer!;
}

/** Stores a clip as a recording's screen, and another one as its camera. */
export async function storeRecording(
  data: ArrayBuffer,
  duration: number,
  has: { video: boolean; audio: boolean },
  camera?: { data: ArrayBuffer; start: number; end: number },
): Promise<Recording> {
  const id = crypto.randomUUID();
  const path = `${recordingFolder(id)}/main`;
  await writeFile(path, data);
  const times = { start: 0, end: duration };
  const size = { width: 160, height: 96, rotation: 0 as const, frameRate: 25 };
  const cameraPath = `${recordingFolder(id)}/camera`;
  if (camera) await writeFile(cameraPath, camera.data);
  return {
    id,
    name: 'Clip',
    createdAt: Date.now(),
    source: 'upload',
    duration: sourceTime(duration),
    size: data.byteLength,
    fingerprint: id,
    files: [
      {
        role: 'screen',
        path,
        type: 'video/webm',
        size: data.byteLength,
        video: has.video ? { codec: 'vp8', ...size, ...times } : null,
        audio: has.audio ? [{ codec: 'opus', sampleRate: 48_000, channels: 1, ...times }] : [],
      },
      ...(camera
        ? [
            {
              role: 'camera' as const,
              path: cameraPath,
              type: 'video/webm',
              size: camera.data.byteLength,
              video: { codec: 'vp8', ...size, start: camera.start, end: camera.end },
              audio: [],
            },
          ]
        : []),
    ],
    voiceTrack: 0,
    interactions: [],
    notices: [],
  };
}
