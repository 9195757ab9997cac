/** Bits of an RBSP (H.264 clause 7.2 and 9.1): emulation prevention bytes already taken out. */

export class BitReader {
  readonly bytes: Uint8Array;
  /** Bits read so far. */
  position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.bytes = bytes;
    this.position = position;
  }

  /** One bit. Throws RangeError past the end, as a truncated unit must not read as zeros. */
  bit(): number {
    const byte = this.bytes[this.position >> 3];
    if (byte === undefined) throw new RangeError('read past the end of the unit');
    return (byte >> (7 - (this.position++ & 7))) & 1;
  }

  flag(): boolean {
    return this.bit() === 1;
  }

  /** Unsigned, most significant bit first; at most 32 bits. */
  u(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.bit();
    return value;
  }

  /** Exp-Golomb, unsigned. */
  ue(): number {
    let zeros = 0;
    while (this.bit() === 0) if (++zeros > 32) throw new RangeError('exp-Golomb code too long');
    return 2 ** zeros - 1 + this.u(zeros);
  }

  /** Exp-Golomb, signed. */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}

export class BitWriter {
  #bytes: Uint8Array;
  #position = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
  }

  get position(): number {
    return this.#position;
  }

  u(count: number, value: number): void {
    this.#reserve(count);
    for (let i = count - 1; i >= 0; i--) {
      if (Math.floor(value / 2 ** i) % 2 === 1) {
        this.#bytes[this.#position >> 3]! |= 0x80 >> (this.#position & 7);
      }
      this.#position++;
    }
  }

  flag(value: boolean): void {
    this.u(1, value ? 1 : 0);
  }

  ue(value: number): void {
    const length = Math.floor(Math.log2(value + 1));
    this.u(length, 0);
    this.u(length + 1, value + 1);
  }

  se(value: number): void {
    this.ue(value > 0 ? value * 2 - 1 : -value * 2);
  }

  /** Takes bits `from`..`to` of `source` over; whole bytes at a time once aligned or shifted. */
  copy(source: Uint8Array, from: number, to: number): void {
    const reader = new BitReader(source, from);
    this.#reserve(to - from);
    while ((this.#position & 7) !== 0 && reader.position < to) this.u(1, reader.bit());
    const bytes = (to - reader.position) >> 3;
    const shift = reader.position & 7;
    let at = reader.position >> 3;
    let out = this.#position >> 3;
    if (shift === 0) {
      this.#bytes.set(source.subarray(at, at + bytes), out);
    } else {
      for (let i = 0; i < bytes; i++, at++, out++) {
        this.#bytes[out] = (source[at]! << shift) | (source[at + 1]! >> (8 - shift));
      }
    }
    this.#position += bytes * 8;
    reader.position += bytes * 8;
    while (reader.position < to) this.u(1, reader.bit());
  }

  /** Fills with `bit` up to the next byte. */
  align(bit: 0 | 1): void {
    while ((this.#position & 7) !== 0) this.u(1, bit);
  }

  /** rbsp_trailing_bits: a one, then zeros up to the next byte. */
  trailing(): void {
    this.u(1, 1);
    this.align(0);
  }

  /** The whole bytes written so far. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, (this.#position + 7) >> 3);
  }

  #reserve(bits: number): void {
    const needed = ((this.#position + bits + 7) >> 3) + 1;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
