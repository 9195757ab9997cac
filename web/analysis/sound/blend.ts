/**
 * How much to trust each of two denoisers, and the recording itself, every 10 ms. Measured on the
 * clips of `npm run bench noise`: GTCRN leaves less noise, RNNoise spoils less speech, and their
 * errors differ, so that a mix beats both. Where GTCRN takes away what is plainly speech, RNNoise
 * leads; where speech covers the noise, some of the recording itself passes and keeps the voice
 * natural; a recording without noise passes nearly as it is.
 */

export interface Weights {
  gtcrn: number;
  rnnoise: number;
  /** Of the recording as it was. The three sum to 1. */
  dry: number;
}

export interface Frame {
  recording: Float32Array;
  gtcrn: Float32Array;
  rnnoise: Float32Array;
  /** RNNoise's chance of a voice, 0 to 1. */
  voice: number;
}

const gtcrnShare = 0.65;
/** A frame this far below the voice is a pause, dB. */
const pauseDepth = 25;
const frameSeconds = 0.01;
/** Mean square of what is nothing at all. Pauses between words are so behind a noise gate; a longer
 * stretch (100 frames) is a muted microphone and says nothing about the noise under the voice. */
const digitalSilence = 1e-10;
const longestGatedPause = 100;
/** The level of the voice falls 1 dB a second until it is heard again. */
const voiceRelease = 10 ** (-0.1 * frameSeconds);
const noiseGlide = frameSeconds / 1;
const cleanGlide = frameSeconds / 1;
/** Weights take about 30 ms to follow. */
const weightGlide = frameSeconds / 0.03;

const clamp = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));
const decibels = (ratio: number) => 10 * Math.log10(ratio + 1e-12);

export class Blend {
  #voice = 0;
  /** Mean energy of what the denoisers take out in pauses; 15 dB below the voice until the first pause. */
  #noise = 0;
  #pauses = 0;
  #silentFrames = 0;
  #clean = 0;
  #weights: Weights = { gtcrn: gtcrnShare, rnnoise: 1 - gtcrnShare, dry: 0 };

  next(frame: Frame): Weights {
    const { recording, gtcrn, rnnoise } = frame;
    const g = energy(gtcrn);
    const r = energy(rnnoise);
    const m = energy(recording);
    const wet = gtcrnShare * g + (1 - gtcrnShare) * r;
    this.#voice = Math.max(wet, this.#voice * voiceRelease);
    if (this.#pauses === 0) this.#noise = this.#voice / 30;
    this.#silentFrames = m < digitalSilence ? this.#silentFrames + 1 : 0;
    const isMuted = this.#silentFrames > longestGatedPause || this.#voice < digitalSilence;
    if (!isMuted && decibels(wet / (this.#voice + 1e-12)) < -pauseDepth) {
      this.#pauses++;
      const glide = Math.max(noiseGlide, 1 / this.#pauses);
      this.#noise += glide * (removed(frame) - this.#noise);
    }
    const noise = this.#noise + 1e-12;
    const cleanliness = clamp((decibels(this.#voice / noise) - 38) / 12, 0, 0.9);
    this.#clean += cleanGlide * (cleanliness - this.#clean);

    const surely = frame.voice * clamp((decibels(r / noise) - 10) / 8, 0, 1);
    const lost = clamp((decibels((r + 1e-12) / (g + 1e-12)) - 0.5) / 3, 0, 1);
    const trust = gtcrnShare * (1 - surely * lost);
    const covered = frame.voice * clamp((decibels(m / noise) - 10) / 30, 0, 0.6);
    const dry = Math.max(this.#clean, covered);
    const w = this.#weights;
    const towards = (from: number, to: number) => from + weightGlide * (to - from);
    const next = {
      gtcrn: towards(w.gtcrn, trust * (1 - dry)),
      rnnoise: towards(w.rnnoise, (1 - trust) * (1 - dry)),
      dry: towards(w.dry, dry),
    };
    this.#weights = next;
    return next;
  }
}

function removed({ recording, gtcrn, rnnoise }: Frame): number {
  let sum = 0;
  for (let i = 0; i < recording.length; i++) {
    const wet = gtcrnShare * gtcrn[i]! + (1 - gtcrnShare) * rnnoise[i]!;
    sum += (recording[i]! - wet) ** 2;
  }
  return sum / recording.length;
}

function energy(x: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * x[i]!;
  return sum / x.length;
}
