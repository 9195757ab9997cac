/** A Bloom filter over passwords: says "surely not in the list" or "very likely in it". */

/** Bits and hash functions for one false alarm in 1,000 (Bloom 1970: m = n·ln(1/p)/ln²2, k = m/n·ln 2). */
export const bitsPerEntry = 14.4;
export const hashCount = 10;

/** Capital letters make no breached password a good one. */
export const canonical = (password: string) => password.normalize('NFKC').toLowerCase();

/** Positions of one entry, by double hashing (Kirsch and Mitzenmacher 2006) of its SHA-256. */
export async function positionsOf(password: string, bits: number): Promise<number[]> {
  const bytes = new TextEncoder().encode(canonical(password));
  const view = new DataView(await crypto.subtle.digest('SHA-256', bytes));
  const first = view.getUint32(0);
  // Odd, so that it never steps on the same place again at once.
  const second = view.getUint32(4) | 1;
  return Array.from({ length: hashCount }, (_, i) => (first + i * (second >>> 0)) % bits);
}

export async function isInFilter(filter: Uint8Array, password: string): Promise<boolean> {
  const positions = await positionsOf(password, filter.length * 8);
  return positions.every((at) => (filter[at >> 3]! >> (at & 7)) & 1);
}
