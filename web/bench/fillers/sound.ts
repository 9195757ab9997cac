/** Sound in memory for the bench: reading, levels, joining, noise. 16 kHz mono. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

export const rate = 16_000;

/** Any file that ffmpeg reads. */
export function readSound(file: string): Float32Array {
  const bytes = execFileSync(
    'ffmpeg',
    ['-v', 'error', '-i', file, '-ac', '1', '-ar', String(rate), '-f', 'f32le', '-'],
    { maxBuffer: 1 << 29 },
  );
  return new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  );
}

/** Writes 16-bit WAV. */
export function writeSound(file: string, samples: Float32Array): void {
  const bytes = Buffer.alloc(44 + samples.length * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + samples.length * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((v, i) =>
    bytes.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round(v * 32767))), 44 + 2 * i),
  );
  writeFileSync(file, bytes);
}

export const silence = (seconds: number) => new Float32Array(Math.round(seconds * rate));

/** Root mean square of the frames within 30 dB of the loudest: the level of what is spoken. */
export function activeLevel(samples: Float32Array): number {
  const energies: number[] = [];
  for (let i = 0; i + 320 <= samples.length; i += 320) {
    let sum = 0;
    for (let k = i; k < i + 320; k++) sum += samples[k]! ** 2;
    energies.push(sum / 320);
  }
  const top = Math.max(1e-12, ...energies);
  const active = energies.filter((e) => e > top / 1000);
  return Math.sqrt(active.reduce((a, e) => a + e, 0) / Math.max(1, active.length)) || 1e-6;
}

export const scaled = (samples: Float32Array, gain: number) => samples.map((v) => v * gain);

/** Short ramps at both ends, so that joints do not click. */
export function faded(samples: Float32Array, seconds: number): Float32Array {
  const length = Math.min(Math.floor(samples.length / 2), Math.round(seconds * rate));
  const out = samples.slice();
  for (let i = 0; i < length; i++) {
    out[i]! *= i / length;
    out[out.length - 1 - i]! *= i / length;
  }
  return out;
}

/** Without what is 32 dB below the loudest 10 ms at either end. */
export function trimmed(samples: Float32Array): Float32Array {
  const energies: number[] = [];
  for (let i = 0; i + 160 <= samples.length; i += 160) {
    let sum = 1e-12;
    for (let k = i; k < i + 160; k++) sum += samples[k]! ** 2;
    energies.push(10 * Math.log10(sum));
  }
  const least = Math.max(...energies) - 32;
  const first = energies.findIndex((e) => e > least);
  const last = energies.findLastIndex((e) => e > least);
  return samples.slice(first * 160, (last + 1) * 160);
}

/** Played faster or slower, pitch and all. */
export function resampled(samples: Float32Array, speed: number): Float32Array {
  return Float32Array.from({ length: Math.floor(samples.length / speed) }, (_, i) => {
    const at = i * speed;
    const k = Math.floor(at);
    const [a, b] = [samples[k] ?? 0, samples[k + 1] ?? 0];
    return a + (b - a) * (at - k);
  });
}

/** Speech with noise at `ratio` dB below its active level. */
export function withNoise(speech: Float32Array, noise: Float32Array, ratio: number, from: number) {
  let power = 0;
  for (let i = 0; i < speech.length; i++) power += noise[(from + i) % noise.length]! ** 2;
  const gain = (activeLevel(speech) * 10 ** (-ratio / 20)) / Math.sqrt(power / speech.length);
  const mixed = speech.map((v, i) => v + gain * noise[(from + i) % noise.length]!);
  const peak = mixed.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
  return peak > 0.98 ? scaled(mixed, 0.98 / peak) : mixed;
}

/** A generator of the same numbers every time (mulberry32), 0 to 1. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
