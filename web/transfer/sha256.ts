/** SHA-256 (FIPS 180-4) over a stream: the browser's own takes whole buffers only. */

// The first 32 bits of the fractional parts of cube roots of the first 64 primes, section 4.2.2.
const constants = new Uint32Array(64);
const initial = new Uint32Array(8);
for (let n = 2, found = 0; found < 64; n++) {
  let isPrime = true;
  for (let d = 2; d * d <= n; d++) if (n % d === 0) isPrime = false;
  if (!isPrime) continue;
  constants[found] = fraction(Math.cbrt(n));
  if (found < 8) initial[found] = fraction(Math.sqrt(n));
  found++;
}

function fraction(x: number): number {
  return Math.floor((x - Math.floor(x)) * 2 ** 32);
}

export class Sha256 {
  readonly #state = new Int32Array(initial);
  readonly #words = new Int32Array(64);
  readonly #rest = new Uint8Array(64);
  #kept = 0;
  #length = 0;

  update(data: Uint8Array): this {
    this.#length += data.length;
    let at = 0;
    if (this.#kept > 0) {
      at = Math.min(64 - this.#kept, data.length);
      this.#rest.set(data.subarray(0, at), this.#kept);
      this.#kept += at;
      if (this.#kept < 64) return this;
      this.#block(this.#rest, 0);
      this.#kept = 0;
    }
    for (; at + 64 <= data.length; at += 64) this.#block(data, at);
    this.#rest.set(data.subarray(at));
    this.#kept = data.length - at;
    return this;
  }

  /** Hex. The hash takes no more data afterwards. */
  digest(): string {
    const length = this.#length;
    const padding = new Uint8Array((this.#kept < 56 ? 64 : 128) - this.#kept);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(length / 2 ** 29));
    view.setUint32(padding.length - 4, (length << 3) >>> 0);
    this.update(padding);
    return Array.from(this.#state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #block(data: Uint8Array, at: number): void {
    const w = this.#words;
    for (let i = 0; i < 16; i++, at += 4) {
      w[i] = (data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!;
    }
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15]!;
      const y = w[i - 2]!;
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
    }
    const h = this.#state;
    let a = h[0]!;
    let b = h[1]!;
    let c = h[2]!;
    let d = h[3]!;
    let e = h[4]!;
    let f = h[5]!;
    let g = h[6]!;
    let last = h[7]!;
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (last + s1 + ((e & f) ^ (~e & g)) + constants[i]! + w[i]!) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      last = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    h[0] = h[0]! + a;
    h[1] = h[1]! + b;
    h[2] = h[2]! + c;
    h[3] = h[3]! + d;
    h[4] = h[4]! + e;
    h[5] = h[5]! + f;
    h[6] = h[6]! + g;
    h[7] = h[7]! + last;
  }
}

export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
