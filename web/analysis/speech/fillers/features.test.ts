import { describe, expect, it } from 'vitest';
import { featureCount, fillerFeatures, frameSeconds } from './features.ts';
import { FourierTransform } from './spectrum.ts';

const rate = 16_000;
const tone = (seconds: number, hertz: number) =>
  Float32Array.from({ length: seconds * rate }, (_, i) => {
    const phase = 2 * Math.PI * hertz * (i / rate);
    return 0.2 * Math.sin(phase) + 0.1 * Math.sin(2 * phase) + 0.05 * Math.sin(3 * phase);
  });

describe('features', () => {
  it('transforms a cosine into its two lines', () => {
    const re = Float64Array.from({ length: 64 }, (_, i) => Math.cos((2 * Math.PI * 5 * i) / 64));
    const im = new Float64Array(64);
    new FourierTransform(64).run(re, im);
    re.forEach((value, k) => expect(value).toBeCloseTo(k === 5 || k === 59 ? 32 : 0, 9));
    im.forEach((value) => expect(value).toBeCloseTo(0, 9));
  });

  it('measures pitch and periodicity of a steady voice', () => {
    for (const hertz of [85, 130, 240]) {
      const { pitch, voicing, frames } = fillerFeatures(tone(1, hertz));
      const middle = Math.floor(frames / 2);
      expect(Math.abs(pitch[middle]! - hertz)).toBeLessThan(0.04 * hertz);
      expect(voicing[middle]!).toBeGreaterThan(0.8);
    }
  });

  it('calls noise and silence unvoiced', () => {
    let state = 1;
    const noise = Float32Array.from({ length: rate }, () => {
      state = (state * 16807) % 2147483647;
      return (state / 2147483647 - 0.5) * 0.3;
    });
    const voiced = (samples: Float32Array) =>
      fillerFeatures(samples).pitch.filter((p) => p > 0).length * frameSeconds;
    expect(voiced(noise)).toBeLessThan(0.1);
    expect(voiced(new Float32Array(rate))).toBe(0);
  });

  it('does not depend on how loud the recording is', () => {
    const loud = tone(1, 120);
    const a = fillerFeatures(loud).values;
    const b = fillerFeatures(loud.map((v) => v * 0.1)).values;
    const middle = 25 * featureCount;
    for (let k = middle; k < middle + featureCount; k++) expect(b[k]).toBeCloseTo(a[k]!, 1);
  });
});
