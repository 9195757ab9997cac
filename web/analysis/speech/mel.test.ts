import { expect, test } from 'vitest';
import { logMel } from './mel.ts';

/** The definition, term by term, for one frame. */
function slowPower(samples: Float32Array, frame: number): Float64Array {
  return Float64Array.from({ length: 201 }, (_, k) => {
    let re = 0;
    let im = 0;
    for (let i = 0; i < 400; i++) {
      const at = Math.abs(frame * 160 + i - 200);
      const x = (samples[at] ?? 0) * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / 400));
      re += x * Math.cos((2 * Math.PI * k * i) / 400);
      im -= x * Math.sin((2 * Math.PI * k * i) / 400);
    }
    return re * re + im * im;
  });
}

test('one band over everything equals the power spectrum under its triangle', () => {
  let seed = 1;
  const noise = Float32Array.from({ length: 16000 }, () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647 - 0.5;
  });
  const mel = logMel(noise, 1, 100);
  const middle = (() => {
    const top = 15 + (27 * Math.log(8)) / Math.log(6.4);
    const m = top / 2;
    return m < 15 ? (m * 200) / 3 : 1000 * Math.exp((Math.log(6.4) * (m - 15)) / 27);
  })();
  for (const frame of [0, 1, 50, 97]) {
    let sum = 0;
    slowPower(noise, frame).forEach((p, k) => {
      const f = k * 40;
      sum += p * Math.max(0, Math.min(f / middle, (8000 - f) / (8000 - middle))) * (2 / 8000);
    });
    expect(mel[frame]).toBeCloseTo((Math.log10(sum) + 4) / 4, 4);
  }
});

test('a tone lights up one band and silence is eight decades below it', () => {
  const tone = Float32Array.from({ length: 8000 }, (_, i) =>
    Math.sin((2 * Math.PI * 1000 * i) / 16000),
  );
  const mel = logMel(tone, 80, 100);
  const column = (frame: number) =>
    Array.from({ length: 80 }, (_, band) => mel[band * 100 + frame]!);
  const bright = column(25);
  expect(bright.indexOf(Math.max(...bright))).toBe(26);
  expect(Math.max(...bright) - Math.max(...column(80))).toBeCloseTo(2, 1);
});
