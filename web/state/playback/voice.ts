/** The sound of a recording as it is heard: the voice raw or cleaned, at the chosen loudness, and the rest. */
import type { SoundEvidence } from '../../core/evidence.ts';
import type { SoundChoice } from '../../core/project.ts';
import type { Recording } from '../../core/recording.ts';
import { defaultLevels, gainOf, isCaptured } from '../../core/sound-mix.ts';
import { openClean, type Media } from './media.ts';
import { SoundOutput, type Mix } from './sound-output.ts';
import type { SoundTrack } from './pcm-reader.ts';

/** LUFS, EBU R128 with the target of podcasts and the web. */
const targetLoudness = -16;
/** Decibels. Quieter recordings are raised no further: it would only be noise. */
const largestGain = 24;

/** Name of the n-th track beside the voice. */
const otherName = (index: number) => `other-${index}`;

interface Opened {
  output: SoundOutput;
  clean: { close(): void } | null;
}

export class Voice {
  readonly #recording: Recording;
  readonly #media: Media;
  #levels: SoundEvidence | null = null;
  #choice: SoundChoice;
  /** Tracks beside the voice are decoded once they are to be heard. */
  #withOthers: boolean;
  #volume = 1;
  #hasClean = false;
  #opening: Promise<Opened> | null = null;
  #output: SoundOutput | null = null;

  constructor(recording: Recording, media: Media) {
    this.#recording = recording;
    this.#media = media;
    this.#choice = { denoise: true, normalise: true, ...defaultLevels(recording) };
    this.#withOthers = isCaptured(recording);
  }

  /** Once it has been opened. */
  get output(): SoundOutput | null {
    return this.#output;
  }

  /** Opens what is heard; null for a recording without a voice. */
  async open(): Promise<SoundOutput | null> {
    const { voice } = this.#media;
    if (!voice) return null;
    const opening = (this.#opening ??= this.#open(voice));
    const { output } = await opening;
    if (this.#opening === opening) this.#output = output;
    return output;
  }

  /** Returns whether other streams are needed: what plays has to be started anew. */
  setSound(levels: SoundEvidence | null, choice: SoundChoice): boolean {
    const cleanChanged = levels?.cleanPath !== this.#levels?.cleanPath;
    this.#levels = levels;
    this.#choice = choice;
    const othersAppear = !this.#withOthers && this.#media.others.length > 0 && !choice.others.muted;
    this.#withOthers ||= othersAppear;
    if ((cleanChanged || othersAppear) && this.#opening) {
      void this.close();
      return true;
    }
    this.#output?.setMix(this.#mix());
    return false;
  }

  /** 0 to 1, as it is felt. */
  setVolume(volume: number): void {
    this.#volume = volume ** 2;
    this.#output?.setVolume(this.#volume);
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = null;
    this.#output = null;
    const opened = await opening?.catch(() => null); // told to who opened it
    await opened?.output.close();
    opened?.clean?.close();
  }

  async #open(voice: NonNullable<Media['voice']>): Promise<Opened> {
    const path = this.#levels?.cleanPath;
    // Without the cleaned file the raw sound is still there.
    const clean = path ? await openClean(this.#recording, path).catch(() => null) : null;
    const tracks: Record<string, SoundTrack> = clean ? { raw: voice, clean } : { raw: voice };
    if (this.#withOthers)
      for (const [index, track] of this.#media.others.entries()) tracks[otherName(index)] = track;
    this.#hasClean = clean !== null;
    const output = new SoundOutput(tracks, this.#media.sampleRate);
    output.setMix(this.#mix());
    output.setVolume(this.#volume);
    return { output, clean };
  }

  #mix(): Mix {
    const { denoise, normalise, voice, others } = this.#choice;
    const heard = denoise && this.#hasClean ? 'clean' : 'raw';
    const loudness = heard === 'clean' ? this.#levels?.cleanLoudness : this.#levels?.loudness;
    const level =
      normalise && loudness != null && Number.isFinite(loudness)
        ? 10 ** (Math.min(largestGain, targetLoudness - loudness) / 20)
        : 1;
    return {
      [heard]: level * gainOf(voice),
      ...Object.fromEntries(
        this.#media.others.map((_, index) => [otherName(index), gainOf(others)]),
      ),
    };
  }
}
