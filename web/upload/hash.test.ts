import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashMethods } from './hash.ts';

const context = { signal: new AbortController().signal };
const digest = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes);

test('every part by itself, and all of them as one file', async () => {
  // More than is read at once, an end within a block, and nothing at all.
  const parts = [
    randomBytes(9 * 2 ** 20),
    randomBytes(8 * 2 ** 20),
    randomBytes(77),
    randomBytes(0),
  ];
  for (let round = 0; round < 2; round += 1) {
    for (const part of parts) {
      const md5 = await hashMethods.hashPart(new Blob([new Uint8Array(part)]), context);
      expect(md5).toBe(digest('md5', part).digest('base64'));
    }
    const whole = digest('sha256', Buffer.concat(parts)).digest('hex');
    expect(await hashMethods.finishHash(null)).toBe(whole);
  }
});

test('stops when cancelled', async () => {
  const ended = { signal: AbortSignal.abort() };
  await expect(hashMethods.hashPart(new Blob(['x']), ended)).rejects.toThrow(/abort/i);
});
