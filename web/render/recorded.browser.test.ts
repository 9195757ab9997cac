/** What our own recordings have beyond a file: a camera of its own, and tab sound beside the voice. */
import {
  ALL_FORMATS,
  AudioBufferSink,
  AudioSample,
  AudioSampleSource,
  BlobSource,
  BufferTarget,
  CanvasSource,
  Input,
  Mp4OutputFormat,
  Output,
  VideoSampleSink,
} from 'mediabunny';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bubbleIn, cameraShown, defaultCamera } from '../core/camera.ts';
import type { CameraChoice } from '../core/project.ts';
import { sourceRange, sourceTime } from '../core/time.ts';
import { TimeMap } from '../core/timeline.ts';
import { readFile, remove } from '../storage/opfs.ts';
import type { ExportApi } from '../workers/export.worker.ts';
import { connect } from '../workers/rpc.ts';
import type { ExportRequest } from './export-request.ts';

const worker = connect<ExportApi>(
  () => new Worker(new URL('../workers/export.worker.ts', import.meta.url), { type: 'module' }),
);
const outputPath = 'temp/recorded-test/out';
afterAll(async () => {
  worker.close();
  await remove('temp/recorded-test');
});

const duration = 4;
const frame = { width: 640, height: 360 };
const own = { width: 320, height: 240 };

interface ClipOptions {
  size: { width: number; height: number };
  times: readonly number[];
  end: number;
  colour: (time: number) => string;
  /** Frequencies of its sound tracks. */
  tones?: readonly number[];
}
const amplitude = 0.2;
const rate = 48_000;

async function clip({ size, times, end, colour, tones = [] }: ClipOptions): Promise<File> {
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat(), target });
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext('2d', { alpha: false })!;
  const video = new CanvasSource(canvas, { codec: 'avc', bitrate: 2e6, keyFrameInterval: 1 });
  output.addVideoTrack(video);
  const sounds = tones.map((frequency) => ({
    frequency,
    // Samples as they are, so that levels can be exact.
    source: new AudioSampleSource({ codec: 'pcm-f32' }),
  }));
  for (const { source } of sounds) output.addAudioTrack(source);
  await output.start();
  for (const [i, time] of times.entries()) {
    context.fillStyle = colour(time);
    context.fillRect(0, 0, size.width, size.height);
    await video.add(time, (times[i + 1] ?? end) - time);
  }
  for (const { frequency, source } of sounds) {
    const data = Float32Array.from(
      { length: end * rate },
      (_, i) => amplitude * Math.sin((2 * Math.PI * frequency * i) / rate),
    );
    const shape = { format: 'f32', numberOfChannels: 1, sampleRate: rate } as const;
    const sample = new AudioSample({ data, ...shape, timestamp: 0 });
    await source.add(sample);
    sample.close();
  }
  await output.finalize();
  return new File([target.buffer!], 'clip.mp4', { type: 'video/mp4' });
}

const every = (from: number, to: number, step: number) =>
  Array.from({ length: Math.ceil((to - from) / step - 1e-9) }, (_, i) => from + i * step);

/** It starts late and ends early. */
const camera = { start: 0.32, end: 2.4 };
const greyOf = (time: number) => 40 + 80 * time;
const voiceTone = 440;
const tabTone = 1500;
let screenFile: File;
let cameraClip: File;
beforeAll(async () => {
  screenFile = await clip({
    size: frame,
    // A screen that stands still, as tabs give it: a frame a second.
    times: every(0, duration, 1),
    end: duration,
    colour: () => 'rgb(20 20 20)',
    tones: [voiceTone, tabTone],
  });
  cameraClip = await clip({
    size: own,
    times: every(camera.start, camera.end, 0.04),
    end: camera.end,
    colour: (time) => `rgb(${greyOf(time)} ${greyOf(time)} ${greyOf(time)})`,
  });
}, 30_000);

const request = (more: Partial<ExportRequest> = {}): ExportRequest => ({
  source: screenFile,
  voiceTrack: 0,
  cleanSound: null,
  duration,
  cuts: [],
  normalise: false,
  format: 'mp4',
  outputPath,
  ...more,
});
const withCamera = (choice: CameraChoice, source: File = cameraClip) => ({
  source,
  choice,
  shown: cameraShown(choice, camera, duration),
});

/** Grey in the middle of the bubble and in the middle of the picture, of every frame written. */
async function seen(choice: CameraChoice) {
  const { x, y, width, height } = bubbleIn(choice, frame, own);
  using input = new Input({
    source: new BlobSource(await readFile(outputPath)),
    formats: ALL_FORMATS,
  });
  const canvas = new OffscreenCanvas(frame.width, frame.height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  const grey = (left: number, top: number) => context.getImageData(left, top, 1, 1).data[1]!;
  const list: { time: number; bubble: number; corner: number; beside: number }[] = [];
  const track = (await input.getPrimaryVideoTrack())!;
  for await (const sample of new VideoSampleSink(track).samples()) {
    sample.draw(context, 0, 0, frame.width, frame.height);
    list.push({
      time: sample.timestamp,
      bubble: grey(x + width / 2, y + height / 2),
      // In the square around the circle, but not in the circle.
      corner: grey(x + 3, y + 3),
      beside: grey(frame.width / 2, 20),
    });
    sample.close();
  }
  return list;
}

describe('the camera in an export', () => {
  it('is in its place, of the right moment, across a cut, and no longer than it was there', async () => {
    const cuts = [sourceRange(0.9, 1.5)];
    const map = new TimeMap(sourceTime(duration), cuts);
    const choice = { ...defaultCamera, x: 0, size: 0.4 };
    const report = await worker.call.exportVideo(request({ cuts, camera: withCamera(choice) }));
    expect(report.method).toBe('re-encoded');
    expect(report.validation.problems).toEqual([]);
    const frames = await seen(choice);
    // The screen has four frames; what moves is the camera.
    expect(frames.length).toBeGreaterThan(30);
    for (const { time, bubble, corner, beside } of frames) {
      const source = map.toSource(time as never);
      const last = camera.end - 0.04;
      const shown = Math.min(Math.max(source, camera.start), last);
      const wanted = source < camera.end + 1 ? greyOf(shown) : 20;
      // A frame lasts 0.04 s, 3.2 levels; coding adds a little.
      expect(Math.abs(bubble - wanted), `at ${time}`).toBeLessThan(9);
      expect(Math.abs(corner - 20)).toBeLessThan(9);
      expect(Math.abs(beside - 20)).toBeLessThan(9);
    }
    expect(frames.at(-1)!.bubble).toBeLessThan(30);
  }, 30_000);

  it.each([
    { hidden: 'dropped', choice: { ...defaultCamera, visible: false } },
    { hidden: 'hidden everywhere', choice: { ...defaultCamera, hidden: [sourceRange(0, 9)] } },
  ])('where it is $hidden, the packets are copied', async ({ choice }) => {
    const report = await worker.call.exportVideo(request({ camera: withCamera(choice) }));
    expect(report).toMatchObject({ method: 'copied', encodedFrames: 0 });
  });

  it('is left out where its file is broken, and the rest is there', async () => {
    const broken = new File([(await cameraClip.arrayBuffer()).slice(0, 900)], 'camera.mp4');
    const camera = withCamera(defaultCamera, broken);
    const report = await worker.call.exportVideo(request({ camera }));
    expect(report).toMatchObject({ method: 'copied' });
    expect(report.validation.problems).toEqual([]);
  });
});

/** Level of a tone in the written sound, as an amplitude: Goertzel's algorithm over its middle. */
async function levels(): Promise<{ voice: number; tab: number }> {
  using input = new Input({
    source: new BlobSource(await readFile(outputPath)),
    formats: ALL_FORMATS,
  });
  const track = (await input.getPrimaryAudioTrack())!;
  const samples: number[] = [];
  for await (const { buffer } of new AudioBufferSink(track).buffers(1, 3))
    samples.push(...buffer.getChannelData(0));
  const level = (frequency: number) => {
    let [re, im] = [0, 0];
    for (const [i, sample] of samples.entries()) {
      re += sample * Math.cos((2 * Math.PI * frequency * i) / rate);
      im += sample * Math.sin((2 * Math.PI * frequency * i) / rate);
    }
    return (2 * Math.hypot(re, im)) / samples.length;
  };
  return { voice: level(voiceTone), tab: level(tabTone) };
}
const decibels = (ratio: number) => 20 * Math.log10(ratio);

describe('voice and tab sound in an export', () => {
  it('are mixed at the levels asked for, and the picture is still copied', async () => {
    const report = await worker.call.exportVideo(
      request({ otherTracks: [1], levels: { voice: 1, others: 0.5 } }),
    );
    expect(report.method).toBe('copied');
    const { voice, tab } = await levels();
    expect(Math.abs(decibels(voice / amplitude))).toBeLessThan(0.3);
    expect(Math.abs(decibels(tab / (0.5 * amplitude)))).toBeLessThan(0.3);
  });

  it('the voice can be muted, and the tab heard alone', async () => {
    await worker.call.exportVideo(request({ otherTracks: [1], levels: { voice: 0, others: 1 } }));
    const { voice, tab } = await levels();
    expect(voice).toBeLessThan(0.002);
    expect(Math.abs(decibels(tab / amplitude))).toBeLessThan(0.3);
  });

  it('only the voice is brought to its loudness, whatever else sounds', async () => {
    const input = { normalise: true, otherTracks: [1] };
    await worker.call.exportVideo(request({ ...input, levels: { voice: 1, others: 0.5 } }));
    const mixed = await levels();
    const alone = await worker.call.exportVideo(request({ normalise: true }));
    const { voice, tab } = await levels();
    expect(tab).toBeLessThan(0.002);
    expect(Math.abs(alone.sound!.loudness! + 16)).toBeLessThan(0.5);
    expect(Math.abs(decibels(mixed.voice / voice))).toBeLessThan(0.5);
    expect(Math.abs(decibels(mixed.tab / (0.5 * amplitude)))).toBeLessThan(0.5);
    // Quieter, as it is asked for, is not listened to again as if it were wrong.
    const quiet = await worker.call.exportVideo(
      request({ normalise: true, levels: { voice: 0.5, others: 1 } }),
    );
    expect(Math.abs(quiet.sound!.loudness! + 22)).toBeLessThan(0.5);
  }, 30_000);

  it('what stands in for the voice without noise leaves the tab as it is', async () => {
    const clean = await clip({
      size: { width: 64, height: 64 },
      times: [0],
      end: duration,
      colour: () => 'black',
      tones: [300],
    });
    await worker.call.exportVideo(
      request({ cleanSound: clean, otherTracks: [1], levels: { voice: 1, others: 1 } }),
    );
    const { voice, tab } = await levels();
    expect(voice).toBeLessThan(0.002);
    expect(Math.abs(decibels(tab / amplitude))).toBeLessThan(0.3);
  });
});
