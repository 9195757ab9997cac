/** Joins the kept stretches of a source, sample by sample, with a short crossfade at every joint. */
import type { Segment } from '../../core/timeline.ts';
import type { PcmSource, Planes } from './pcm.ts';

/** Seconds; an equal-power crossfade of 5 to 15 ms hides a cut and keeps consonants sharp. */
export const crossfade = 0.01;
/** Samples handed on at a time. */
const blockLength = 24_000;

/** A kept stretch in samples. Result sample n is source sample n + offset. */
export interface Stretch {
  start: number;
  end: number;
  offset: number;
}

/** Lengths come from rounded positions in the result, so errors never add up. */
export function stretches(segments: readonly Segment[], sampleRate: number): Stretch[] {
  return segments.flatMap((segment) => {
    if (segment.speed !== 1) throw new Error('sound is rendered at speed 1');
    const start = Math.round(segment.output.start * sampleRate);
    const end = Math.round(segment.output.end * sampleRate);
    const offset = Math.round(segment.source.start * sampleRate) - start;
    return end > start ? [{ start, end, offset }] : [];
  });
}

export interface CutOptions {
  /** Only the stretches from `first` to before `end`, with the fade into the first of them. */
  first?: number;
  end?: number;
  signal?: AbortSignal | undefined;
}

/**
 * Blocks of the result, one after another without gaps. A crossfade lies evenly around its joint:
 * the outgoing side goes on into what was cut, the incoming side begins there, so the length of
 * the result stays that of the time map and picture and sound stay together.
 */
export async function* cutSound(
  source: PcmSource,
  list: readonly Stretch[],
  { first = 0, end = list.length, signal }: CutOptions = {},
): AsyncGenerator<Planes, void> {
  const longest = Math.round((crossfade * source.sampleRate) / 2);
  /** Half the fade at the joint before stretch i; a stretch is never faded over more than half of it. */
  const halfFade = (i: number): number => {
    const before = list[i - 1];
    const after = list[i];
    if (!before || !after || before.offset === after.offset) return 0;
    return Math.min(longest, (before.end - before.start) >> 1, (after.end - after.start) >> 1);
  };

  for (let i = first; i < end; i++) {
    const stretch = list[i]!;
    const fadeIn = halfFade(i);
    const before = list[i - 1];
    if (before && fadeIn > 0) {
      const from = stretch.start - fadeIn;
      const to = stretch.start + fadeIn;
      const outgoing = await source.read(from + before.offset, to + before.offset);
      const incoming = await source.read(from + stretch.offset, to + stretch.offset);
      yield outgoing.map((plane, c) => fade(plane, incoming[c]!));
    }
    const until = stretch.end - halfFade(i + 1);
    for (let at = stretch.start + fadeIn; at < until; at += blockLength) {
      signal?.throwIfAborted();
      const to = Math.min(until, at + blockLength);
      yield await source.read(at + stretch.offset, to + stretch.offset);
    }
  }
}

/** Equal power: the squares of both weights add up to 1 everywhere. */
function fade(outgoing: Float32Array, incoming: Float32Array): Float32Array {
  return outgoing.map((value, i) => {
    const angle = (((i + 0.5) / outgoing.length) * Math.PI) / 2;
    return value * Math.cos(angle) + incoming[i]! * Math.sin(angle);
  });
}
