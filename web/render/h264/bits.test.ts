import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BitReader, BitWriter } from './bits.ts';
import { escape, joinLengthPrefixed, splitAnnexB, splitLengthPrefixed, unescape } from './nal.ts';

describe('exp-Golomb codes', () => {
  test('those of table 9-2', () => {
    const w = new BitWriter();
    for (const value of [0, 1, 2, 3, 7]) w.ue(value);
    w.align(0);
    // 1 010 011 00100 0001000
    expect([...w.finish()]).toEqual([0b1010_0110, 0b0100_0001, 0b0000_0000].slice(0, 3));
  });

  test('signed values alternate', () => {
    const w = new BitWriter();
    for (const value of [1, -1, 2, -2]) w.se(value);
    w.trailing();
    const r = new BitReader(w.finish());
    expect([r.ue(), r.ue(), r.ue(), r.ue()]).toEqual([1, 2, 3, 4]);
  });

  test('come back as they went in', () => {
    const values = fc.array(fc.oneof(fc.nat(70), fc.nat(2 ** 32 - 2)));
    fc.assert(
      fc.property(values, (unsigned) => {
        const w = new BitWriter(1);
        for (const value of unsigned) w.ue(value);
        w.trailing();
        const r = new BitReader(w.finish());
        expect(unsigned.map(() => r.ue())).toEqual(unsigned);
      }),
    );
  });

  test('a cut off code is an error, not zeros', () => {
    expect(() => new BitReader(Uint8Array.of(0)).ue()).toThrow(RangeError);
  });
});

test('copying bits at any offset equals copying them one by one', () => {
  const bytes = fc.uint8Array({ minLength: 4, maxLength: 40 });
  fc.assert(
    fc.property(bytes, fc.nat(31), fc.nat(9), (source, from, before) => {
      const [fast, slow] = [new BitWriter(2), new BitWriter(2)];
      fast.u(before, 0);
      slow.u(before, 0);
      const to = source.length * 8;
      fast.copy(source, from, to);
      const r = new BitReader(source, from);
      while (r.position < to) slow.u(1, r.bit());
      expect(fast.finish()).toEqual(slow.finish());
    }),
  );
});

describe('emulation prevention', () => {
  const zeros = fc.array(fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 255), { minLength: 1 });

  test('goes in and comes out, and hides every start code', () => {
    fc.assert(
      fc.property(zeros, (tail) => {
        // A unit ends with its stop bit, never with a zero.
        const rbsp = Uint8Array.from([0x65, ...tail, 0x80]);
        const nal = escape(rbsp);
        expect(unescape(nal)).toEqual(rbsp);
        for (let i = 2; i < nal.length; i++) {
          expect(nal[i - 2] === 0 && nal[i - 1] === 0 && nal[i]! < 3).toBe(false);
        }
      }),
    );
  });

  test('follows the examples of clause 7.4.1.1', () => {
    expect([...escape(Uint8Array.of(0x65, 0, 0, 0, 0, 1))]).toEqual([0x65, 0, 0, 3, 0, 0, 3, 1]);
    expect([...unescape(Uint8Array.of(0x65, 0, 0, 3, 0, 0, 3))]).toEqual([0x65, 0, 0, 0, 0]);
  });
});

describe('framing', () => {
  const units = fc.array(
    fc.array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 300 }),
    { minLength: 1, maxLength: 5 },
  );

  test.each([2, 4])('lengths of %i bytes', (lengthSize) => {
    fc.assert(
      fc.property(units, (lists) => {
        const nals = lists.map((list) => Uint8Array.from(list));
        expect(splitLengthPrefixed(joinLengthPrefixed(nals, lengthSize), lengthSize)).toEqual(nals);
      }),
    );
  });

  test('a unit too long for its length field is refused', () => {
    expect(() => joinLengthPrefixed([new Uint8Array(300)], 1)).toThrow(RangeError);
  });

  test('a length that leaves the packet is refused', () => {
    expect(() => splitLengthPrefixed(Uint8Array.of(0, 0, 0, 9, 1), 4)).toThrow(RangeError);
  });

  test('start codes of three and four bytes', () => {
    const data = Uint8Array.of(0, 0, 0, 1, 9, 16, 0, 0, 1, 0x65, 7, 0, 0, 0, 1, 0x41);
    expect(splitAnnexB(data).map((unit) => [...unit])).toEqual([[9, 16], [0x65, 7], [0x41]]);
  });
});
