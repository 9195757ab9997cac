import fc from 'fast-check';
import { BlockList } from 'node:net';
import { expect, test } from 'vitest';
import { isWithin, parseAddress, parseRange } from './addresses.ts';

test.each([
  ['192.0.2.7', ['192.0.2.0/24'], true],
  ['192.0.3.7', ['192.0.2.0/24'], false],
  ['192.0.2.7', ['192.0.2.7'], true],
  ['192.0.2.7', ['0.0.0.0/0'], true],
  ['::ffff:192.0.2.7', ['192.0.2.0/24'], true],
  ['192.0.2.7', ['::ffff:192.0.2.0/120'], true],
  ['192.0.2.7', ['::/0'], false],
  ['2001:db8::1', ['2001:db8::/32'], true],
  ['2001:db9::1', ['2001:db8::/32', '2001:db9::/127'], true],
  ['2001:db9::2', ['2001:db8::/32', '2001:db9::/127'], false],
  ['2001:DB8:0:0:0:0:0:1', ['2001:db8::1/128'], true],
  ['unknown', ['0.0.0.0/0', '::/0'], false],
  ['', ['0.0.0.0/0'], false],
])('%s in %j: %s', (address, ranges, expected) => {
  expect(isWithin(address, ranges)).toBe(expected);
});

test.each([
  ...['1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.4/33', '1.2.3.4/-1', '1.2.3.4/8/8'],
  ...['1.2.3.4/24', '1.2.3.4/', '1.2.3.4/08', '::/129', '1::2::3', ':::', '1:2:3:4:5:6:7'],
  ...['1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7::8:9', 'g::', '12345::', '::1.2.3', '2001:db8::1/32'],
  ...['fe80::1%eth0', ' 1.2.3.4', 'example.com', '::ffff:1.2.3.0/24'],
])('%s is no range', (text) => {
  expect(parseRange(text)).toBeNull();
});

test('agrees with another implementation on any IPv4 and IPv6 address and range', () => {
  const v4 = fc.ipV4().map((text) => ({ family: 'ipv4' as const, bits: 32, text }));
  const v6 = fc
    .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
      minLength: 8,
      maxLength: 8,
    })
    // Not the mapped range, where the two disagree on purpose.
    .filter((groups) => groups.slice(0, 5).some((group) => group !== 0))
    .map((groups) => ({
      family: 'ipv6' as const,
      bits: 128,
      text: groups.map((group) => group.toString(16)).join(':'),
    }));
  fc.assert(
    fc.property(fc.oneof(v4, v6), fc.nat(128), fc.nat(), ({ family, bits, text }, length, flip) => {
      const prefix = Math.min(length, bits);
      const { value } = parseAddress(text)!;
      const shift = BigInt(bits - prefix);
      const base = (value >> shift) << shift;
      const write = (number: bigint) =>
        family === 'ipv4'
          ? [24n, 16n, 8n, 0n].map((by) => String((number >> by) & 255n)).join('.')
          : Array.from({ length: 8 }, (_, i) =>
              ((number >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
            ).join(':');
      const other = write(value ^ (1n << BigInt(flip % bits)));
      const oracle = new BlockList();
      oracle.addSubnet(write(base), prefix, family);
      for (const address of [text, other]) {
        expect(isWithin(address, [`${write(base)}/${prefix}`])).toBe(oracle.check(address, family));
      }
    }),
    { numRuns: 300 },
  );
});
