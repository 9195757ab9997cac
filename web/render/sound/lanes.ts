/**
 * Decodes several parts of an edit at the same time. The platform's decoder takes one packet of some
 * 20 ms, hands it to another thread and back, and only then takes the next: one alone waits most of
 * the time.
 */
import type { Segment } from '../../core/timeline.ts';
import { prefetch } from '../interleave.ts';
import { cutSound, stretches, type Stretch } from './cut.ts';
import type { PcmSource, Planes } from './pcm.ts';
import { exportRate } from './resampled.ts';

/** Seconds of the result that a lane does at a time. It begins with a seek, so not too few. */
const portionLength = 20;
/** Blocks of half a second held by each lane. */
const blocksAhead = 40;

/** Some of an edit's portions: each is decoded anew, so they can be asked for apart. */
export interface Part {
  first: number;
  count: number;
}

export const portionCount = (segments: readonly Segment[]): number =>
  portionsOf(stretches(segments, exportRate)).length;

/** Blocks of the edit, or of a part of it, in order. Each source is read by one lane. */
export async function* cutInLanes(
  sources: readonly PcmSource[],
  segments: readonly Segment[],
  signal?: AbortSignal,
  { first, count }: Part = { first: 0, count: Infinity },
): AsyncGenerator<Planes, void> {
  const list = stretches(segments, exportRate);
  const portions = portionsOf(list).slice(first, first + count);

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

/** They end where stretches do: there a fade hides that decoding began anew. */
function portionsOf(list: readonly Stretch[]): { first: number; end: number }[] {
  const length = portionLength * exportRate;
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
