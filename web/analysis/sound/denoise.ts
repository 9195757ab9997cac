/**
 * Noise suppression at 48 kHz as a stream, without delay: as many samples come out as go in, each at
 * its place. Below 8 kHz it is a blend of GTCRN, RNNoise and the recording (see blend.ts), above it
 * RNNoise and the recording. Every path is linear-phase or lined up, so the parts add up cleanly.
 */
import { joined } from '../../core/joined.ts';
import { Blend, type Weights } from './blend.ts';
import { gtcrnRate } from './gtcrn.ts';
import { GtcrnStream } from './gtcrn-stream.ts';
import { Resampler } from './resample.ts';
import { Rnnoise, rnnoiseDelay, rnnoiseFrame } from './rnnoise.ts';
import { SampleQueue } from './sample-queue.ts';

export const denoiseRate = 48000;
export const denoiserName = 'gtcrn+rnnoise';

/** 10 ms. */
const frame = rnnoiseFrame;
const lowFrame = (frame * gtcrnRate) / denoiseRate;
const equalWeights: Weights = { gtcrn: 0, rnnoise: 1, dry: 0 };

export interface DenoiserModules {
  gtcrn: WebAssembly.Module;
  rnnoise: WebAssembly.Module;
}

export class Denoiser {
  readonly #rnnoise: Rnnoise;
  readonly #gtcrn: GtcrnStream;
  readonly #blend = new Blend();
  readonly #recordingDown = new Resampler(denoiseRate, gtcrnRate);
  readonly #rnnoiseDown = new Resampler(denoiseRate, gtcrnRate);
  readonly #differenceUp = new Resampler(gtcrnRate, denoiseRate);
  readonly #forRnnoise = new SampleQueue();
  /** At 48 kHz. */
  readonly #recording = new SampleQueue();
  readonly #voiced = new SampleQueue();
  readonly #difference = new SampleQueue();
  /** At 16 kHz. */
  readonly #lowRecording = new SampleQueue();
  readonly #lowVoiced = new SampleQueue();
  readonly #lowCleaned = new SampleQueue();
  /** One value a frame: chance of a voice; share of the recording at the frame's end. */
  readonly #chances = new SampleQueue();
  readonly #dryShares = new SampleQueue();
  #skip = rnnoiseDelay;
  #weights = equalWeights;
  #dry = 0;
  #received = 0;
  #produced = 0;

  constructor(modules: DenoiserModules) {
    this.#rnnoise = new Rnnoise(modules.rnnoise);
    this.#gtcrn = new GtcrnStream(modules.gtcrn);
  }

  /** What is ready; about 1.5 s are held back for the next call. */
  process(samples: Float32Array): Float32Array {
    this.#received += samples.length;
    this.#recording.push(samples);
    this.#forRnnoise.push(samples);
    this.#runRnnoise();
    const low = this.#recordingDown.process(samples);
    this.#lowRecording.push(low);
    this.#lowCleaned.push(this.#gtcrn.process(low));
    this.#mixLow();
    return this.#mixFull();
  }

  /** The rest. */
  flush(): Float32Array {
    const received = this.#received;
    const parts: Float32Array[] = [];
    let missing = received - this.#produced;
    while (missing > 0) {
      const part = this.process(new Float32Array(denoiseRate / 4)).slice(0, missing);
      missing -= part.length;
      parts.push(part);
    }
    return joined(parts);
  }

  #runRnnoise(): void {
    const output = new Float32Array(frame);
    while (this.#forRnnoise.length >= frame) {
      const chance = this.#rnnoise.process(this.#forRnnoise.take(frame), output);
      if (this.#skip > 0) {
        this.#skip -= frame;
        continue;
      }
      this.#chances.push(Float32Array.of(chance));
      this.#voiced.push(output);
      this.#lowVoiced.push(this.#rnnoiseDown.process(output));
    }
  }

  /** What has to be added to RNNoise's output below 8 kHz, frame by frame. */
  #mixLow(): void {
    const ready = Math.min(
      this.#lowRecording.length,
      this.#lowVoiced.length,
      this.#lowCleaned.length,
    );
    for (let n = 0; n < Math.floor(ready / lowFrame); n++) {
      const recording = this.#lowRecording.take(lowFrame);
      const rnnoise = this.#lowVoiced.take(lowFrame);
      const gtcrn = this.#lowCleaned.take(lowFrame);
      const voice = this.#chances.take(1)[0]!;
      const from = this.#weights;
      const to = this.#blend.next({ recording, rnnoise, gtcrn, voice });
      const difference = new Float32Array(lowFrame);
      for (let i = 0; i < lowFrame; i++) {
        const share = from.gtcrn + ((to.gtcrn - from.gtcrn) * (i + 1)) / lowFrame;
        difference[i] = share * (gtcrn[i]! - rnnoise[i]!);
      }
      this.#weights = to;
      this.#dryShares.push(Float32Array.of(to.dry));
      this.#difference.push(this.#differenceUp.process(difference));
    }
  }

  #mixFull(): Float32Array {
    const ready = Math.min(this.#voiced.length, this.#difference.length);
    const frames = Math.min(Math.floor(ready / frame), this.#dryShares.length);
    const output = new Float32Array(frames * frame);
    for (let n = 0; n < frames; n++) {
      const recording = this.#recording.take(frame);
      const voiced = this.#voiced.take(frame);
      const difference = this.#difference.take(frame);
      const dry = this.#dryShares.take(1)[0]!;
      for (let i = 0; i < frame; i++) {
        const share = this.#dry + ((dry - this.#dry) * (i + 1)) / frame;
        output[n * frame + i] = voiced[i]! + difference[i]! + share * (recording[i]! - voiced[i]!);
      }
      this.#dry = dry;
    }
    this.#produced += output.length;
    return output;
  }
}
