/** Network abstraction layer units: framing (ISO 14496-15 lengths, Annex B start codes) and emulation prevention. */

export const nalType = {
  slice: 1,
  partitionA: 2,
  partitionC: 4,
  idr: 5,
  sei: 6,
  sps: 7,
  pps: 8,
  delimiter: 9,
  filler: 12,
  spsExtension: 13,
  prefix: 14,
  subsetSps: 15,
  auxiliary: 19,
  sliceExtension: 20,
  depthExtension: 21,
} as const;

export const typeOf = (nal: Uint8Array): number => nal[0]! & 31;
/** 0: no other picture refers to it. */
export const refIdcOf = (nal: Uint8Array): number => (nal[0]! >> 5) & 3;

/** Units of a packet whose units carry their length. Throws RangeError on a broken length. */
export function splitLengthPrefixed(data: Uint8Array, lengthSize: number): Uint8Array[] {
  const units: Uint8Array[] = [];
  let at = 0;
  while (at < data.length) {
    if (at + lengthSize > data.length) throw new RangeError('unit length cut off');
    let length = 0;
    for (let i = 0; i < lengthSize; i++) length = length * 256 + data[at + i]!;
    at += lengthSize;
    if (at + length > data.length) throw new RangeError('unit longer than its packet');
    if (length > 0) units.push(data.subarray(at, at + length));
    at += length;
  }
  return units;
}

/** Units between start codes. */
export function splitAnnexB(data: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  let start = -1;
  for (let i = 0; i + 2 < data.length; i++) {
    if (data[i] !== 0 || data[i + 1] !== 0 || data[i + 2] !== 1) continue;
    if (start >= 0) units.push(withoutTrailingZeros(data.subarray(start, i)));
    start = i + 3;
    i += 2;
  }
  if (start >= 0) units.push(withoutTrailingZeros(data.subarray(start)));
  return units.filter((unit) => unit.length > 0);
}

/** A packet of units that carry their length. Throws RangeError when a unit is too long for `lengthSize` bytes. */
export function joinLengthPrefixed(units: readonly Uint8Array[], lengthSize: number): Uint8Array {
  const packet = new Uint8Array(units.reduce((sum, unit) => sum + lengthSize + unit.length, 0));
  let at = 0;
  for (const unit of units) {
    if (unit.length >= 256 ** lengthSize)
      throw new RangeError('unit too long for its length field');
    for (let i = lengthSize - 1, rest = unit.length; i >= 0; i--) {
      packet[at + i] = rest & 255;
      rest = Math.floor(rest / 256);
    }
    packet.set(unit, at + lengthSize);
    at += lengthSize + unit.length;
  }
  return packet;
}

/** NAL unit → RBSP with its header byte: the 3 of every 00 00 03 goes. */
export function unescape(nal: Uint8Array): Uint8Array {
  const rbsp = new Uint8Array(nal.length);
  let out = 0;
  let from = 0;
  for (let i = 2; i < nal.length; i++) {
    if (nal[i] !== 3 || nal[i - 1] !== 0 || nal[i - 2] !== 0 || i - from < 2) continue;
    rbsp.set(nal.subarray(from, i), out);
    out += i - from;
    from = i + 1;
    i += 1;
  }
  rbsp.set(nal.subarray(from), out);
  return rbsp.subarray(0, out + nal.length - from);
}

/** RBSP with its header byte → NAL unit: 00 00 followed by 0, 1, 2 or 3 gets a 3 between. */
export function escape(rbsp: Uint8Array): Uint8Array {
  // At most one byte is added for every two.
  const nal = new Uint8Array(rbsp.length + (rbsp.length >> 1) + 2);
  let out = 0;
  let zeros = 0;
  for (let i = 0; i < rbsp.length; i++) {
    const byte = rbsp[i]!;
    if (zeros === 2 && byte <= 3) {
      nal[out++] = 3;
      zeros = 0;
    }
    nal[out++] = byte;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  // A unit may not end in a zero byte (cabac_zero_words).
  if (zeros > 0) nal[out++] = 3;
  return nal.slice(0, out);
}

function withoutTrailingZeros(unit: Uint8Array): Uint8Array {
  let end = unit.length;
  while (end > 0 && unit[end - 1] === 0) end--;
  return unit.subarray(0, end);
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
