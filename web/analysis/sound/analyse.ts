/** Everything that analysis says about the voice track, in one pass over it. Runs in a worker. */
import type { SoundEvidence } from '../../core/evidence.ts';
import { within, type JobContext } from '../../core/progress.ts';
import { openModelFile } from '../../models/loader.ts';
import { remove } from '../../storage/opfs.ts';
import { Denoiser, denoiseRate, denoiserName, type DenoiserModules } from './denoise.ts';
import { LoudnessMeter } from './loudness.ts';
import { Resampler } from './resample.ts';
import { mixDown, readVoiceTrack, type VoiceBlock } from './voice-track.ts';
import { NoiseFloor, peakRate, WaveformPeaks } from './waveform.ts';
import { WavFile } from './wav-file.ts';

export interface SoundInput {
  file: Blob;
  /** Into the file's audio tracks. */
  trackIndex: number;
  /** OPFS path to write the cleaned sound to. */
  cleanPath: string;
}

const modelShare = 0.03;

/**
 * Loudness and true peak are of the track's own channels, as a meter shows them; those of the cleaned
 * sound are of the mono file (its voice in both ears of a stereo file measures 3.01 LU more). The
 * cleaned file's time 0 is source time 0. Throws the codes of `readVoiceTrack`, of the model loader
 * and of storage; an unfinished file is removed.
 */
export async function analyseSound(input: SoundInput, context: JobContext): Promise<SoundEvidence> {
  const { signal, progress } = context;
  const modules = await loadDenoisers(signal, within(progress, 0, modelShare));
  const onDone = within(progress, modelShare, 1);
  const clean = await WavFile.create(input.cleanPath, denoiseRate);
  try {
    const listener = new SoundListener(new Denoiser(modules), clean);
    let reported = 0;
    for await (const block of readVoiceTrack(input.file, input.trackIndex, signal)) {
      signal.throwIfAborted();
      listener.add(block);
      if (block.time - reported < 1) continue;
      reported = block.time;
      onDone({ fraction: block.time / Math.max(block.duration, block.time), doing: 'sound' });
      await macrotask();
    }
    const evidence = listener.finish(input.cleanPath);
    clean.finish();
    progress({ fraction: 1, doing: 'sound' });
    return evidence;
  } catch (error) {
    clean.abandon();
    await remove(input.cleanPath);
    throw error;
  }
}

async function loadDenoisers(
  signal: AbortSignal,
  progress: JobContext['progress'],
): Promise<DenoiserModules> {
  const compile = async (name: string, path: string) =>
    WebAssembly.compile(await (await openModelFile(name, path, { signal })).arrayBuffer());
  const [gtcrn, rnnoise] = await Promise.all([
    compile('gtcrn', 'gtcrn.wasm'),
    compile('rnnoise', 'rnnoise_simd.wasm'),
  ]);
  progress({ fraction: 1, doing: 'model' });
  return { gtcrn, rnnoise };
}

/** Lets an abort message in: promises alone never give the event loop a turn. */
const macrotask = () =>
  new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

/** Hears the track block by block, at the rate and channels it comes with. */
class SoundListener {
  readonly #denoiser: Denoiser;
  readonly #file: WavFile;
  readonly #peaks = new WaveformPeaks(denoiseRate);
  readonly #floor = new NoiseFloor(denoiseRate);
  readonly #cleanMeter = new LoudnessMeter(denoiseRate);
  #meter: LoudnessMeter | null = null;
  #meterRate = 0;
  #channels = 0;
  #resampler: Resampler | null = null;
  #rate = 0;

  constructor(denoiser: Denoiser, file: WavFile) {
    this.#denoiser = denoiser;
    this.#file = file;
  }

  add({ rate, planes }: VoiceBlock): void {
    this.#measure(rate, planes);
    if (rate !== this.#rate) {
      if (this.#resampler) this.#hear(this.#resampler.flush());
      this.#resampler = rate === denoiseRate ? null : new Resampler(rate, denoiseRate);
      this.#rate = rate;
    }
    const mono = mixDown(planes);
    this.#hear(this.#resampler ? this.#resampler.process(mono) : mono);
  }

  finish(cleanPath: string): SoundEvidence {
    if (this.#resampler) this.#hear(this.#resampler.flush());
    this.#keep(this.#denoiser.flush());
    return {
      loudness: this.#meter?.integrated ?? -Infinity,
      truePeak: this.#meter?.truePeak ?? -Infinity,
      cleanLoudness: this.#cleanMeter.integrated,
      cleanTruePeak: this.#cleanMeter.truePeak,
      noiseFloor: this.#floor.level,
      peaks: this.#peaks.finish(),
      peakRate,
      cleanPath,
      denoiser: denoiserName,
    };
  }

  /** The meter keeps the format the track began with; a later one is fitted to its channels. */
  #measure(rate: number, planes: Float32Array[]): void {
    if (!this.#meter) {
      this.#meter = new LoudnessMeter(rate, planes.length);
      this.#meterRate = rate;
      this.#channels = planes.length;
    }
    if (rate !== this.#meterRate) return;
    const fitted = Array.from({ length: this.#channels }, (_, c) => planes[c % planes.length]!);
    this.#meter.add(fitted);
  }

  #hear(mono: Float32Array): void {
    this.#peaks.add(mono);
    this.#floor.add(mono);
    this.#keep(this.#denoiser.process(mono));
  }

  #keep(cleaned: Float32Array): void {
    this.#cleanMeter.add([cleaned]);
    this.#file.add(cleaned);
  }
}
