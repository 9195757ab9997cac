/** What an edit must show, worked out from the source alone. */
import type { DecodedFrame } from './decoders.ts';

/** Kept ranges of `duration` seconds without `cuts`, which are sorted and apart. */
export function keptRanges(
  duration: number,
  cuts: readonly (readonly [number, number])[],
): [number, number][] {
  const kept: [number, number][] = [];
  let from = 0;
  for (const [start, end] of cuts) {
    if (start > from) kept.push([from, start]);
    from = end;
  }
  if (from < duration) kept.push([from, duration]);
  return kept;
}

/** Frames of the result with their times; half a millisecond is rounding. */
export function expectedFrames(
  source: readonly DecodedFrame[],
  kept: readonly (readonly [number, number])[],
): DecodedFrame[] {
  const result: DecodedFrame[] = [];
  let at = 0;
  for (const [start, end] of kept) {
    const onScreen = source.findLast((frame) => frame.time <= start + 0.0005);
    const inside = source.filter(
      (frame) => frame.time > start + 0.0005 && frame.time < end - 0.0005,
    );
    if (onScreen) result.push({ number: onScreen.number, time: at });
    for (const frame of inside)
      result.push({ number: frame.number, time: at + frame.time - start });
    at += end - start;
  }
  return result;
}

/** The first place where two lists of frames differ, in words; null when they agree within `tolerance` seconds. */
export function difference(
  got: readonly DecodedFrame[],
  wanted: readonly DecodedFrame[],
  tolerance: number,
): string | null {
  for (let i = 0; i < Math.max(got.length, wanted.length); i++) {
    const [a, b] = [got[i], wanted[i]];
    const agrees = a && b && a.number === b.number && Math.abs(a.time - b.time) <= tolerance;
    if (!agrees) {
      const show = (f?: DecodedFrame): string =>
        f ? `${f.number} at ${f.time.toFixed(4)}` : 'nothing';
      return `frame ${i} of ${got.length}: ${show(a)} instead of ${show(b)} (of ${wanted.length})`;
    }
  }
  return null;
}
