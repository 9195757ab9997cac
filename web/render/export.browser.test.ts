import { ALL_FORMATS, BlobSource, Input, VideoSampleSink } from 'mediabunny';
import { afterAll, describe, expect, it } from 'vitest';
import { AppError } from '../core/errors.ts';
import { sourceRange, sourceTime, type SourceRange } from '../core/time.ts';
import { TimeMap } from '../core/timeline.ts';
import { exists, readFile, remove } from '../storage/opfs.ts';
import { connect } from '../workers/rpc.ts';
import type { ExportApi } from '../workers/export.worker.ts';
import { babble, makeClip, numberIn, steady } from './clips.ts';
import type { ExportReport, ExportRequest } from './export-request.ts';
import { exportVideo } from './export-video.ts';
import type { WritableFile } from './file-writer.ts';

const worker = connect<ExportApi>(
  () => new Worker(new URL('../workers/export.worker.ts', import.meta.url), { type: 'module' }),
);
afterAll(() => worker.close());

const outputPath = 'temp/export-test/out';
const request = (
  source: File,
  duration: number,
  cuts: SourceRange[],
  more: Partial<ExportRequest> = {},
) => ({
  source,
  voiceTrack: 0,
  cleanSound: null,
  duration,
  cuts,
  normalise: true,
  format: 'mp4' as const,
  outputPath,
  ...more,
});

async function run(input: ExportRequest): Promise<{ report: ExportReport; fractions: number[] }> {
  const fractions: number[] = [];
  const report = await worker.call.exportVideo(input, {
    progress: ({ fraction }) => fractions.push(fraction),
  });
  return { report, fractions };
}

/** Every picture shown and when, in order. */
async function pictures(): Promise<
  { number: number; time: number; width: number; height: number }[]
> {
  using input = new Input({
    source: new BlobSource(await readFile(outputPath)),
    formats: ALL_FORMATS,
  });
  const track = (await input.getPrimaryVideoTrack())!;
  const list = [];
  for await (const sample of new VideoSampleSink(track).samples()) {
    const frame = sample.toVideoFrame();
    list.push({
      number: numberIn(frame),
      time: sample.timestamp,
      width: sample.displayWidth,
      height: sample.displayHeight,
    });
    frame.close();
    sample.close();
  }
  return list;
}

/** The largest distance between where a picture is and where the time map puts the frame of that number. */
function largestOffset(
  shown: { number: number; time: number }[],
  frames: number[],
  map: TimeMap,
): number {
  let largest = 0;
  for (const { number, time } of shown) {
    const placed = map.toOutputNearest(sourceTime(frames[number]!));
    largest = Math.max(largest, Math.abs(placed - time));
  }
  return largest;
}

const cuts = [sourceRange(0.71, 1.33), sourceRange(2.05, 2.4), sourceRange(3.6, 3.7)];
const frames = steady(5);
const map = new TimeMap(sourceTime(5), cuts);

describe('an export', () => {
  it('copies an H.264 recording: pictures and sound at their places', async () => {
    const { report, fractions } = await run(
      request(await makeClip({ seconds: 5, frames, sound: babble }), 5, cuts),
    );
    expect(report.method).toBe('copied');
    expect(report.copiedFrames).toBeGreaterThan(report.encodedFrames);
    expect(report.validation.problems).toEqual([]);
    expect(report.validation.pictureOffset).toBeLessThan(0.002);
    expect(report.validation.soundOffset).toBeLessThan(0.002);
    expect(report.duration).toBeCloseTo(map.duration, 6);
    expect(report.type).toContain('avc1');
    expect(report.type).toContain('mp4a.40.2');
    const shown = await pictures();
    expect(largestOffset(shown, frames, map)).toBeLessThan(1 / 30 + 0.001);
    // Cut frames are gone.
    expect(shown.some(({ number }) => frames[number]! > 0.75 && frames[number]! < 1.3)).toBe(false);
    expect(fractions.at(-1)).toBe(1);
    expect(fractions.every((fraction, i) => i === 0 || fraction >= fractions[i - 1]!)).toBe(true);
  });

  it('encodes it again for WebM and keeps an uneven rhythm of frames', async () => {
    const uneven = Array.from(
      { length: 60 },
      (_, i) => i * 0.04 + (i > 30 ? (i - 30) * 0.05 : 0) + (i % 3) * 0.007,
    );
    const clip = await makeClip({
      seconds: 5,
      frames: uneven,
      sound: babble,
      width: 322,
      height: 180,
    });
    const { report } = await run(request(clip, 5, cuts, { format: 'webm' }));
    expect(report.method).toBe('re-encoded');
    expect(report.reason).toContain('avc');
    expect(report.type).toMatch(/vp0?9/);
    expect(report.type).toContain('opus');
    const shown = await pictures();
    expect(largestOffset(shown, uneven, map)).toBeLessThan(0.09);
    const kept = uneven.filter((time) => map.toOutput(sourceTime(time)) !== null).length;
    // One more at each joint: what is on screen when a stretch begins.
    expect(shown.length).toBeGreaterThanOrEqual(kept);
    expect(shown.length).toBeLessThanOrEqual(kept + cuts.length);
  });

  it('copies VP8 into WebM', async () => {
    const clip = await makeClip({ seconds: 5, frames, sound: babble, format: 'webm' });
    const { report } = await run(request(clip, 5, cuts, { format: 'webm' }));
    expect(report.method).toBe('copied');
    expect(report.validation.problems).toEqual([]);
    expect(largestOffset(await pictures(), frames, map)).toBeLessThan(1 / 30 + 0.002);
  });

  it('turns an odd-sized VP9 recording into H.264 with even sides', async () => {
    const clip = await makeClip({
      seconds: 2,
      frames: steady(2),
      format: 'webm',
      codec: 'vp9',
      width: 321,
      height: 181,
    });
    const { report } = await run(request(clip, 2, [sourceRange(0.5, 1)]));
    expect(report.method).toBe('re-encoded');
    expect(report.sound).toBeNull();
    expect((await pictures())[0]).toMatchObject({ width: 320, height: 180 });
  });

  it.each([false, true])('keeps a recording upright (encoded anew: %s)', async (reencode) => {
    const clip = await makeClip({ seconds: 2, frames: steady(2), rotation: 90 });
    const { report } = await run(request(clip, 2, [sourceRange(0.5, 1)], { reencode }));
    expect(report.method).toBe(reencode ? 're-encoded' : 'copied');
    using input = new Input({
      source: new BlobSource(await readFile(outputPath)),
      formats: ALL_FORMATS,
    });
    const track = (await input.getPrimaryVideoTrack())!;
    expect(await track.getRotation()).toBe(90);
    expect([await track.getDisplayWidth(), await track.getDisplayHeight()]).toEqual([180, 320]);
    // The bars stand as the encoder saw them, not turned twice.
    const sample = (await new VideoSampleSink(track).getSample(1.2))!;
    expect([sample.codedWidth, sample.codedHeight]).toEqual([320, 180]);
    sample.close();
  });

  it('exports sound alone', async () => {
    const { report } = await run(
      request(await makeClip({ seconds: 4, sound: babble }), 4, [sourceRange(1, 2)]),
    );
    expect(report.method).toBe('sound-only');
    expect(report.type).toContain('mp4a');
    expect(report.validation.problems).toEqual([]);
    expect(report.validation.duration).toBeCloseTo(3, 2);
  });

  it('says when nothing is left', async () => {
    const clip = await makeClip({ seconds: 2, sound: babble });
    await expect(run(request(clip, 2, [sourceRange(0, 2)]))).rejects.toMatchObject({
      code: 'export-empty',
    });
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const clip = await makeClip({ seconds: 5, frames, sound: babble });
    const controller = new AbortController();
    const pending = worker.call.exportVideo(request(clip, 5, cuts, { reencode: true }), {
      signal: controller.signal,
      progress: ({ fraction }) => fraction > 0.05 && controller.abort(),
    });
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => exists(outputPath)).toBe(false);
  });

  it('leaves nothing behind when the disk is full', async () => {
    const clip = await makeClip({ seconds: 5, frames, sound: babble });
    let written = 0;
    let isClosed = false;
    const full: WritableFile = {
      write: (data) => {
        written += data.byteLength;
        return written > 20_000 ? 0 : data.byteLength;
      },
      flush: () => undefined,
      close: () => (isClosed = true),
    };
    const failing = exportVideo(
      request(clip, 5, cuts),
      { signal: new AbortController().signal, progress: () => undefined },
      { openFile: () => Promise.resolve(full) },
    );
    const error = await failing.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'disk-full' });
    expect(isClosed).toBe(true);
  });

  it('copies what it can between cuts of a few frames each', async () => {
    const clip = await makeClip({ seconds: 4, frames: steady(4), sound: babble });
    const short = Array.from({ length: 40 }, (_, i) => sourceRange(0.05 + i * 0.1, 0.1 + i * 0.1));
    const { report } = await run(request(clip, 4, short));
    expect(report).toMatchObject({ method: 'copied', reason: null });
    expect(report.validation.joints).toBe(39);
    await remove(outputPath);
  });

  it('writes the tail of sound behind the last picture', async () => {
    const clip = await makeClip({ seconds: 4, frames: steady(3), sound: babble });
    const { report } = await run(request(clip, 4, [sourceRange(1, 1.5)]));
    expect(report.validation.problems).toEqual([]);
    expect(report.validation.duration).toBeCloseTo(3.5, 1);
    await remove(outputPath);
  });
});
