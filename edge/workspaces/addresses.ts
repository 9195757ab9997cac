/** Internet addresses and ranges of them (CIDR), IPv4 and IPv6. */

export interface AddressRange {
  /** 32 for IPv4, 128 for IPv6. */
  bits: 32 | 128;
  base: bigint;
  prefix: number;
}

const ones = (count: number) => (1n << BigInt(count)) - 1n;

/** Four decimal numbers without leading zeros, which some would read as octal; null for others. */
function parseV4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return null;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

const parseGroups = (text: string): bigint[] | null => {
  if (text === '') return [];
  const groups = text.split(':');
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => BigInt(`0x${group}`))
    : null;
};

/** RFC 4291, 2.2: eight groups, `::` once for groups of zero, the last two perhaps as IPv4. */
function parseV6(text: string): bigint | null {
  let rest = text;
  const tail = /^(.*:)([0-9.]+)$/.exec(text);
  if (tail?.[2]?.includes('.')) {
    const v4 = parseV4(tail[2]);
    if (v4 === null) return null;
    rest = `${tail[1]}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`;
  }
  const halves = rest.split('::');
  if (halves.length > 2) return null;
  const [head, end] = [parseGroups(halves[0]!), parseGroups(halves[1] ?? '')];
  if (!head || !end) return null;
  const missing = 8 - head.length - end.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...end];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

/** `::ffff:0:0/96`: IPv4 written as IPv6 (RFC 4291, 2.5.5.2). */
const mapped = 0xffffn << 32n;

/** Reads one address; an IPv4 address in IPv6 writing is the IPv4 address. Null when it is none. */
export function parseAddress(text: string): { bits: 32 | 128; value: bigint } | null {
  const v4 = parseV4(text);
  if (v4 !== null) return { bits: 32, value: v4 };
  const v6 = parseV6(text);
  if (v6 === null) return null;
  return v6 >> 32n === mapped >> 32n
    ? { bits: 32, value: v6 & ones(32) }
    : { bits: 128, value: v6 };
}

/** Reads `192.0.2.0/24`, `2001:db8::/32` or a single address. Null when bits behind the prefix are set. */
export function parseRange(text: string): AddressRange | null {
  const [host, length, more] = text.split('/');
  if (host === undefined || more !== undefined) return null;
  const address = parseAddress(host);
  if (!address) return null;
  if (length === undefined) {
    return { bits: address.bits, base: address.value, prefix: address.bits };
  }
  if (!/^(0|[1-9][0-9]{0,2})$/.test(length)) return null;
  // A prefix for the IPv6 writing of an IPv4 range counts the 96 bits in front of it.
  const prefix = Number(length) - (address.bits === 32 && host.includes(':') ? 96 : 0);
  if (prefix < 0 || prefix > address.bits) return null;
  if ((address.value & ones(address.bits - prefix)) !== 0n) return null;
  return { bits: address.bits, base: address.value, prefix };
}

/** Whether `address` lies in one of `ranges`; what cannot be read lies in none. */
export function isWithin(address: string, ranges: readonly string[]): boolean {
  const parsed = parseAddress(address);
  if (!parsed) return false;
  return ranges.some((text) => {
    const range = parseRange(text);
    if (!range || range.bits !== parsed.bits) return false;
    const shift = BigInt(range.bits - range.prefix);
    return parsed.value >> shift === range.base >> shift;
  });
}
