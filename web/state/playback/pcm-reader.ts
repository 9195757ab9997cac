/** Decoded sound of one track as a forward stream of stereo frames at any sample rate. */
import { AudioSampleSink, type AudioSample, type InputAudioTrack } from 'mediabunny';

export type Stereo = [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>];
export const stereo = (frames: number): Stereo => [
  new Float32Array(frames),
  new Float32Array(frames),
];

export interface SoundTrack {
  track: InputAudioTrack;
  /** Added to the file's timestamps to get source time. */
  offset: number;
}

/** Decoders need a run-up: overlap of AAC and Opus, the bit reservoir of MP3. */
const runUp = 0.12;
/** Rounding of container timestamps is not a gap. */
const tolerance = 0.005;

export class PcmReader {
  readonly #samples: AsyncGenerator<AudioSample, void, unknown>;
  readonly #offset: number;
  #next: Promise<IteratorResult<AudioSample, void>> | null = null;
  #rate = 0;
  /** Native frame of the buffer's first entry; frame 0 is source time 0. */
  #start = 0;
  #length = 0;
  #buffer: Stereo = stereo(0);
  #ended = false;

  /** Reads on from source time `from`; `to` only bounds what is decoded. */
  constructor({ track, offset }: SoundTrack, from: number, to: number) {
    this.#offset = offset;
    this.#samples = new AudioSampleSink(track).samples(from - offset - runUp, to - offset + runUp);
    this.#next = this.#pull();
  }

  /**
   * Adds `count` frames from source time `from` on to `into` at `at`, each times its gain.
   * Calls must go forward. Where there is no sound it adds nothing.
   */
  async mix(
    into: Stereo,
    at: number,
    count: number,
    from: number,
    sampleRate: number,
    gain: (i: number) => number,
  ): Promise<void> {
    await this.#fill(from + count / sampleRate);
    if (!this.#rate) return;
    this.#drop(from);
    const same = this.#rate === sampleRate;
    const first = from * this.#rate - this.#start;
    for (const [channel, target] of into.entries()) {
      const data = this.#buffer[channel as 0 | 1];
      if (same) {
        const base = Math.round(first);
        const low = Math.max(0, -base);
        const high = Math.min(count, this.#length - base);
        for (let i = low; i < high; i++) target[at + i]! += data[base + i]! * gain(i);
      } else {
        const ratio = this.#rate / sampleRate;
        for (let i = 0; i < count; i++) {
          target[at + i]! += cubic(data, this.#length, first + i * ratio) * gain(i);
        }
      }
    }
  }

  close(): void {
    const pending = this.#next;
    this.#next = null;
    this.#ended = true;
    void pending?.then(({ value }) => value?.close()).finally(() => this.#samples.return());
  }

  #pull(): Promise<IteratorResult<AudioSample, void>> {
    const next = this.#samples.next();
    next.catch(() => undefined); // handled where it is awaited
    return next;
  }

  async #fill(until: number): Promise<void> {
    while (
      !this.#ended &&
      (!this.#rate || (this.#start + this.#length) / this.#rate < until + 0.01)
    ) {
      const result = await this.#next;
      if (!result || result.done) {
        this.#ended = true;
        return;
      }
      this.#append(result.value);
      result.value.close();
      if (this.#next) this.#next = this.#pull();
    }
  }

  #append(sample: AudioSample): void {
    if (this.#rate !== sample.sampleRate) {
      this.#rate = sample.sampleRate;
      this.#length = 0;
    }
    const begins = Math.round((sample.timestamp + this.#offset) * this.#rate);
    if (this.#length === 0) this.#start = begins;
    const end = this.#start + this.#length;
    const gap = Math.abs(begins - end) <= tolerance * this.#rate ? 0 : Math.max(0, begins - end);
    this.#grow(this.#length + gap + sample.numberOfFrames);
    const channels = sample.numberOfChannels;
    for (const side of [0, 1] as const) {
      const target = this.#buffer[side];
      target.fill(0, this.#length, this.#length + gap);
      const part = target.subarray(this.#length + gap, this.#length + gap + sample.numberOfFrames);
      sample.copyTo(part, { planeIndex: Math.min(side, channels - 1), format: 'f32-planar' });
    }
    this.#length += gap + sample.numberOfFrames;
  }

  #grow(needed: number): void {
    if (needed <= this.#buffer[0].length) return;
    const grown = stereo(Math.max(needed, 2 * this.#buffer[0].length, 16384));
    for (const side of [0, 1] as const)
      grown[side].set(this.#buffer[side].subarray(0, this.#length));
    this.#buffer = grown;
  }

  /** Forgets what lies well before `time`. */
  #drop(time: number): void {
    const old = Math.floor((time - 0.1) * this.#rate) - this.#start;
    if (old < this.#rate / 2) return;
    const count = Math.min(old, this.#length);
    for (const side of this.#buffer) side.copyWithin(0, count, this.#length);
    this.#start += count;
    this.#length -= count;
  }
}

/** Catmull-Rom interpolation; 0 outside the data. */
function cubic(data: Float32Array, length: number, position: number): number {
  const i = Math.floor(position);
  if (i < 0 || i >= length) return 0;
  const t = position - i;
  const p1 = data[i]!;
  const p0 = i > 0 ? data[i - 1]! : p1;
  const p2 = i + 1 < length ? data[i + 1]! : p1;
  const p3 = i + 2 < length ? data[i + 2]! : p2;
  return (
    p1 + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)))
  );
}
