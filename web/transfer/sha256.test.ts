import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Sha256 } from './sha256.ts';

test('the same as the platform’s, however the data come in', () => {
  for (const size of [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000, 100_003]) {
    const data = Uint8Array.from({ length: size }, (_, i) => (i * 31 + size) & 255);
    const expected = createHash('sha256').update(data).digest('hex');
    for (const step of [1, 7, 64, 1000, 100_003]) {
      const hash = new Sha256();
      for (let at = 0; at < size; at += step) hash.update(data.subarray(at, at + step));
      expect(hash.digest()).toBe(expected);
    }
  }
});
