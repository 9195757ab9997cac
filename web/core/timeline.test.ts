import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sourceRange, sourceTime, outputTime } from './time.ts';
import { TimeMap } from './timeline.ts';

const ranges = fc.array(
  fc.tuple(
    fc.double({ min: -5, max: 120, noNaN: true }),
    fc.double({ min: 0, max: 8, noNaN: true }),
  ),
  { maxLength: 200 },
);
const map = (cuts: [number, number][]) =>
  new TimeMap(
    sourceTime(100),
    cuts.map(([start, length]) => sourceRange(start, start + length)),
  );

describe('TimeMap', () => {
  test('kept moments survive the round trip', () =>
    fc.assert(
      fc.property(ranges, fc.double({ min: 0, max: 100, noNaN: true }), (cuts, t) => {
        const m = map(cuts);
        const out = m.toOutput(sourceTime(t));
        if (out === null) return;
        const back = m.toSource(out);
        // A joint is one output moment with two source moments; it maps back to its later side.
        const joint = m.segments.some((s) => Math.abs(s.source.end - t) < 1e-6);
        if (!joint) expect(back).toBeCloseTo(t, 6);
      }),
    ));

  test('output time grows with source time and ends at the total length', () =>
    fc.assert(
      fc.property(ranges, (cuts) => {
        const m = map(cuts);
        let last = 0;
        for (let t = 0; t <= 100; t += 0.37) {
          const out = m.toOutputNearest(sourceTime(t));
          expect(out).toBeGreaterThanOrEqual(last - 1e-9);
          last = out;
        }
        expect(m.toOutputNearest(sourceTime(100))).toBeCloseTo(m.duration, 6);
        const kept = m.segments.reduce((sum, s) => sum + (s.source.end - s.source.start), 0);
        expect(m.duration).toBeCloseTo(kept, 6);
      }),
    ));

  test('speeds shorten their range and nothing else', () => {
    const m = new TimeMap(
      sourceTime(30),
      [sourceRange(5, 10)],
      [{ ...sourceRange(15, 25), speed: 4 }],
    );
    expect(m.duration).toBeCloseTo(30 - 5 - 7.5, 9);
    expect(m.toOutput(sourceTime(4))).toBe(4);
    expect(m.toOutput(sourceTime(7))).toBeNull();
    expect(m.toOutput(sourceTime(17))).toBeCloseTo(10.5, 9);
    expect(m.toSource(outputTime(10.5))).toBeCloseTo(17, 9);
  });
});
