/** The only code that turns source time into output time and back. */
import {
  outputTime,
  sourceTime,
  subtractRanges,
  type OutputRange,
  type OutputTime,
  type SourceRange,
  type SourceTime,
} from './time.ts';

/** A stretch of the recording that is kept, and where it lands. */
export interface Segment {
  readonly source: SourceRange;
  readonly output: OutputRange;
  /** Source seconds a second of output. */
  readonly speed: number;
}

export interface SpeedRange extends SourceRange {
  /** Above 0; 2 plays twice as fast. */
  readonly speed: number;
}

export class TimeMap {
  readonly sourceDuration: SourceTime;
  readonly segments: readonly Segment[];
  /** Length of the edited result, seconds. */
  readonly duration: OutputTime;

  /** `cuts` may overlap; `speeds` may not. Ranges outside 0..duration are clipped. */
  constructor(
    sourceDuration: SourceTime,
    cuts: readonly SourceRange[] = [],
    speeds: readonly SpeedRange[] = [],
  ) {
    this.sourceDuration = sourceDuration;
    const whole = { start: sourceTime(0), end: sourceDuration };
    const segments: Segment[] = [];
    let at = 0;
    for (const kept of subtractRanges(whole, cuts)) {
      for (const { start, end, speed } of splitBySpeed(kept, speeds)) {
        const length = (end - start) / speed;
        segments.push({
          source: { start, end },
          output: { start: outputTime(at), end: outputTime(at + length) },
          speed,
        });
        at += length;
      }
    }
    this.segments = segments;
    this.duration = outputTime(at);
  }

  /** Where a moment of the recording lands; null inside a cut. */
  toOutput(time: SourceTime): OutputTime | null {
    const segment = this.segments[this.#sourceIndex(time)];
    if (!segment || time < segment.source.start || time > segment.source.end) return null;
    return outputTime(segment.output.start + (time - segment.source.start) / segment.speed);
  }

  /** As `toOutput`, but a moment inside a cut lands where the cut closes. */
  toOutputNearest(time: SourceTime): OutputTime {
    const exact = this.toOutput(time);
    if (exact !== null) return exact;
    const before = this.segments[this.#sourceIndex(time)];
    return before && time >= before.source.start ? before.output.end : outputTime(0);
  }

  /** The moment of the recording shown at an output time; clamped to the result. At a joint it is the later side. */
  toSource(time: OutputTime): SourceTime {
    const { segments } = this;
    const segment =
      segments[
        Math.max(
          0,
          lastAtOrBefore(segments, (s) => s.output.start, time),
        )
      ];
    if (!segment) return sourceTime(0);
    const offset = Math.min(
      Math.max(0, time - segment.output.start),
      segment.output.end - segment.output.start,
    );
    return sourceTime(segment.source.start + offset * segment.speed);
  }

  /** Output ranges of what is left of a source range; touching pieces are one. */
  project(range: SourceRange): OutputRange[] {
    const pieces: OutputRange[] = [];
    for (const s of this.segments) {
      const start = Math.max(range.start, s.source.start);
      const end = Math.min(range.end, s.source.end);
      if (end <= start) continue;
      const from = outputTime(s.output.start + (start - s.source.start) / s.speed);
      const to = outputTime(s.output.start + (end - s.source.start) / s.speed);
      const last = pieces.at(-1);
      if (last && from - last.end < 1e-9)
        pieces[pieces.length - 1] = { start: last.start, end: to };
      else pieces.push({ start: from, end: to });
    }
    return pieces;
  }

  #sourceIndex(time: SourceTime): number {
    return lastAtOrBefore(this.segments, (s) => s.source.start, time);
  }
}

/** Index of the last item whose key is at or before `value`, -1 when there is none. Items are sorted. */
export function lastAtOrBefore<T>(
  items: readonly T[],
  key: (item: T) => number,
  value: number,
): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(items[middle]!) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function splitBySpeed(range: SourceRange, speeds: readonly SpeedRange[]): SpeedRange[] {
  const inside = speeds
    .filter((s) => s.end > range.start && s.start < range.end && s.speed > 0)
    .sort((a, b) => a.start - b.start);
  const pieces: SpeedRange[] = [];
  let from = range.start;
  for (const s of inside) {
    const start = sourceTime(Math.max(s.start, from));
    const end = sourceTime(Math.min(s.end, range.end));
    if (end <= start) continue;
    if (start > from) pieces.push({ start: from, end: start, speed: 1 });
    pieces.push({ start, end, speed: s.speed });
    from = end;
  }
  if (from < range.end) pieces.push({ start: from, end: range.end, speed: 1 });
  return pieces;
}
