import {
  AudioSampleSink,
  ALL_FORMATS,
  BlobSource,
  Input,
  Output,
  BufferTarget,
  MkvOutputFormat,
  AudioSampleSource,
  AudioSample,
} from 'mediabunny';
import { afterAll, expect, test } from 'vitest';
import { readFile, remove, exists } from '../../storage/opfs.ts';
import { connect } from '../../workers/rpc.ts';
import type { SoundApi } from '../../workers/sound.worker.ts';

const worker = connect<SoundApi>(
  () => new Worker(new URL('../../workers/sound.worker.ts', import.meta.url), { type: 'module' }),
);
const cleanPath = 'temp/sound-test/clean.wav';
afterAll(async () => {
  worker.close();
  await remove('temp/sound-test');
});

const rate = 44100;
/** A tone in bursts of half a second, both channels, from `start` on, with a hole from 3 to 4 s. */
async function recording(start: number, seconds: number): Promise<File> {
  const target = new BufferTarget();
  const output = new Output({ format: new MkvOutputFormat(), target });
  const source = new AudioSampleSource({ codec: 'pcm-s16' });
  output.addAudioTrack(source);
  await output.start();
  for (let n = 0; n < seconds * 10; n++) {
    const t = start + n / 10;
    if (t >= 2.95 && t < 3.95) continue;
    const frames = rate / 10;
    const data = new Float32Array(2 * frames);
    for (let i = 0; i < frames; i++) {
      const at = t + i / rate;
      const value = at % 1 < 0.5 ? 0.3 * Math.sin(2 * Math.PI * 220 * at) : 0;
      data.fill(value, 2 * i, 2 * i + 2);
    }
    const sample = new AudioSample({
      data,
      format: 'f32',
      numberOfChannels: 2,
      sampleRate: rate,
      timestamp: t,
    });
    await source.add(sample);
    sample.close();
  }
  await output.finalize();
  return new File([target.buffer!], 'tone.mkv');
}

test('levels, waveform and cleaned sound of a track that starts late and has a hole', async () => {
  const seen: number[] = [];
  const evidence = await worker.call.analyseSound(
    { file: await recording(0.5, 6), trackIndex: 0, cleanPath },
    { progress: (p) => seen.push(p.fraction) },
  );
  expect(evidence.loudness).toBeGreaterThan(-20);
  expect(evidence.loudness).toBeLessThan(-8);
  expect(evidence.truePeak).toBeCloseTo(20 * Math.log10(0.3), 0);
  expect(evidence.denoiser).toContain('gtcrn');
  expect(seen.at(-1)).toBe(1);
  expect([...seen].sort((a, b) => a - b)).toEqual(seen);

  const height = (t: number) => evidence.peaks[2 * Math.round(t * evidence.peakRate) + 1]!;
  expect(evidence.peaks.length / 2 / evidence.peakRate).toBeCloseTo(6.5, 1);
  expect(height(0.25)).toBe(0);
  expect(height(1.25)).toBeGreaterThan(30);
  expect(height(3.25)).toBe(0);
  expect(height(4.25)).toBeGreaterThan(30);

  const clean = new Input({
    formats: ALL_FORMATS,
    source: new BlobSource(await readFile(cleanPath)),
  });
  const track = (await clean.getPrimaryAudioTrack())!;
  expect(await track.getSampleRate()).toBe(48000);
  expect(await track.getNumberOfChannels()).toBe(1);
  expect(await track.computeDuration()).toBeCloseTo(6.5, 2);
  using sample = (await new AudioSampleSink(track).getSample(4.2))!;
  expect(Math.abs(sample.timestamp - 4.2)).toBeLessThan(0.2);
});

test('a cancelled analysis leaves no file', async () => {
  const controller = new AbortController();
  const file = await recording(0, 60);
  const call = worker.call.analyseSound(
    { file, trackIndex: 0, cleanPath },
    { signal: controller.signal, progress: (p) => p.fraction > 0.1 && controller.abort() },
  );
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  expect(await exists(cleanPath)).toBe(false);
});

test('what is no audio track is said so', async () => {
  const call = worker.call.analyseSound({ file: await recording(0, 1), trackIndex: 3, cleanPath });
  await expect(call).rejects.toMatchObject({ code: 'no-media-track' });
});
