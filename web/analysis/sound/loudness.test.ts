/** Signals after EBU Tech 3341 (minimum requirements, test cases 1 to 5 and 15 to 19). */
import { describe, expect, test } from 'vitest';
import { kWeighting, LoudnessMeter } from './loudness.ts';

const rate = 48000;
/** 1 kHz sines one after another: [level in dBFS, seconds]. */
function sines(parts: [number, number][], hz = 1000, at = rate): Float32Array {
  const total = parts.reduce((sum, [, s]) => sum + s, 0);
  const x = new Float32Array(Math.round(total * at));
  let i = 0;
  for (const [level, seconds] of parts) {
    for (const end = i + Math.round(seconds * at); i < end; i++) {
      x[i] = 10 ** (level / 20) * Math.sin((2 * Math.PI * hz * i) / at);
    }
  }
  return x;
}
function measure(planes: Float32Array[], at = rate): LoudnessMeter {
  const meter = new LoudnessMeter(at, planes.length);
  // Pieces of odd length, as a decoder hands them over.
  for (let i = 0; i < planes[0]!.length; i += 1021)
    meter.add(planes.map((p) => p.subarray(i, i + 1021)));
  return meter;
}
const stereo = (x: Float32Array) => [x, x];

describe('integrated loudness', () => {
  test.each([-23, -33])('a stereo sine of %d dBFS reads the same in LUFS', (level) => {
    expect(measure(stereo(sines([[level, 20]]))).integrated).toBeCloseTo(level, 1);
  });

  test.each([8000, 16000, 22050, 44100, 96000])('at %d Hz as well', (at) => {
    expect(measure(stereo(sines([[-23, 10]], 1000, at)), at).integrated).toBeCloseTo(-23, 1);
  });

  test('one channel alone counts once: 3 LU less', () => {
    expect(measure([sines([[-23, 20]])]).integrated).toBeCloseTo(-26.01, 1);
  });

  test('quieter stretches fall under the relative gate', () => {
    const x = sines([
      [-36, 10],
      [-23, 60],
      [-36, 10],
    ]);
    expect(measure(stereo(x)).integrated).toBeCloseTo(-23, 1);
  });

  test('silence falls under the absolute gate', () => {
    const x = sines([
      [-72, 10],
      [-36, 10],
      [-23, 60],
      [-36, 10],
      [-72, 10],
    ]);
    expect(measure(stereo(x)).integrated).toBeCloseTo(-23, 1);
  });

  test('levels close to each other are averaged by energy', () => {
    const x = sines([
      [-26, 20],
      [-20, 20.1],
      [-26, 20],
    ]);
    expect(measure(stereo(x)).integrated).toBeCloseTo(-23, 1);
  });

  test('nothing above the gate is minus infinity', () => {
    expect(measure([new Float32Array(rate)]).integrated).toBe(-Infinity);
    expect(measure([sines([[-20, 0.3]])]).integrated).toBe(-Infinity);
  });

  test('at 48 kHz the filters are the ones printed in BS.1770', () => {
    const [shelf, pass] = kWeighting(48000);
    expect(shelf.b0).toBeCloseTo(1.53512485958697, 6);
    expect(shelf.a2).toBeCloseTo(0.73248077421585, 6);
    expect(pass.a1).toBeCloseTo(-1.99004745483398, 6);
  });
});

describe('true peak', () => {
  /** Faded in and out over 10 ms: a hard start is itself a peak. */
  const sine = (divisor: number, degrees: number) =>
    Float32Array.from({ length: rate }, (_, i) => {
      const fade = Math.min(1, i / 480, (rate - 1 - i) / 480);
      return 0.5 * fade * Math.sin((2 * Math.PI * i) / divisor + (degrees * Math.PI) / 180);
    });
  test.each([
    [4, 0],
    [4, 45],
    [6, 60],
    [8, 67.5],
  ])('a sine of half of full scale at 1/%d of the sample rate, phase %d', (divisor, degrees) => {
    const peak = measure([sine(divisor, degrees)]).truePeak;
    // Tech 3341 asks for -6 dBTP, +0.2 and -0.4.
    expect(peak).toBeGreaterThan(-6.4);
    expect(peak).toBeLessThan(-5.8);
  });

  test('the loudest channel counts, and digital silence has no peak', () => {
    expect(measure([sine(8, 0), new Float32Array(rate)]).truePeak).toBeCloseTo(-6.02, 0);
    expect(measure([new Float32Array(rate)]).truePeak).toBe(-Infinity);
  });
});
