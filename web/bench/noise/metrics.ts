/** How near a cleaned signal is to the clean one. Both signals have the same length and no lag. */
import { Fft } from '../../analysis/sound/fft.ts';
import { Resampler } from '../../analysis/sound/resample.ts';

/** Scale-invariant signal-to-distortion ratio, dB (Le Roux et al., ICASSP 2019), means removed. */
export function siSdr(clean: Float32Array, heard: Float32Array): number {
  const a = mean(clean);
  const b = mean(heard);
  let dot = 0;
  let energy = 0;
  for (let i = 0; i < clean.length; i++) {
    dot += (clean[i]! - a) * (heard[i]! - b);
    energy += (clean[i]! - a) ** 2;
  }
  const scale = dot / energy;
  let target = 0;
  let error = 0;
  for (let i = 0; i < clean.length; i++) {
    const t = scale * (clean[i]! - a);
    target += t * t;
    error += (heard[i]! - b - t) ** 2;
  }
  return 10 * Math.log10(target / (error + 1e-30));
}

const mean = (x: Float32Array) => x.reduce((sum, v) => sum + v, 0) / x.length;

const rate = 10000;
const frame = 256;
const hop = 128;
const fftSize = 512;
const bands = 15;
const lowestCentre = 150;
/** Frames a segment: 384 ms. */
const segment = 30;
/** Lower bound of the signal to distortion ratio, dB. */
const beta = -15;
/** Frames this far below the loudest do not count, dB. */
const dynamicRange = 40;

/** Short-time objective intelligibility, 0 to 1 (Taal et al., IEEE TASLP 19(7), 2011). */
export function stoi(clean: Float32Array, heard: Float32Array, sampleRate: number): number {
  const [x, y] = dropSilentFrames(resampled(clean, sampleRate), resampled(heard, sampleRate));
  const X = bandEnvelopes(x);
  const Y = bandEnvelopes(y);
  const clip = 1 + 10 ** (-beta / 20);
  const clipped = new Float64Array(segment);
  let sum = 0;
  let count = 0;
  for (let band = 0; band < bands; band++) {
    for (let end = segment; end <= X[band]!.length; end++) {
      const a = X[band]!.subarray(end - segment, end);
      const b = Y[band]!.subarray(end - segment, end);
      const scale = norm(a) / (norm(b) + Number.EPSILON);
      for (let i = 0; i < segment; i++) clipped[i] = Math.min(b[i]! * scale, a[i]! * clip);
      sum += correlation(a, clipped);
      count++;
    }
  }
  return count === 0 ? NaN : sum / count;
}

function resampled(x: Float32Array, from: number): Float32Array {
  if (from === rate) return x;
  const resampler = new Resampler(from, rate);
  const head = resampler.process(x);
  const tail = resampler.flush();
  const all = new Float32Array(head.length + tail.length);
  all.set(head);
  all.set(tail, head.length);
  return all;
}

/** Symmetric Hann window without its zeros, as in the authors' code. */
const hann = Float64Array.from(
  { length: frame },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 1)) / (frame + 1)),
);

function dropSilentFrames(x: Float32Array, y: Float32Array): [Float64Array, Float64Array] {
  const starts: number[] = [];
  for (let at = 0; at + frame < x.length + 1; at += hop) starts.push(at);
  const levels = starts.map((at) => {
    let energy = 0;
    for (let i = 0; i < frame; i++) energy += (x[at + i]! * hann[i]!) ** 2;
    return 20 * Math.log10(Math.sqrt(energy) + Number.EPSILON);
  });
  const loudest = levels.reduce((a, b) => Math.max(a, b), -Infinity);
  const kept = starts.filter((_, i) => levels[i]! > loudest - dynamicRange);
  const length = Math.max(0, kept.length - 1) * hop + frame;
  const join = (signal: Float32Array) => {
    const out = new Float64Array(length);
    kept.forEach((at, n) => {
      for (let i = 0; i < frame; i++) out[n * hop + i]! += signal[at + i]! * hann[i]!;
    });
    return out;
  };
  return [join(x), join(y)];
}

/** Of each third of an octave from 150 Hz, the square root of its energy frame by frame. */
function bandEnvelopes(x: Float64Array): Float64Array[] {
  const bin = (hz: number) => Math.round((hz * fftSize) / rate);
  const count = Math.max(0, Math.floor((x.length - frame) / hop) + 1);
  const envelopes = Array.from({ length: bands }, () => new Float64Array(count));
  const fft = new Fft(fftSize);
  const re = new Float64Array(fftSize);
  const im = new Float64Array(fftSize);
  for (let n = 0; n < count; n++) {
    re.fill(0);
    im.fill(0);
    for (let i = 0; i < frame; i++) re[i] = x[n * hop + i]! * hann[i]!;
    fft.forward(re, im);
    envelopes.forEach((envelope, band) => {
      const centre = lowestCentre * 2 ** (band / 3);
      let energy = 0;
      for (let k = bin(centre * 2 ** (-1 / 6)); k < bin(centre * 2 ** (1 / 6)); k++) {
        energy += re[k]! ** 2 + im[k]! ** 2;
      }
      envelope[n] = Math.sqrt(energy);
    });
  }
  return envelopes;
}

function norm(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * x[i]!;
  return Math.sqrt(sum);
}

function correlation(a: Float64Array, b: Float64Array): number {
  let meanA = 0;
  let meanB = 0;
  for (let i = 0; i < a.length; i++) {
    meanA += a[i]! / a.length;
    meanB += b[i]! / b.length;
  }
  let dot = 0;
  let energyA = 0;
  let energyB = 0;
  for (let i = 0; i < a.length; i++) {
    dot += (a[i]! - meanA) * (b[i]! - meanB);
    energyA += (a[i]! - meanA) ** 2;
    energyB += (b[i]! - meanB) ** 2;
  }
  return dot / (Math.sqrt(energyA * energyB) + Number.EPSILON);
}
