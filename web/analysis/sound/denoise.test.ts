import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { mixAt, randomSource } from '../../bench/noise/signals.ts';
import { siSdr } from '../../bench/noise/metrics.ts';
import { joined } from '../../core/joined.ts';
import { Denoiser } from './denoise.ts';

const require = createRequire(import.meta.url);
const compiled = (file: string) =>
  new WebAssembly.Module(readFileSync(require.resolve(`@sapphi-red/web-noise-suppressor/${file}`)));
const modules = { gtcrn: compiled('gtcrn.wasm'), rnnoise: compiled('rnnoise_simd.wasm') };
const rate = 48000;

/** Something with a voice's pitch, formants and syllables, so that the models take it for speech. */
function speechLike(seconds: number): Float32Array {
  let phase = 0;
  return Float32Array.from({ length: seconds * rate }, (_, i) => {
    const t = i / rate;
    const pitch = 120 + 25 * Math.sin(2 * Math.PI * 0.7 * t) + 10 * Math.sin(2 * Math.PI * 5 * t);
    phase += (2 * Math.PI * pitch) / rate;
    const first = 500 + 300 * Math.sin(2 * Math.PI * 1.3 * t);
    const second = 1500 + 600 * Math.sin(2 * Math.PI * 0.9 * t + 1);
    let sum = 0;
    for (let k = 1; k < 30; k++) {
      const hz = k * pitch;
      const formants =
        1 / (1 + ((hz - first) / 120) ** 2) + 0.6 / (1 + ((hz - second) / 180) ** 2) + 0.02;
      sum += formants * Math.sin(k * phase);
    }
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 3.2 * t)) ** 0.6;
    return 0.15 * sum * syllable * (t % 3 < 2.2 ? 1 : 0);
  });
}
const white = (length: number) => {
  const random = randomSource(3);
  return Float32Array.from({ length }, () => random() - 0.5);
};

function run(samples: Float32Array, piece = 4801): Float32Array {
  const denoiser = new Denoiser(modules);
  const parts: Float32Array[] = [];
  for (let i = 0; i < samples.length; i += piece) {
    parts.push(denoiser.process(samples.subarray(i, i + piece)));
  }
  parts.push(denoiser.flush());
  return joined(parts);
}

function bestLag(a: Float32Array, b: Float32Array, furthest: number): number {
  let best = -Infinity;
  let lag = NaN;
  for (let shift = -furthest; shift <= furthest; shift++) {
    let sum = 0;
    for (let i = rate; i < 2 * rate; i++) sum += a[i]! * b[i + shift]!;
    if (sum > best) [best, lag] = [sum, shift];
  }
  return lag;
}

describe('noise suppression', () => {
  const clean = speechLike(6);
  const noisy = mixAt(clean, white(clean.length), 5);
  const cleaned = run(noisy);

  test('as long as the input, and not one sample late', () => {
    expect(cleaned.length).toBe(noisy.length);
    expect(bestLag(noisy, cleaned, 200)).toBe(0);
  });

  test('brings the sound nearer to the clean one', () => {
    expect(siSdr(clean, cleaned)).toBeGreaterThan(siSdr(clean, noisy) + 4);
  });

  test('hardly touches a recording without noise', () => {
    expect(siSdr(clean, run(clean))).toBeGreaterThan(18);
  });

  test('the size of the pieces does not matter', () => {
    const other = run(noisy, 960);
    let worst = 0;
    for (let i = 0; i < other.length; i++)
      worst = Math.max(worst, Math.abs(other[i]! - cleaned[i]!));
    expect(worst).toBeLessThan(1e-5);
  });

  test('speech after a long digital silence is heard as before', () => {
    const silence = new Float32Array(5 * rate);
    const later = new Float32Array(silence.length + noisy.length);
    later.set(noisy, silence.length);
    const heard = run(later);
    expect(heard.subarray(rate, silence.length - rate / 10).every((v) => Math.abs(v) < 1e-4)).toBe(
      true,
    );
    expect(siSdr(clean, heard.slice(silence.length))).toBeGreaterThan(siSdr(clean, cleaned) - 2);
  });

  test('short, empty and silent inputs', () => {
    expect(run(new Float32Array()).length).toBe(0);
    expect(run(white(7)).length).toBe(7);
    expect(run(new Float32Array(rate)).every((v) => Math.abs(v) < 1e-3)).toBe(true);
  });
});
