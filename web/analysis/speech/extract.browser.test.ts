import { AudioSample, AudioSampleSource, BufferTarget, Output, WebMOutputFormat } from 'mediabunny';
import { expect, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { remove } from '../../storage/opfs.ts';
import { extractVoice } from './extract.ts';
import { openVoice } from './voice-file.ts';

const job = { signal: new AbortController().signal, progress: () => undefined };

/** Stereo Opus at 48 kHz: a tone in each of the given stretches, nothing else in the file. */
async function recording(stretches: [number, number][]): Promise<File> {
  const target = new BufferTarget();
  const output = new Output({ format: new WebMOutputFormat(), target });
  const source = new AudioSampleSource({ codec: 'opus', bitrate: 128_000 });
  output.addAudioTrack(source);
  await output.start();
  for (const [start, end] of stretches)
    for (let t = start; t < end - 1e-6; t += 0.1) {
      const data = new Float32Array(2 * 4800);
      for (let i = 0; i < 4800; i++)
        data.fill(0.5 * Math.sin(2 * Math.PI * 440 * (t + i / 48000)), 2 * i, 2 * i + 2);
      const sample = new AudioSample({
        data,
        format: 'f32',
        numberOfChannels: 2,
        sampleRate: 48000,
        timestamp: t,
      });
      await source.add(sample);
      sample.close();
    }
  await output.finalize();
  return new File([target.buffer!], 'late.webm');
}

const level = (x: Float32Array) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);

test('a late start and a gap are silence, so that samples lie at their source time', async () => {
  const file = await recording([[1.5, 2.5], [3.5, 4.5]]); // prettier-ignore
  const path = 'temp/extract-test.pcm16';
  await remove(path);
  const voice = await openVoice(file, 0, path, job);
  expect(voice.duration).toBeGreaterThan(4.4);
  expect(voice.duration).toBeLessThan(4.6);
  expect(level(await voice.read(0, 1.45))).toBeLessThan(0.002);
  expect(level(await voice.read(1.6, 2.4))).toBeCloseTo(0.354, 1);
  expect(level(await voice.read(2.6, 3.4))).toBeLessThan(0.002);
  expect(level(await voice.read(3.6, 4.4))).toBeCloseTo(0.354, 1);
  const beyond = await voice.read(4, 8);
  expect(beyond.length).toBe(4 * 16000);
  expect(level(beyond.subarray(16000))).toBe(0);
  // Kept: opening it again does not decode the file again.
  const again = await openVoice(new File([], 'gone'), 0, path, job);
  expect(again.duration).toBe(voice.duration);
});

test('chunks come in order and without holes', async () => {
  let next = 0;
  for await (const { time, samples } of extractVoice(await recording([[0.3, 1]]), 0, job)) {
    expect(time).toBeCloseTo(next, 6);
    next += samples.length / 16000;
  }
  expect(next).toBeCloseTo(1, 1);
});

test('a file without that track says so, and an aborted one stops', async () => {
  const file = await recording([[0, 1]]);
  const read = async (track: number, signal: AbortSignal) => {
    for await (const _ of extractVoice(file, track, { ...job, signal }));
  };
  await expect(read(3, job.signal)).rejects.toMatchObject({ code: 'no-media-track' });
  await expect(read(0, AbortSignal.abort())).rejects.toThrow();
  const noise = new File([new Uint8Array(5000).fill(7)], 'noise.webm');
  await expect(openVoice(noise, 0, 'temp/none.pcm16', job)).rejects.toBeInstanceOf(AppError);
});
