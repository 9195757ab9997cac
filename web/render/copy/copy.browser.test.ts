import {
  ALL_FORMATS,
  BlobSource,
  BufferTarget,
  CanvasSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  Mp4OutputFormat,
  Output,
  VideoSampleSink,
  WebMOutputFormat,
  type InputVideoTrack,
  type VideoCodec,
} from 'mediabunny';
import { describe, expect, test } from 'vitest';
import { sourceRange, sourceTime } from '../../core/time.ts';
import { TimeMap } from '../../core/timeline.ts';
import { planCopy } from './plan.ts';
import { copyVideo, emptyReport } from './stream.ts';
import type { CopyPlan } from './types.ts';

const [width, height, rate, frames] = [320, 180, 20, 60];

/** Three seconds, a key frame every second; the grey of frame n is 20 + 3n. */
async function record(codec: VideoCodec): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  const target = new BufferTarget();
  const format = codec === 'avc' ? new Mp4OutputFormat() : new WebMOutputFormat();
  const output = new Output({ format, target });
  const source = new CanvasSource(canvas, { codec, bitrate: 1e6, keyFrameInterval: 1 });
  output.addVideoTrack(source);
  await output.start();
  for (let n = 0; n < frames; n++) {
    context.fillStyle = `rgb(${20 + 3 * n} ${20 + 3 * n} ${20 + 3 * n})`;
    context.fillRect(0, 0, width, height);
    await source.add(n / rate, 1 / rate);
  }
  await output.finalize();
  return new Blob([target.buffer!]);
}

async function open(blob: Blob): Promise<InputVideoTrack> {
  const input = new Input({ formats: ALL_FORMATS, source: new BlobSource(blob) });
  return (await input.getPrimaryVideoTrack())!;
}

const segments = (...cuts: [number, number][]): TimeMap['segments'] =>
  new TimeMap(
    sourceTime(frames / rate),
    cuts.map(([start, end]) => sourceRange(start, end)),
  ).segments;

async function planned(track: InputVideoTrack, ...cuts: [number, number][]): Promise<CopyPlan> {
  const plan = await planCopy(track, segments(...cuts));
  if (plan.kind === 'refusal') throw new Error(`${plan.reason}: ${plan.detail}`);
  return plan;
}

/** Writes the plan's packets and reads back which frame is shown when. */
async function shown(plan: CopyPlan): Promise<{ time: number; frame: number }[]> {
  const target = new BufferTarget();
  const format = plan.codec === 'avc' ? new Mp4OutputFormat() : new WebMOutputFormat();
  const output = new Output({ format, target });
  const video = new EncodedVideoPacketSource(plan.codec);
  output.addVideoTrack(video, { rotation: plan.rotation });
  await output.start();
  for await (const { packet, meta } of copyVideo(plan)) await video.add(packet, meta);
  await output.finalize();
  const result: { time: number; frame: number }[] = [];
  const sink = new VideoSampleSink(await open(new Blob([target.buffer!])));
  const canvas = new OffscreenCanvas(8, 8);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  for await (const sample of sink.samples()) {
    sample.draw(context, 0, 0, 8, 8);
    const grey = context.getImageData(4, 4, 1, 1).data[0]!;
    result.push({ time: sample.timestamp, frame: Math.round((grey - 20) / 3) });
    sample.close();
  }
  return result;
}

describe.each(['avc', 'vp8', 'vp9'] as const)('%s', (codec) => {
  test('shows the right frames at the right times and copies all it can', async () => {
    const track = await open(await record(codec));
    const plan = await planned(track, [0.42, 1.53]);
    // Frames 0–8, then 30 (on screen at 1.53) to 59; 40 is the next key frame.
    const wanted = [
      ...Array.from({ length: 9 }, (_, n) => ({ time: n / rate, frame: n })),
      { time: 0.42, frame: 30 },
      ...Array.from({ length: 29 }, (_, n) => ({
        time: 0.42 + (31 + n) / rate - 1.53,
        frame: 31 + n,
      })),
    ];
    const got = await shown(plan);
    expect(got.map((f) => f.frame)).toEqual(wanted.map((f) => f.frame));
    for (const [i, { time }] of got.entries()) {
      expect(Math.abs(time - wanted[i]!.time)).toBeLessThan(codec === 'avc' ? 1e-4 : 0.001);
    }
    expect(plan.encodedPictures).toBe(10);
  });

  test('takes packets over byte for byte', async () => {
    const track = await open(await record(codec));
    const report = emptyReport();
    const plan = await planned(track, [0.42, 1.53]);
    const sink = new EncodedPacketSink(track);
    const copied: number[] = [];
    let end = 0;
    for await (const { packet, origin, source } of copyVideo(plan, { report })) {
      end = Math.max(end, packet.timestamp + packet.duration);
      if (origin === 'encoded') continue;
      expect((await sink.getPacket(source + 1e-4))!.data).toEqual(packet.data);
      copied.push(Math.round(source * rate));
    }
    expect(copied).toEqual([
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      ...Array.from({ length: 20 }, (_, n) => 40 + n),
    ]);
    expect([report.copiedPackets, report.encodedPackets]).toEqual([29, 10]);
    expect(report.joints).toEqual([{ output: 0.42, before: 0.42, after: 1.53 }]);
    expect(end).toBeCloseTo(frames / rate - 1.11, 5);
  });

  test('encodes nothing when every range begins at a key frame', async () => {
    const plan = await planned(await open(await record(codec)), [0.5, 1.02]);
    expect(plan.encodedPictures).toBe(0);
    expect((await shown(plan)).map((f) => f.frame).slice(9, 12)).toEqual([9, 20, 21]);
  });

  test('stands cuts within one frame, and ranges shorter than one', async () => {
    const plan = await planned(await open(await record(codec)), [0.51, 0.52], [0.53, 1.61]);
    const got = (await shown(plan)).slice(9, 14);
    expect(got.map((f) => f.frame)).toEqual([9, 10, 10, 32, 33]);
  });
});

test('says why it cannot copy', async () => {
  const track = await open(await record('vp8'));
  const faster = new TimeMap(sourceTime(3), [], [{ ...sourceRange(0, 3), speed: 2 }]);
  expect(await planCopy(track, faster.segments)).toMatchObject({ reason: 'speed' });
  const short = segments([0, 2.5]);
  expect(await planCopy(track, short)).toMatchObject({ reason: 'nothing-to-copy' });
});

test('stops when told to, silently', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const plan = await planned(await open(await record('vp8')), [0.42, 1.53]);
  let count = 0;
  const run = async (): Promise<void> => {
    for await (const { packet } of copyVideo(plan, { signal })) {
      expect(packet.data.length).toBeGreaterThan(0);
      if (++count === 3) controller.abort();
    }
  };
  await expect(run()).rejects.toMatchObject({ name: 'AbortError' });
  expect(count).toBe(3);
});
