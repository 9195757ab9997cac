/** Noise made by formula, from a seed, and mixing at a known level. Mono, -1 to 1. */

/** Mulberry32 by Tommy Ettinger (public domain): small, seeded, good enough for noise. */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Mains hum of 50 Hz with harmonics, and a little hiss. */
export function hum(length: number, rate: number): Float32Array {
  const random = randomSource(50);
  return Float32Array.from({ length }, (_, i) => {
    let sum = 0.02 * (random() - 0.5);
    for (const [harmonic, level] of humHarmonics) {
      sum += level * Math.sin(2 * Math.PI * 50 * harmonic * (i / rate) + harmonic);
    }
    return 0.2 * sum;
  });
}
const humHarmonics = [
  [1, 1],
  [2, 0.6],
  [3, 0.5],
  [4, 0.2],
  [5, 0.25],
  [7, 0.15],
  [9, 0.1],
  [12, 0.05],
] as const;

/** A computer's fan: rushing air (noise falling with frequency) and the pitch of the blades. */
export function fan(length: number, rate: number): Float32Array {
  const random = randomSource(7);
  const pole = Math.exp((-2 * Math.PI * 500) / rate);
  let low = 0;
  return Float32Array.from({ length }, (_, i) => {
    const white = random() + random() - 1;
    low = pole * low + (1 - pole) * white;
    const blades = Math.sin((2 * Math.PI * 231 * i) / rate) * (1 + 0.3 * Math.sin(i / rate));
    return low + 0.03 * white + 0.02 * blades;
  });
}

/** Typing: about six strokes a second, each two short bursts of noise over a damped ring. */
export function keyboard(length: number, rate: number): Float32Array {
  const random = randomSource(101);
  const x = new Float32Array(length);
  const burst = (at: number, level: number, pitch: number) => {
    for (let i = 0; i < 0.03 * rate && at + i < length; i++) {
      const t = i / rate;
      const click = (random() - 0.5) * Math.exp(-t / 0.003);
      const ring = 0.4 * Math.sin(2 * Math.PI * pitch * t) * Math.exp(-t / 0.008);
      x[at + i]! += level * (click + ring);
    }
  };
  for (let t = 0.1; t * rate < length; t += 0.06 + 0.2 * random()) {
    const level = 0.3 + 0.7 * random();
    const pitch = 1200 + 2500 * random();
    burst(Math.round(t * rate), level, pitch);
    burst(Math.round((t + 0.07 + 0.03 * random()) * rate), 0.5 * level, pitch * 0.9);
  }
  for (let i = 0; i < length; i++) x[i]! += 0.002 * (random() - 0.5);
  return x;
}

/** `speech` + `noise`, repeated to the length, so that their energies differ by `snr` dB. */
export function mixAt(speech: Float32Array, noise: Float32Array, snr: number): Float32Array {
  const n = speech.map((_, i) => noise[i % noise.length]!);
  const gain = Math.sqrt(energy(speech) / energy(n) / 10 ** (snr / 10));
  const mix = speech.map((v, i) => v + gain * n[i]!);
  const peak = mix.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
  return peak > 0.98 ? mix.map((v) => (v * 0.98) / peak) : mix;
}

const energy = (x: Float32Array) => x.reduce((sum, v) => sum + v * v, 0);
