import { describe, expect, test } from 'vitest';
import { Resampler } from './resample.ts';

const sine = (hz: number, rate: number, seconds: number) =>
  Float32Array.from({ length: rate * seconds }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rate));

function convert(samples: Float32Array, from: number, to: number): Float32Array {
  const resampler = new Resampler(from, to);
  const parts: Float32Array[] = [];
  for (let i = 0; i < samples.length; i += 777)
    parts.push(resampler.process(samples.subarray(i, i + 777)));
  parts.push(resampler.flush());
  return Float32Array.from(parts.flatMap((p) => [...p]));
}

describe('Resampler', () => {
  test.each([
    [44100, 48000],
    [48000, 16000],
    [16000, 48000],
    [22050, 48000],
    [96000, 48000],
    [11025, 48000],
  ])('%d to %d Hz keeps length, phase and level', (from, to) => {
    const out = convert(sine(440, from, 1), from, to);
    expect(out.length).toBe(to);
    const wanted = sine(440, to, 1);
    let worst = 0;
    for (let i = to / 10; i < to * 0.9; i++)
      worst = Math.max(worst, Math.abs(out[i]! - wanted[i]!));
    expect(worst).toBeLessThan(1e-3);
  });

  test('what the lower rate cannot hold is gone', () => {
    const out = convert(sine(10000, 48000, 1), 48000, 16000);
    expect(Math.max(...out.subarray(1000, 15000).map(Math.abs))).toBeLessThan(1e-3);
  });
});

test('goes on at the right place after digital silence', () => {
  const tone = Float32Array.from({ length: 4800 }, (_, i) => Math.sin(i / 7));
  const whole = new Float32Array(4800 + 48000 + 4800);
  whole.set(tone);
  whole.set(tone, 52800);
  const atOnce = new Resampler(48000, 16000).process(whole);
  const resampler = new Resampler(48000, 16000);
  const parts: number[] = [];
  for (let i = 0; i < whole.length; i += 480) {
    parts.push(...resampler.process(whole.subarray(i, i + 480)));
  }
  expect(parts).toEqual([...atOnce]);
});
