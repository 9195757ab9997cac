/**
 * What the filler network hears. Per 20 ms: two 10 ms slices of a log-mel spectrum, relative to
 * the level of the speech around, and three values of the voice's pitch. Filled pauses are steady
 * in both, words are not.
 */
import { FourierTransform, hann, melBank } from './spectrum.ts';

const rate = 16_000;
/** Samples from one feature frame to the next: 20 ms. */
export const frameSamples = 320;
/** Seconds of one feature frame. */
export const frameSeconds = frameSamples / rate;
const bandCount = 40;
const sliceSamples = frameSamples / 2;
const slicesPerFrame = 2;
const pitchValues = 3;
/** Values in one frame. */
export const featureCount = slicesPerFrame * bandCount + pitchValues;

const melSize = 512;
const melWindow = hann(400);
const melFilters = melBank(bandCount, 60, 7600, melSize, rate);
const melFourier = new FourierTransform(melSize);

const pitchSize = 1024;
const pitchWindow = hann(640);
const pitchFourier = new FourierTransform(pitchSize);
const shortestLag = Math.floor(rate / 420);
const longestLag = Math.ceil(rate / 62);
const windowCorrelation = correlationOf(Float64Array.from(pitchWindow));

export interface FillerFeatures {
  frames: number;
  /** `frames` rows of `featureCount`. */
  values: Float32Array;
  /** dBFS of each frame, and how periodic it is (0 to 1). */
  levels: Float32Array;
  voicing: Float32Array;
  /** Hz; 0 where unvoiced. */
  pitch: Float32Array;
}

/**
 * Features of 16 kHz mono. Level is taken relative to the loudest twentieth of the given stretch,
 * so give some 5 to 40 s at once. Frame `i` is centred on `(i + 0.5) * frameSeconds`.
 */
export function fillerFeatures(samples: Float32Array): FillerFeatures {
  const frames = Math.floor(samples.length / frameSamples);
  const values = new Float32Array(frames * featureCount);
  const levels = new Float32Array(frames);
  const voicing = new Float32Array(frames);
  const pitch = new Float32Array(frames);
  const energies = new Float64Array(frames * slicesPerFrame);
  for (let i = 0; i < frames; i++) {
    for (let s = 0; s < slicesPerFrame; s++) {
      const centre = i * frameSamples + (s + 0.5) * sliceSamples;
      const row = i * featureCount + s * bandCount;
      energies[i * slicesPerFrame + s] = logMel(samples, centre, values, row);
    }
    const centre = (i + 0.5) * frameSamples;
    levels[i] = levelAround(samples, centre);
    const found = pitchAround(samples, centre);
    voicing[i] = found.strength;
    pitch[i] = found.strength > 0.45 ? found.hertz : 0;
  }
  normalise(values, energies, frames);
  addPitch(values, pitch, voicing, frames);
  return { frames, values, levels, voicing, pitch };
}

const stretch = new Float64Array(pitchWindow.length);
const melRe = new Float64Array(melSize);
const melIm = new Float64Array(melSize);

function logMel(samples: Float32Array, centre: number, out: Float32Array, row: number): number {
  const start = Math.round(centre - melWindow.length / 2);
  melRe.fill(0);
  melIm.fill(0);
  for (let i = 0; i < melWindow.length; i++) melRe[i] = (samples[start + i] ?? 0) * melWindow[i]!;
  melFourier.run(melRe, melIm);
  let total = 0;
  melFilters.bands.forEach(({ first, weights }, b) => {
    let sum = 0;
    for (let k = 0; k < weights.length; k++) {
      const bin = first + k;
      sum += weights[k]! * (melRe[bin]! ** 2 + melIm[bin]! ** 2);
    }
    total += sum;
    out[row + b] = Math.log(sum + 1e-8);
  });
  return Math.log(total + 1e-8);
}

function levelAround(samples: Float32Array, centre: number): number {
  let sum = 0;
  for (let i = centre - sliceSamples; i < centre + sliceSamples; i++) sum += (samples[i] ?? 0) ** 2;
  return 10 * Math.log10(sum / frameSamples + 1e-10);
}

/**
 * Periodicity and pitch by the autocorrelation of a windowed stretch, divided by that of the
 * window (Boersma 1993, "Accurate short-term analysis of the fundamental frequency").
 */
function pitchAround(samples: Float32Array, centre: number): { strength: number; hertz: number } {
  const start = Math.round(centre - pitchWindow.length / 2);
  let mean = 0;
  for (let i = 0; i < pitchWindow.length; i++) mean += samples[start + i] ?? 0;
  mean /= pitchWindow.length;
  for (let i = 0; i < pitchWindow.length; i++) {
    stretch[i] = ((samples[start + i] ?? 0) - mean) * pitchWindow[i]!;
  }
  const correlation = correlationOf(stretch);
  const power = correlation[0]!;
  if (power < 1e-9) return { strength: 0, hertz: 0 };
  let best = 0;
  let bestLag = 0;
  for (let lag = shortestLag; lag <= longestLag; lag++) {
    const r = (correlation[lag]! / power) * (windowCorrelation[0]! / windowCorrelation[lag]!);
    // A small cost on long lags keeps the octave below from winning by a hair.
    const cost = 0.02 * Math.log2(lag / shortestLag);
    if (r - cost > best) {
      best = r - cost;
      bestLag = lag;
    }
  }
  return { strength: Math.min(1, best), hertz: bestLag ? rate / bestLag : 0 };
}

function correlationOf(windowed: Float64Array): Float64Array {
  const real = new Float64Array(pitchSize);
  const imaginary = new Float64Array(pitchSize);
  real.set(windowed);
  pitchFourier.run(real, imaginary);
  for (let i = 0; i < pitchSize; i++) real[i] = real[i]! ** 2 + imaginary[i]! ** 2;
  imaginary.fill(0);
  pitchFourier.run(real, imaginary);
  return real;
}

/** Level relative to the loudest twentieth, clipped, brought to about -1 to 1. */
function normalise(values: Float32Array, energies: Float64Array, frames: number): void {
  const sorted = Float64Array.from(energies).sort();
  const reference = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
  for (let i = 0; i < frames; i++) {
    for (let b = 0; b < slicesPerFrame * bandCount; b++) {
      const k = i * featureCount + b;
      values[k] = (Math.max(-12, Math.min(2, values[k]! - reference)) + 6) / 4;
    }
  }
}

function addPitch(
  values: Float32Array,
  pitch: Float32Array,
  voicing: Float32Array,
  frames: number,
): void {
  const voiced = pitch.filter((hertz) => hertz > 0).sort();
  const median = voiced[Math.floor(voiced.length / 2)] ?? 120;
  for (let i = 0; i < frames; i++) {
    const row = i * featureCount + slicesPerFrame * bandCount;
    const [now, before] = [pitch[i]!, pitch[i - 1] ?? 0];
    const clip = (x: number) => Math.max(-1, Math.min(1, x));
    values[row] = voicing[i]! * 2 - 1;
    values[row + 1] = now && before ? clip(Math.log2(now / before) * 8) : 0;
    values[row + 2] = now ? clip(Math.log2(now / median)) : 0;
  }
}
