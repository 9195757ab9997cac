/**
 * Whisper's log-mel spectrogram: 25 ms Hann windows every 10 ms, reflected at the ends, Slaney mel
 * bands, log10 limited to 8 below the loudest, scaled to about -1..1 (Radford et al. 2022, 2.2).
 * Done here because transformers.js multiplies the bands with an ONNX runtime of its own.
 */
import { voiceRate } from './types.ts';

const size = 400;
const hop = 160;
const bins = size / 2 + 1;

/** `bands` x `frames`, band by band. Sound shorter than `frames` is followed by silence. */
export function logMel(samples: Float32Array, bands: number, frames: number): Float32Array {
  const power = new Float32Array(bins * 2);
  const filters = melFilters(bands);
  const out = new Float32Array(bands * frames).fill(-10);
  const used = Math.min(frames, Math.ceil((samples.length + size / 2) / hop));
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  let loudest = -10;
  // Two real windows make one complex transform.
  for (let frame = 0; frame < used; frame += 2) {
    for (let i = 0; i < size; i++) {
      re[i] = reflected(samples, frame * hop + i - size / 2) * hann[i]!;
      im[i] = reflected(samples, (frame + 1) * hop + i - size / 2) * hann[i]!;
    }
    transform(re, im);
    for (let k = 0; k < bins; k++) {
      const other = (size - k) % size;
      const [a, b, c, d] = [re[k]!, im[k]!, re[other]!, im[other]!];
      power[k] = ((a + c) ** 2 + (b - d) ** 2) / 4;
      power[bins + k] = ((b + d) ** 2 + (c - a) ** 2) / 4;
    }
    for (let half = 0; half < 2 && frame + half < used; half++)
      for (let band = 0; band < bands; band++) {
        const { first, weights } = filters[band]!;
        let sum = 0;
        for (let k = 0; k < weights.length; k++)
          sum += weights[k]! * power[half * bins + first + k]!;
        const value = Math.log10(Math.max(1e-10, sum));
        out[band * frames + frame + half] = value;
        if (value > loudest) loudest = value;
      }
  }
  for (let i = 0; i < out.length; i++) out[i] = (Math.max(out[i]!, loudest - 8) + 4) / 4;
  return out;
}

const hann = Float64Array.from(
  { length: size },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size),
);

/** Only the start is reflected: the end is always followed by silence. */
const reflected = (samples: Float32Array, i: number) => samples[i < 0 ? -i : i] ?? 0;

interface Filter {
  first: number;
  weights: Float64Array;
}
const filterBanks = new Map<number, Filter[]>();

/** Triangles of equal area, linear below 1 kHz and logarithmic above (Slaney's Auditory Toolbox). */
function melFilters(bands: number): Filter[] {
  const found = filterBanks.get(bands);
  if (found) return found;
  const toMel = (f: number) =>
    f < 1000 ? (f * 3) / 200 : 15 + (27 * Math.log(f / 1000)) / Math.log(6.4);
  const toHertz = (m: number) =>
    m < 15 ? (m * 200) / 3 : 1000 * Math.exp((Math.log(6.4) * (m - 15)) / 27);
  const top = toMel(voiceRate / 2);
  const edges = Array.from({ length: bands + 2 }, (_, i) => toHertz((top * i) / (bands + 1)));
  const bank = Array.from({ length: bands }, (_, band) => {
    const [low, middle, high] = [edges[band]!, edges[band + 1]!, edges[band + 2]!];
    const all = Float64Array.from({ length: bins }, (_, k) => {
      const f = (k * voiceRate) / size;
      const height = Math.min((f - low) / (middle - low), (high - f) / (high - middle));
      return (Math.max(0, height) * 2) / (high - low);
    });
    const first = Math.max(
      0,
      all.findIndex((w) => w > 0),
    );
    const last = all.findLastIndex((w) => w > 0);
    return { first, weights: all.slice(first, last + 1) };
  });
  filterBanks.set(bands, bank);
  return bank;
}

const radices = [4, 4, 5, 5];
const cosines = Float64Array.from({ length: size }, (_, i) => Math.cos((2 * Math.PI * i) / size));
const sines = Float64Array.from({ length: size }, (_, i) => -Math.sin((2 * Math.PI * i) / size));
const spareRe = new Float64Array(size);
const spareIm = new Float64Array(size);

/** Complex Fourier transform of 400 values in place: Stockham's, 4 x 4 x 5 x 5. */
function transform(re: Float64Array<ArrayBuffer>, im: Float64Array<ArrayBuffer>): void {
  let [fromRe, fromIm, toRe, toIm] = [re, im, spareRe, spareIm];
  let done = 1;
  for (const radix of radices) {
    const rest = size / (done * radix);
    for (let p = 0; p < rest; p++)
      for (let q = 0; q < done; q++)
        for (let r = 0; r < radix; r++) {
          let sumRe = 0;
          let sumIm = 0;
          for (let s = 0; s < radix; s++) {
            const at = q + done * (p + rest * s);
            const turn = (s * r * rest * done) % size;
            const [c, d] = [cosines[turn]!, sines[turn]!];
            sumRe += fromRe[at]! * c - fromIm[at]! * d;
            sumIm += fromRe[at]! * d + fromIm[at]! * c;
          }
          const turn = (p * r * done) % size;
          const [c, d] = [cosines[turn]!, sines[turn]!];
          const to = q + done * (r + radix * p);
          toRe[to] = sumRe * c - sumIm * d;
          toIm[to] = sumRe * d + sumIm * c;
        }
    [fromRe, fromIm, toRe, toIm] = [toRe, toIm, fromRe, fromIm];
    done *= radix;
  }
  if (fromRe !== re) {
    re.set(fromRe);
    im.set(fromIm);
  }
}
