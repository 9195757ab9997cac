import { describe, expect, test } from 'vitest';
import { PreparedParts } from './prepared-parts.ts';

function steps(partCount: number, arrived: number[] = []) {
  const hashed: number[] = [];
  const signed: number[][] = [];
  return {
    hashed,
    signed,
    partCount,
    async hash(number: number) {
      hashed.push(number);
      return `md5 of ${number}`;
    },
    hasArrived: (number: number) => arrived.includes(number),
    async sign(parts: { number: number; md5: string }[]) {
      signed.push(parts.map(({ number }) => number));
      return parts.map(({ number }) => ({ number, url: '', headers: {}, expiresAt: 0 }));
    },
  };
}

/** Several at once, as the senders do. */
async function takeAll(parts: PreparedParts, takers = 4): Promise<number[]> {
  const taken: number[] = [];
  const taker = async () => {
    for (let part = await parts.take(); part; part = await parts.take()) {
      expect(part.md5).toBe(`md5 of ${part.signed.number}`);
      taken.push(part.signed.number);
      await Promise.resolve();
    }
  };
  await Promise.all(Array.from({ length: takers }, taker));
  return taken.sort((a, b) => a - b);
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('parts to send', () => {
  test.each([1, 3, 8, 9, 40])('all %d of them, once each, hashed in order', async (count) => {
    const given = steps(count);
    expect(await takeAll(new PreparedParts(given))).toEqual(upTo(count));
    expect(given.hashed).toEqual(upTo(count));
    // Eight with one request, not a request each.
    expect(given.signed).toHaveLength(Math.ceil(count / 8));
  });

  test('without those that arrived, which are hashed all the same', async () => {
    const arrived = [...upTo(20), 30];
    const given = steps(40, arrived);
    const missing = upTo(40).filter((number) => !arrived.includes(number));
    expect(await takeAll(new PreparedParts(given))).toEqual(missing);
    expect(given.hashed).toEqual(upTo(40));
    expect(await takeAll(new PreparedParts(steps(3, [1, 2, 3])))).toEqual([]);
  });

  test('not far ahead of the senders', async () => {
    const given = steps(100);
    const parts = new PreparedParts(given);
    await parts.take();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(given.hashed.length).toBeLessThanOrEqual(16);
  });

  test('what goes wrong reaches whoever takes', async () => {
    const given = steps(20);
    const parts = new PreparedParts({
      ...given,
      hash: (number) =>
        number === 10 ? Promise.reject(new Error('unreadable')) : given.hash(number),
    });
    await expect(takeAll(parts, 1)).rejects.toThrow('unreadable');
    await expect(parts.take()).rejects.toThrow('unreadable');
  });
});
