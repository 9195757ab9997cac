import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pictureAt, picturesBetween, splitTail } from './edges.ts';

const at = (...times: number[]): { timestamp: number }[] =>
  times.map((timestamp) => ({ timestamp }));
const times = (packets: { timestamp: number }[]): number[] => packets.map((p) => p.timestamp);

describe('the picture on screen', () => {
  test('is the last one shown before, whatever the decoding order', () => {
    expect(pictureAt(at(0, 3, 1, 2), 2.5)?.timestamp).toBe(2);
  });
  test('a time just short of a picture is that picture', () => {
    expect(pictureAt(at(0, 1), 0.9998)?.timestamp).toBe(1);
  });
  test('before the first one it is the first', () => {
    expect(pictureAt(at(5, 7, 6), 1)?.timestamp).toBe(5);
    expect(pictureAt([], 1)).toBeNull();
  });
});

test('pictures between two times come in the order in which they are shown', () => {
  expect(times(picturesBetween(at(0, 4, 2, 1, 3), 1, 4))).toEqual([1, 2, 3]);
});

describe('the end of a kept range', () => {
  test('without reordering everything is copied', () => {
    expect(splitTail(at(0, 1, 2, 3, 4), 2.5)).toEqual({ copied: 3, encoded: [] });
  });

  test('a picture that refers to one after the cut is encoded again', () => {
    // I0 P3 B1 B2 P6 B4 B5, cut at 5: B4 needs P6.
    const { copied, encoded } = splitTail(at(0, 3, 1, 2, 6, 4, 5), 5);
    expect([copied, times(encoded)]).toEqual([4, [4]]);
  });

  test('encoded pictures are shown after all copied ones', () => {
    // B1 comes after P8 in decode order: P4 cannot be copied before it.
    const { copied, encoded } = splitTail(at(0, 4, 8, 1, 2), 5);
    expect([copied, times(encoded)]).toEqual([1, [1, 2, 4]]);
  });

  test('every kept picture is copied or encoded, once, in order', () => {
    const order = fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8, 9], { minLength: 3 });
    fc.assert(
      fc.property(order, fc.integer({ min: 1, max: 10 }), (rest, end) => {
        const packets = at(0, ...rest);
        const { copied, encoded } = splitTail(packets, end);
        const kept = times(packets.slice(0, copied));
        expect([...kept, ...times(encoded)].sort((a, b) => a - b)).toEqual(
          times(packets)
            .filter((time) => time < end)
            .sort((a, b) => a - b),
        );
        expect(Math.max(...kept)).toBeLessThan(encoded[0]?.timestamp ?? Infinity);
        expect(copied).toBeGreaterThan(0);
      }),
    );
  });
});
