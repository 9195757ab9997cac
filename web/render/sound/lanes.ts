/**
 * Decodes several parts of an edit at the same time. The platform's decoder takes one packet of some
 * 20 ms, hands it to another thread and back, and only then takes the next: one alone waits most of
 * the time.
 */
import type { Segment } from '../../core/timeline.ts';
import { prefetch } from '../interleave.ts';
import { cutSound, stretches, type Stretch } from './cut.ts';
import type { PcmSource, Planes } from './pcm.ts';

/** Seconds of the result that a lane does at a time. It begins with a seek, so not too few. */
const portionLength = 20;
/** Blocks of half a second held by each lane. */
const blocksAhead = 40;

/** Blocks of the whole edit in order. Each source is read by one lane. */
export async function* cutInLanes(
  sources: readonly PcmSource[],
  segments: readonly Segment[],
  signal?: AbortSignal,
): AsyncGenerator<Planes, void> {
  const { sampleRate } = sources[0]!;
  const list = stretches(segments, sampleRate);
  const portions = portionsOf(list, portionLength * sampleRate);

  async function* lane(index: number): AsyncGenerator<Planes | 'end of portion', void> {
    for (let i = index; i < portions.length; i += sources.length) {
      yield* cutSound(sources[index]!, list, { ...portions[i]!, signal });
      yield 'end of portion';
    }
  }
  const lanes = sources.map((_, index) => prefetch(lane(index), blocksAhead));
  // Asked at once, so that all begin at once.
  const next = lanes.map((each) => begun(each.next()));
  try {
    for (let i = 0; i < portions.length; i++) {
      const index = i % lanes.length;
      for (;;) {
        const { value, done } = await next[index]!;
        if (done) break;
        next[index] = begun(lanes[index]!.next());
        if (value === 'end of portion') break;
        yield value;
      }
    }
  } finally {
    await Promise.allSettled(lanes.map((each) => each.return()));
  }
}

/** Parts end where stretches do: there a fade hides that decoding began anew. */
function portionsOf(list: readonly Stretch[], length: number): { first: number; end: number }[] {
  const portions: { first: number; end: number }[] = [];
  for (let first = 0, end = 1; first < list.length; end++) {
    if (end < list.length && list[end]!.start - list[first]!.start < length) continue;
    portions.push({ first, end });
    first = end;
  }
  return portions;
}

/** A failure is for the one who waits, which may be nobody when another lane failed before. */
function begun<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
