/**
 * Decoded sound of one track as a forward stream that can be read by sample number. Sample n of
 * the source lies at n / sampleRate seconds of source time; where the track has nothing, there is
 * silence.
 */
import type { AudioSample, InputAudioTrack } from 'mediabunny';
import { decodedSound } from './decoded-sound.ts';
import { downmix } from './downmix.ts';

/** Channels of equal length, one array each. */
export type Planes = Float32Array[];

/** Anything that can be read by absolute sample number, mostly forwards. */
export interface PcmSource {
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  /** Fresh arrays with samples `from` to `to`; silence where there is nothing, before time 0 as well. */
  read(from: number, to: number): Promise<Planes>;
  close(): Promise<void>;
}

/** Seconds. */
interface Habits {
  /** Kept behind the reading position: a crossfade or a resampling filter looks back a little. */
  lookBack: number;
  /** Decoded before a seek's target and thrown away: codecs need some packets to settle (Opus: 80 ms). */
  preroll: number;
  /** A jump of more than this is a seek; less is decoded through. */
  seekAfter: number;
}
const reading: Habits = { lookBack: 0.25, preroll: 0.3, seekAfter: 3 };
/** For short pieces here and there, where the first samples may be a little off. */
const sampling: Habits = { lookBack: 0.01, preroll: 0.09, seekAfter: 0.5 };
/** Time stamps that stray less than this from a running count are rounding or jitter. */
const jitter = 0.02;
/** Where a packet cannot be decoded, go on this much later. */
const skipAfterError = 0.25;
const maxErrors = 200;

export class TrackReader implements PcmSource {
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  readonly #track: InputAudioTrack;
  readonly #habits: Habits;
  #iterator: AsyncGenerator<AudioSample, void> | null = null;
  #planes: Planes;
  /** What a sample is copied into: fresh memory for each would lie about until the engine collects it. */
  #decoded: Planes = [];
  /** Absolute number of the first and behind the last sample held. */
  #start = 0;
  #end = 0;
  /** Whether `#end` follows from decoded samples, so that the next ones may be counted on. */
  #anchored = false;
  #ended = false;
  #errors = 0;

  /** `isSampling`: short pieces far apart will be read, to compare them. */
  static async open(track: InputAudioTrack, { isSampling = false } = {}): Promise<TrackReader> {
    const [rate, channels] = [await track.getSampleRate(), await track.getNumberOfChannels()];
    return new TrackReader(track, rate, channels, isSampling ? sampling : reading);
  }

  private constructor(track: InputAudioTrack, rate: number, channels: number, habits: Habits) {
    this.sampleRate = rate;
    this.#habits = habits;
    this.channels = channels === 1 ? 1 : 2;
    this.#track = track;
    this.#planes = this.#empty(rate);
  }

  #empty = (length: number): Planes =>
    Array.from({ length: this.channels }, () => new Float32Array(length));

  async read(from: number, to: number): Promise<Planes> {
    if (
      Math.max(0, from) < this.#start ||
      from > this.#end + this.#habits.seekAfter * this.sampleRate
    )
      await this.#seek(from);
    this.#forget(from - Math.round(this.#habits.lookBack * this.sampleRate));
    while (this.#end < to && !this.#ended) await this.#decodeNext();
    const planes = this.#empty(to - from);
    const first = Math.max(from, this.#start);
    const last = Math.min(to, this.#end);
    if (last > first) {
      for (const [c, plane] of planes.entries())
        plane.set(this.#planes[c]!.subarray(first - this.#start, last - this.#start), first - from);
    }
    return planes;
  }

  async close(): Promise<void> {
    await this.#iterator?.return();
    this.#iterator = null;
    this.#ended = true;
  }

  async #seek(sample: number): Promise<void> {
    await this.#iterator?.return();
    this.#iterator = null;
    this.#ended = false;
    this.#anchored = false;
    this.#start = Math.max(0, sample - Math.round(this.#habits.lookBack * this.sampleRate));
    this.#end = this.#start;
  }

  async #decodeNext(): Promise<void> {
    const from = this.#end / this.sampleRate - this.#habits.preroll;
    this.#iterator ??= decodedSound(this.#track, from);
    try {
      const { value, done } = await this.#iterator.next();
      if (done || !value) {
        this.#ended = true;
        return;
      }
      try {
        this.#append(value);
      } finally {
        value.close();
      }
    } catch (error) {
      // One damaged packet must not cost the rest of the recording: silence, and on behind it.
      if (++this.#errors > maxErrors) throw error;
      this.#iterator = null;
      this.#anchored = false;
      this.#grow(Math.round(skipAfterError * this.sampleRate));
      this.#end += Math.round(skipAfterError * this.sampleRate);
    }
  }

  #append(sample: AudioSample): void {
    const rate = this.sampleRate;
    let at = Math.round(sample.timestamp * rate);
    if (this.#anchored && Math.abs(at - this.#end) < jitter * rate) at = this.#end;
    const count = Math.round((sample.numberOfFrames * rate) / sample.sampleRate);
    const skipped = Math.max(0, this.#end - at);
    if (count <= skipped) return;
    const gap = Math.max(0, at - this.#end);
    this.#grow(gap + count - skipped);
    const planes = downmix(this.#copied(sample), this.channels);
    for (const [c, plane] of planes.entries()) {
      const fitted = fit(plane, count);
      this.#planes[c]!.set(fitted.subarray(skipped), this.#end + gap - this.#start);
    }
    this.#end += gap + count - skipped;
    this.#anchored = true;
  }

  /** Its channels, until the next call. */
  #copied(sample: AudioSample): Planes {
    const { numberOfChannels, numberOfFrames } = sample;
    if (this.#decoded.length !== numberOfChannels || this.#decoded[0]!.length !== numberOfFrames)
      this.#decoded = Array.from(
        { length: numberOfChannels },
        () => new Float32Array(numberOfFrames),
      );
    for (const [planeIndex, plane] of this.#decoded.entries())
      sample.copyTo(plane, { planeIndex, format: 'f32-planar' });
    return this.#decoded;
  }

  /** Makes room for `count` more samples; what is new is silent. */
  #grow(count: number): void {
    const held = this.#end - this.#start;
    const room = this.#planes[0]!.length;
    if (held + count > room) {
      this.#planes = this.#planes.map((plane) => {
        const larger = new Float32Array(Math.max(room * 2, held + count));
        larger.set(plane.subarray(0, held));
        return larger;
      });
    }
    for (const plane of this.#planes) plane.fill(0, held, held + count);
  }

  #forget(before: number): void {
    const count = Math.min(before, this.#end) - this.#start;
    // Moving the rest costs as much as it holds: only when much is to go.
    if (count < this.sampleRate) return;
    for (const plane of this.#planes) plane.copyWithin(0, count, this.#end - this.#start);
    this.#start += count;
  }
}

/** Some streams change their rate midway (HE-AAC that shows its true rate late): nearest sample will do. */
function fit(plane: Float32Array, count: number): Float32Array {
  if (plane.length === count) return plane;
  return Float32Array.from(
    { length: count },
    (_, i) => plane[Math.floor((i * plane.length) / count)]!,
  );
}
