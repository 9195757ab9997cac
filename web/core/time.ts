/**
 * Two clocks, never mixed. Source time is the presentation time of the recording's media as the
 * container states it (edit lists applied); output time is the time of the edited result.
 * Both are in seconds.
 */
declare const clock: unique symbol;
export type SourceTime = number & { readonly [clock]: 'source' };
export type OutputTime = number & { readonly [clock]: 'output' };

export const sourceTime = (seconds: number): SourceTime => seconds as SourceTime;
export const outputTime = (seconds: number): OutputTime => seconds as OutputTime;

/** Half-open: `start` belongs to the range, `end` does not. */
export interface Range<T extends number> {
  readonly start: T;
  readonly end: T;
}
export type SourceRange = Range<SourceTime>;
export type OutputRange = Range<OutputTime>;

export const sourceRange = (start: number, end: number): SourceRange => ({
  start: sourceTime(start),
  end: sourceTime(end),
});

/** Sorts ranges and joins those that overlap or touch (within `gap` seconds). Empty ones go. */
export function mergeRanges<T extends number>(ranges: readonly Range<T>[], gap = 0): Range<T>[] {
  const sorted = ranges.filter((r) => r.end > r.start).sort((a, b) => a.start - b.start);
  const merged: Range<T>[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last && range.start <= last.end + gap) {
      if (range.end > last.end) merged[merged.length - 1] = { start: last.start, end: range.end };
    } else {
      merged.push({ start: range.start, end: range.end });
    }
  }
  return merged;
}

/** What remains of `whole` once `holes` are taken out. */
export function subtractRanges<T extends number>(
  whole: Range<T>,
  holes: readonly Range<T>[],
): Range<T>[] {
  const rest: Range<T>[] = [];
  let from = whole.start;
  for (const hole of mergeRanges(holes)) {
    if (hole.end <= whole.start) continue;
    if (hole.start >= whole.end) break;
    if (hole.start > from) rest.push({ start: from, end: hole.start });
    if (hole.end > from) from = hole.end;
  }
  if (from < whole.end) rest.push({ start: from, end: whole.end });
  return rest;
}

export const overlap = (a: Range<number>, b: Range<number>): number =>
  Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));
