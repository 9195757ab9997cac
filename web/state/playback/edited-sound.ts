/** The sound of the edited result as a stream: gaps skipped, joints crossfaded. */
import type { TimeMap } from '../../core/timeline.ts';
import { lastAtOrBefore } from '../../core/timeline.ts';
import { PcmReader, stereo, type SoundTrack, type Stereo } from './pcm-reader.ts';

/** Half of an equal-power crossfade of 10 ms: short enough to be no echo, long enough to be no click. */
const halfFade = 0.005;
/** A segment's decoder is started this long before it is heard. */
const lookAhead = 1.2;

interface Span {
  /** Output frames. */
  start: number;
  end: number;
  sourceStart: number;
  sourceEnd: number;
  fadeIn: number;
  fadeOut: number;
}

export class EditedSound {
  readonly #track: SoundTrack;
  readonly #rate: number;
  readonly #spans: Span[];
  readonly #readers = new Map<number, PcmReader>();
  #at: number;

  /** Streams from output time `from` on. Speeds of the map are not applied: nothing sets them yet. */
  constructor(track: SoundTrack, map: TimeMap, from: number, sampleRate: number) {
    this.#track = track;
    this.#rate = sampleRate;
    this.#at = Math.round(from * sampleRate);
    const frames = map.segments.map(({ source, output }) => ({
      start: Math.round(output.start * sampleRate),
      end: Math.round(output.end * sampleRate),
      sourceStart: source.start,
      sourceEnd: source.end,
    }));
    const half = (i: number) => {
      const [a, b] = [frames[i - 1], frames[i]];
      if (!a || !b) return 0;
      const room = Math.min(a.end - a.start, b.end - b.start) / 2;
      return Math.floor(Math.min(halfFade * sampleRate, room));
    };
    this.#spans = frames.map((f, i) => ({ ...f, fadeIn: half(i), fadeOut: half(i + 1) }));
  }

  /** The next `frames` frames; past the end they are silent. */
  async read(frames: number): Promise<Stereo> {
    const out = stereo(frames);
    const from = this.#at;
    const to = from + frames;
    this.#at = to;
    const first = Math.max(0, lastAtOrBefore(this.#spans, (s) => s.start, from) - 1);
    for (let i = first; i < this.#spans.length; i++) {
      const span = this.#spans[i]!;
      if (span.start - span.fadeIn > to + lookAhead * this.#rate) break;
      if (span.end + span.fadeOut <= from) this.#close(i);
      else await this.#mix(i, span, out, from, to);
    }
    return out;
  }

  close(): void {
    for (const i of [...this.#readers.keys()]) this.#close(i);
  }

  async #mix(i: number, span: Span, out: Stereo, from: number, to: number): Promise<void> {
    const start = Math.max(from, span.start - span.fadeIn);
    const end = Math.min(to, span.end + span.fadeOut);
    const timeOf = (frame: number) => span.sourceStart + (frame - span.start) / this.#rate;
    let reader = this.#readers.get(i);
    if (!reader) {
      reader = new PcmReader(this.#track, Math.max(0, timeOf(start)), span.sourceEnd + halfFade);
      this.#readers.set(i, reader);
    }
    if (end > start) {
      const gain = (k: number) => gainAt(span, start + k);
      await reader.mix(out, start - from, end - start, timeOf(start), this.#rate, gain);
    }
  }

  #close(i: number): void {
    this.#readers.get(i)?.close();
    this.#readers.delete(i);
  }
}

/** Equal power: the squares of what goes and what comes add up to one at every frame. */
function gainAt({ start, end, fadeIn, fadeOut }: Span, frame: number): number {
  let gain = 1;
  if (fadeIn && frame < start + fadeIn) {
    gain *= Math.sin((Math.PI / 2) * Math.max(0, (frame - start + fadeIn + 0.5) / (2 * fadeIn)));
  }
  if (fadeOut && frame >= end - fadeOut) {
    gain *= Math.cos((Math.PI / 2) * Math.min(1, (frame - end + fadeOut + 0.5) / (2 * fadeOut)));
  }
  return gain;
}
