import { expect, test } from 'vitest';
import { Resampler } from './resample.ts';

const tone = (rate: number, hertz: number, seconds: number) =>
  Float32Array.from({ length: rate * seconds }, (_, i) =>
    Math.sin((2 * Math.PI * hertz * i) / rate),
  );

function convert(input: Float32Array, from: number, to: number, piece: number): Float32Array {
  const resampler = new Resampler(from, to);
  const out: number[] = [];
  for (let i = 0; i < input.length; i += piece)
    out.push(...resampler.push(input.subarray(i, i + piece)));
  out.push(...resampler.flush());
  return Float32Array.from(out);
}
const level = (x: Float32Array) =>
  10 * Math.log10(x.reduce((s, v) => s + v * v, 0) / x.length + 1e-12);

test.each([8000, 11025, 16000, 22050, 32000, 44056, 44100, 48000, 96000])(
  '%i Hz comes out at the right length, in phase and in any pieces',
  (rate) => {
    const out = convert(tone(rate, 440, 1), rate, 16000, 1021);
    expect(Math.abs(out.length - 16000)).toBeLessThanOrEqual(1);
    const wanted = tone(16000, 440, 1);
    let worst = 0;
    for (let i = 200; i < 15800; i++) worst = Math.max(worst, Math.abs(out[i]! - wanted[i]!));
    expect(worst).toBeLessThan(0.01);
  },
);

test('what lies above the new band is taken out, what lies below stays', () => {
  const inside = (hertz: number) =>
    level(convert(tone(48000, hertz, 1), 48000, 16000, 960).subarray(400, 15600));
  expect(inside(9500)).toBeLessThan(-70);
  expect(inside(12000)).toBeLessThan(-70);
  expect(inside(6500)).toBeGreaterThan(-3.2);
});
