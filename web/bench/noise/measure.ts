/** The part of the noise bench that runs in the page: decodes, mixes, cleans and measures. */
import { Denoiser, denoiseRate, type DenoiserModules } from '../../analysis/sound/denoise.ts';
import { Gtcrn, gtcrnDelay, gtcrnFrame, gtcrnRate } from '../../analysis/sound/gtcrn.ts';
import { Resampler } from '../../analysis/sound/resample.ts';
import { Rnnoise, rnnoiseDelay, rnnoiseFrame } from '../../analysis/sound/rnnoise.ts';
import { mixDown, readVoiceTrack } from '../../analysis/sound/voice-track.ts';
import { joined } from '../../core/joined.ts';
import { openModelFile } from '../../models/loader.ts';
import { siSdr, stoi } from './metrics.ts';
import { fan, hum, keyboard, mixAt } from './signals.ts';

export const methods = ['RNNoise', 'GTCRN', 'Cairn'] as const;
export type Method = (typeof methods)[number];
export interface Score {
  siSdr: number;
  stoi: number;
}
interface NoiseRow {
  noise: string;
  /** dB; 'all' is the mean. */
  snr: number | 'all';
  gains: Record<Method, Score>;
}
export interface NoiseResult {
  clean: Record<Method, Score>;
  /** Times real time. */
  speed: number;
}

const speechFiles = ['jfk.wav', 'moonshine-two_cities_16k.wav', 'deepgram-audio.wav'];
const noiseFiles = ['city', 'coffee-shop', 'fireplace', 'train', 'wind'];
const levels = [0, 5, 10];
const clipSeconds = 6;

/** Logs a line of the table as soon as it is known. */
export async function measureNoise(): Promise<NoiseResult> {
  const modules = await loadModules();
  const speech = await Promise.all(speechFiles.map((name) => load(`speech/${name}`)));
  const noises: [string, Float32Array][] = await Promise.all(
    noiseFiles.map(
      async (name) => [name, await load(`noise/${name}.ogg`)] as [string, Float32Array],
    ),
  );
  const length = clipSeconds * denoiseRate;
  noises.push(['hum', hum(length, denoiseRate)], ['fan', fan(length, denoiseRate)]);
  noises.push(['keyboard', keyboard(length, denoiseRate)]);

  const rows: NoiseRow[] = [];
  const add = (row: NoiseRow) => {
    rows.push(row);
    console.log(line(row));
  };
  for (const snr of levels) {
    for (const [noise, samples] of noises) {
      const scores = speech.map((clean) => gains(clean, mixAt(clean, samples, snr), modules));
      add({ noise, snr, gains: meanScores(scores) });
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  for (const snr of levels) {
    const same = rows.filter((row) => row.snr === snr).map((row) => row.gains);
    add({ noise: 'mean', snr, gains: meanScores(same) });
  }
  add({
    noise: 'mean',
    snr: 'all',
    gains: meanScores(rows.slice(-levels.length).map((r) => r.gains)),
  });
  const clean = meanScores(speech.map((x) => eachMethod(x, modules, (y) => score(x, y))));
  const began = performance.now();
  for (const x of speech) cairn(x, modules);
  const seconds = speech.reduce((sum, x) => sum + x.length, 0) / denoiseRate;
  return { clean, speed: (seconds * 1000) / (performance.now() - began) };
}

function line({ noise, snr, gains }: NoiseRow): string {
  const number = (value: number) => `${value < 0 ? '' : '+'}${value.toFixed(1)}`.padStart(8);
  const cells = methods.map((m) => number(gains[m].siSdr) + number(100 * gains[m].stoi));
  return `${noise.padEnd(14)} ${String(snr).padStart(3)} ${cells.join('')}`;
}

async function loadModules(): Promise<DenoiserModules> {
  const compile = async (name: string, path: string) =>
    WebAssembly.compile(await (await openModelFile(name, path)).arrayBuffer());
  return {
    gtcrn: await compile('gtcrn', 'gtcrn.wasm'),
    rnnoise: await compile('rnnoise', 'rnnoise_simd.wasm'),
  };
}

/** The first seconds of a file of ../shared/media at 48 kHz, mono. */
async function load(name: string): Promise<Float32Array> {
  const response = await fetch(`/test-shared/media/${name}`);
  const parts: Float32Array[] = [];
  let resampler: Resampler | null = null;
  for await (const block of readVoiceTrack(
    await response.blob(),
    0,
    new AbortController().signal,
  )) {
    resampler ??= new Resampler(block.rate, denoiseRate);
    parts.push(resampler.process(mixDown(block.planes)));
    if (block.time > clipSeconds + 1) break;
  }
  return joined(parts).slice(0, clipSeconds * denoiseRate);
}

function gains(
  clean: Float32Array,
  noisy: Float32Array,
  modules: DenoiserModules,
): Record<Method, Score> {
  const before = score(clean, noisy);
  return eachMethod(noisy, modules, (cleaned) => {
    const after = score(clean, cleaned);
    return { siSdr: after.siSdr - before.siSdr, stoi: after.stoi - before.stoi };
  });
}

const score = (clean: Float32Array, heard: Float32Array): Score => ({
  siSdr: siSdr(clean, heard),
  stoi: stoi(clean, heard, denoiseRate),
});

const eachMethod = (
  noisy: Float32Array,
  modules: DenoiserModules,
  rate: (cleaned: Float32Array) => Score,
): Record<Method, Score> => ({
  RNNoise: rate(rnnoiseAlone(noisy, modules)),
  GTCRN: rate(gtcrnAlone(noisy, modules)),
  Cairn: rate(cairn(noisy, modules)),
});

function meanScores(scores: Record<Method, Score>[]): Record<Method, Score> {
  const mean = (method: Method): Score => ({
    siSdr: scores.reduce((sum, s) => sum + s[method].siSdr, 0) / scores.length,
    stoi: scores.reduce((sum, s) => sum + s[method].stoi, 0) / scores.length,
  });
  return { RNNoise: mean('RNNoise'), GTCRN: mean('GTCRN'), Cairn: mean('Cairn') };
}

function cairn(noisy: Float32Array, modules: DenoiserModules): Float32Array {
  const denoiser = new Denoiser(modules);
  const parts: Float32Array[] = [];
  for (let i = 0; i < noisy.length; i += 4800)
    parts.push(denoiser.process(noisy.subarray(i, i + 4800)));
  return joined([...parts, denoiser.flush()]);
}

/** Frame by frame with the delay taken out. */
function framed(
  samples: Float32Array,
  frame: number,
  delay: number,
  process: (input: Float32Array, output: Float32Array) => void,
): Float32Array {
  const padded = new Float32Array(Math.ceil((samples.length + delay) / frame) * frame);
  padded.set(samples);
  const output = new Float32Array(padded.length);
  for (let i = 0; i < padded.length; i += frame) {
    process(padded.subarray(i, i + frame), output.subarray(i, i + frame));
  }
  return output.slice(delay, delay + samples.length);
}

function rnnoiseAlone(noisy: Float32Array, modules: DenoiserModules): Float32Array {
  const model = new Rnnoise(modules.rnnoise);
  return framed(noisy, rnnoiseFrame, rnnoiseDelay, (input, output) => model.process(input, output));
}

function gtcrnAlone(noisy: Float32Array, modules: DenoiserModules): Float32Array {
  const model = new Gtcrn(modules.gtcrn);
  const low = converted(noisy, denoiseRate, gtcrnRate);
  const cleaned = framed(low, gtcrnFrame, gtcrnDelay, (input, output) =>
    model.process(input, output),
  );
  return converted(cleaned, gtcrnRate, denoiseRate).slice(0, noisy.length);
}

function converted(samples: Float32Array, from: number, to: number): Float32Array {
  const resampler = new Resampler(from, to);
  return joined([resampler.process(samples), resampler.flush()]);
}
