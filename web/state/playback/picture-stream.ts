/** The frames of the edited result as a forward stream, ahead of the playhead by a few frames. */
import {
  EncodedPacketSink,
  VideoSampleSink,
  type InputVideoTrack,
  type VideoSample,
} from 'mediabunny';
import type { Segment, TimeMap } from '../../core/timeline.ts';
import { lastAtOrBefore } from '../../core/timeline.ts';

type Samples = AsyncGenerator<VideoSample, void, unknown>;

interface DueFrame {
  /** Output time from which it is shown. */
  at: number;
  sample: VideoSample;
}

/** Few, because hardware decoders have few frames to lend. */
const queueLength = 4;
/** The next segment's decoder starts when this much of the current one is left. */
const prefetchSeconds = 1.5;
/** Further behind than this, the stream begins anew ahead of the playhead. */
const lostSeconds = 1.5;

/** One decoder's run, with its next sample already asked for. */
class Cursor {
  readonly #samples: Samples;
  #next: Promise<IteratorResult<VideoSample, void>>;

  constructor(sink: VideoSampleSink, from: number) {
    this.#samples = sink.samples(from);
    this.#next = this.#pull();
  }

  async next(): Promise<VideoSample | null> {
    const { value } = await this.#next;
    this.#next = this.#pull();
    return value ?? null;
  }

  close(): void {
    void this.#next
      .then(({ value }) => value?.close())
      .catch(() => undefined) // told to whoever asked for the sample
      .then(() => this.#samples.return());
  }

  #pull() {
    const next = this.#samples.next();
    next.catch(() => undefined); // told to whoever asks for the sample
    return next;
  }
}

export class PictureStream {
  readonly #sink: VideoSampleSink;
  readonly #packets: EncodedPacketSink;
  readonly #segments: readonly Segment[];
  readonly #now: () => number;
  #queue: DueFrame[] = [];
  #wake: (() => void) | null = null;
  #closed = false;
  #cursors = new Set<Cursor>();
  /** Resolves once the first frame is there, or there is none. Rejects when decoding fails at once. */
  readonly ready: Promise<void>;

  /** `now` is the output time that is heard. */
  constructor(track: InputVideoTrack, map: TimeMap, from: number, now: () => number) {
    this.#sink = new VideoSampleSink(track);
    this.#packets = new EncodedPacketSink(track);
    this.#segments = map.segments;
    this.#now = now;
    this.ready = new Promise((resolve, reject) => {
      this.#onFirst = resolve;
      this.#run(from).then(resolve, reject);
    });
  }
  #onFirst: () => void = () => undefined;

  /** The frame to show at an output time when it is a new one; the caller closes it. */
  take(time: number): VideoSample | null {
    let due: VideoSample | null = null;
    while (this.#queue[0] && this.#queue[0].at <= time + 1e-4) {
      due?.close();
      due = this.#queue.shift()!.sample;
    }
    if (due) this.#wake?.();
    return due;
  }

  close(): void {
    this.#closed = true;
    for (const { sample } of this.#queue) sample.close();
    this.#queue = [];
    for (const cursor of this.#cursors) cursor.close();
    this.#cursors.clear();
    this.#wake?.();
  }

  async #run(from: number): Promise<void> {
    let restart: number | null = from;
    while (restart !== null && !this.#closed) restart = await this.#runFrom(restart);
  }

  /** Streams to the end; gives the output time to begin anew at when it fell too far behind. */
  async #runFrom(from: number): Promise<number | null> {
    const segments = this.#segments;
    let index = Math.max(
      0,
      lastAtOrBefore(segments, (s) => s.output.start, from),
    );
    const first = segments[index];
    if (!first) return null;
    let start = first.source.start + Math.max(0, from - first.output.start);
    let cursor = this.#open(start);
    /** Read already, but shown in a later segment. */
    let carried: VideoSample | null = null;
    try {
      for (; index < segments.length; index++) {
        const segment = segments[index]!;
        const next = segments[index + 1];
        let nextCursor: Cursor | null = null;
        const jumps = next ? await this.#jumps(segment, next) : false;
        start = Math.max(start, segment.source.start);
        /** The latest sample at or before the segment's start: it is what the segment opens with. */
        let opening: VideoSample | null = null;
        for (;;) {
          const sample: VideoSample | null = carried ?? (await cursor.next());
          carried = null;
          if (this.#closed || !sample || sample.timestamp >= segment.source.end) {
            if (sample && this.#closed) sample.close();
            else carried = sample;
            break;
          }
          if (sample.timestamp <= start + 1e-4) {
            opening?.close();
            opening = sample;
            continue;
          }
          if (opening) await this.#push(segment, start, opening);
          opening = null;
          if (jumps && !nextCursor && segment.source.end - sample.timestamp < prefetchSeconds) {
            nextCursor = this.#open(next!.source.start);
          }
          const lag = this.#now() - this.#outputTime(segment, sample.timestamp);
          if (lag > lostSeconds && this.#queue.length === 0) {
            sample.close();
            nextCursor?.close();
            return this.#now() + 0.4;
          }
          await this.#push(segment, sample.timestamp, sample);
        }
        if (opening) await this.#push(segment, start, opening);
        if (this.#closed) return null;
        if (jumps) {
          carried?.close();
          carried = null;
          this.#shut(cursor);
          cursor = nextCursor ?? this.#open(next!.source.start);
        }
        start = next?.source.start ?? 0;
      }
      return null;
    } finally {
      carried?.close();
      this.#shut(cursor);
    }
  }

  /** Whether a new decoder gets to the next segment sooner: a key frame lies between here and there. */
  async #jumps(segment: Segment, next: Segment): Promise<boolean> {
    const key = await this.#packets.getKeyPacket(next.source.start, { metadataOnly: true });
    return key !== null && key.timestamp > segment.source.end;
  }

  #open(from: number): Cursor {
    const cursor = new Cursor(this.#sink, from);
    this.#cursors.add(cursor);
    return cursor;
  }

  #shut(cursor: Cursor): void {
    if (this.#cursors.delete(cursor)) cursor.close();
  }

  #outputTime(segment: Segment, time: number): number {
    return segment.output.start + Math.max(0, time - segment.source.start) / segment.speed;
  }

  async #push(segment: Segment, time: number, sample: VideoSample): Promise<void> {
    while (this.#queue.length >= queueLength && !this.#closed) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#closed) return sample.close();
    this.#queue.push({ at: this.#outputTime(segment, time), sample });
    this.#onFirst();
  }
}
