import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sourceRange } from '../../core/time.ts';
import type { VoiceActivity } from './types.ts';
import { evenGroups, halves, packWindows, toSource } from './windows.ts';

function activity(speech: [number, number][], seconds: number): VoiceActivity {
  return {
    speech: speech.map(([a, b]) => sourceRange(a, b)),
    probabilities: new Float32Array(Math.ceil(seconds / 0.032)).fill(0.9),
    levels: new Float32Array(Math.ceil(seconds * 100)).fill(-20),
    excess: new Float32Array(Math.ceil(seconds * 100)).fill(20),
  };
}

test('every moment of speech is in exactly one window of at most 29 s', () => {
  const lengths = fc.array(
    fc.tuple(
      fc.double({ min: 0.01, max: 20, noNaN: true }),
      fc.double({ min: 0.1, max: 80, noNaN: true }),
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(lengths, (parts) => {
      let t = 0;
      const speech = parts.map(([gap, length]): [number, number] => {
        const start = t + gap;
        t = start + length;
        return [start, t];
      });
      const windows = packWindows(activity(speech, t + 1), t + 1);
      const pieces = windows.flatMap((w) => w.pieces);
      for (const w of windows) expect(w.length).toBeLessThanOrEqual(29 + 1e-6);
      for (let i = 1; i < pieces.length; i++)
        expect(pieces[i]!.start).toBeGreaterThanOrEqual(pieces[i - 1]!.end - 1e-9);
      for (const [a, b] of speech) {
        let covered = 0;
        for (const p of pieces) covered += Math.max(0, Math.min(b, p.end) - Math.max(a, p.start));
        expect(covered).toBeCloseTo(b - a, 6);
      }
    }),
  );
});

test('a window ends at a long pause and not inside a sentence', () => {
  const speech: [number, number][] = [[0, 9], [9.7, 18], [18.7, 24], [27, 40]]; // prettier-ignore
  const windows = packWindows(activity(speech, 41), 41);
  expect(windows.map((w) => w.pieces.length)).toEqual([3, 1]);
});

test('speech without a pause is cut at its quietest moment', () => {
  const a = activity([[0, 50]], 50);
  a.levels.fill(-60, 2400, 2425);
  const [first] = packWindows(a, 50);
  expect(first!.pieces[0]!.end).toBeGreaterThan(24);
  expect(first!.pieces[0]!.end).toBeLessThan(24.25);
});

test('halves hold what the whole held, and times lead back to the source', () => {
  const a = activity([[1, 9], [20, 30]], 31); // prettier-ignore
  const [window] = packWindows(a, 31);
  expect(toSource(window!, 1)).toBeCloseTo(1.7);
  expect(toSource(window!, window!.length - 0.3)).toBeCloseTo(30);
  expect(halves(window!, a).map((w) => w.pieces[0]!.start)).toEqual([0.7, 19.7]);
});

test('groups keep the order, and none is much smaller than the others', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.integer({ min: 1, max: 8 }), (count, most) => {
      const items = Array.from({ length: count }, (_, i) => i);
      const groups = evenGroups(items, most);
      expect(groups.flat()).toEqual(items);
      expect(groups).toHaveLength(Math.ceil(count / most));
      const sizes = groups.map((g) => g.length);
      if (count > 0) expect(Math.max(...sizes)).toBeLessThanOrEqual(most);
      if (count > 0) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});
