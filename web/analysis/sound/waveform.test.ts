import { expect, test } from 'vitest';
import { NoiseFloor, WaveformPeaks } from './waveform.ts';

test('a pair of peaks every 10 ms, whatever the pieces', () => {
  const x = Float32Array.from({ length: 4410 }, (_, i) => (i < 2205 ? 0.5 : -1));
  const peaks = new WaveformPeaks(44100);
  for (let i = 0; i < x.length; i += 100) peaks.add(x.subarray(i, i + 100));
  const pairs = peaks.finish();
  expect(pairs.length).toBe(20);
  expect([...pairs.slice(0, 2)]).toEqual([0, 64]);
  expect([...pairs.slice(-2)]).toEqual([-127, 0]);
});

test('the noise floor is that of the pauses, not of gaps or speech', () => {
  const rate = 16000;
  const floor = new NoiseFloor(rate);
  const level = (db: number, seconds: number) =>
    Float32Array.from({ length: rate * seconds }, (_, i) => (i % 2 ? 1 : -1) * 10 ** (db / 20));
  floor.add(new Float32Array(rate * 5));
  floor.add(level(-20, 6));
  floor.add(level(-60, 2));
  expect(floor.level).toBeCloseTo(-60, 0);
  expect(new NoiseFloor(rate).level).toBe(-100);
});
