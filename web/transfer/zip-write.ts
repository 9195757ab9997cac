/**
 * A zip written to a file that can be written at any place (PKWARE APPNOTE 6.3): members are stored as
 * they are, any number of bytes (zip64), with their size and CRC-32 in front, so that every program
 * reads it. Memory holds one chunk and the directory.
 */
import { crc32 } from '../core/crc32.ts';
import { Sha256 } from './sha256.ts';

/** Writes all of it or throws. */
export type WriteAt = (data: Uint8Array<ArrayBuffer>, at: number) => void;

export interface WrittenMember {
  name: string;
  size: number;
  /** Hex, of the content. */
  sha256: string;
}

interface Record {
  name: Uint8Array;
  method: 0 | 8;
  crc: number;
  size: number;
  packed: number;
  offset: number;
}

export const chunkSize = 4 * 1024 * 1024;
const limit32 = 0xffffffff;
const utf8Names = 0x0800;

export class ZipWriter {
  readonly #write: WriteAt;
  readonly #records: Record[] = [];
  readonly #limit: number;
  #end = 0;

  /** `limit`: sizes and places from which on the 64-bit fields are used. */
  constructor(write: WriteAt, limit = limit32) {
    this.#write = write;
    this.#limit = limit;
  }

  /** `onBytes` is called after each chunk and may throw to stop. */
  async addFile(
    name: string,
    data: Blob,
    onBytes: (bytes: number) => void,
  ): Promise<WrittenMember> {
    const record: Record = {
      name: new TextEncoder().encode(name),
      method: 0,
      crc: 0,
      size: data.size,
      packed: data.size,
      offset: this.#end,
    };
    let at = record.offset + this.#header(record).length;
    const hash = new Sha256();
    for (let from = 0; from < data.size; from += chunkSize) {
      const bytes = new Uint8Array(await data.slice(from, from + chunkSize).arrayBuffer());
      record.crc = crc32(bytes, record.crc);
      hash.update(bytes);
      this.#write(bytes, at);
      at += bytes.length;
      onBytes(bytes.length);
    }
    this.#finish(record, at);
    return { name, size: data.size, sha256: hash.digest() };
  }

  /** Compressed. */
  async addText(name: string, text: string): Promise<void> {
    const data = new TextEncoder().encode(text);
    const stream = new Blob([data]).stream().pipeThrough(new CompressionStream('deflate-raw'));
    const packed = new Uint8Array(await new Response(stream).arrayBuffer());
    const record: Record = {
      name: new TextEncoder().encode(name),
      method: 8,
      crc: crc32(data),
      size: data.length,
      packed: packed.length,
      offset: this.#end,
    };
    const at = record.offset + this.#header(record).length;
    this.#write(packed, at);
    this.#finish(record, at + packed.length);
  }

  /** Writes the directory. Returns the size of the file. */
  close(): number {
    const start = this.#end;
    for (const record of this.#records) this.#append(this.#entry(record));
    const size = this.#end - start;
    const count = this.#records.length;
    if (start >= this.#limit || size >= this.#limit || count >= 0xffff) {
      const at = this.#end;
      this.#append(
        bytes(
          [4, 0x06064b50],
          [8, 44],
          [2, 45],
          [2, 45],
          [4, 0],
          [4, 0],
          [8, count],
          [8, count],
          [8, size],
          [8, start],
          [4, 0x07064b50],
          [4, 0],
          [8, at],
          [4, 1],
        ),
      );
    }
    const few = Math.min(count, 0xffff);
    this.#append(
      bytes(
        [4, 0x06054b50],
        [2, 0],
        [2, 0],
        [2, few],
        [2, few],
        [4, this.#short(size)],
        [4, this.#short(start)],
        [2, 0],
      ),
    );
    return this.#end;
  }

  /** The header comes last: only then is the checksum known. */
  #finish(record: Record, end: number): void {
    this.#write(this.#header(record), record.offset);
    this.#records.push(record);
    this.#end = end;
  }

  #header(record: Record): Uint8Array<ArrayBuffer> {
    const large = record.size >= this.#limit;
    const extra = large ? bytes([2, 1], [2, 16], [8, record.size], [8, record.packed]) : bytes();
    const size = large ? limit32 : record.size;
    const packed = large ? limit32 : record.packed;
    return join(
      bytes(
        [4, 0x04034b50],
        [2, large ? 45 : 20],
        [2, utf8Names],
        [2, record.method],
        [2, 0],
        [2, firstDay],
        [4, record.crc],
        [4, packed],
        [4, size],
        [2, record.name.length],
        [2, extra.length],
      ),
      record.name,
      extra,
    );
  }

  #entry(record: Record): Uint8Array<ArrayBuffer> {
    const { size, packed, offset } = record;
    const large = size >= this.#limit || offset >= this.#limit;
    const extra = large ? bytes([2, 1], [2, 24], [8, size], [8, packed], [8, offset]) : bytes();
    const short = (value: number) => (large ? limit32 : value);
    return join(
      bytes(
        [4, 0x02014b50],
        [2, 45],
        [2, large ? 45 : 20],
        [2, utf8Names],
        [2, record.method],
        [2, 0],
        [2, firstDay],
        [4, record.crc],
        [4, short(packed)],
        [4, short(size)],
        [2, record.name.length],
        [2, extra.length],
        [2, 0],
        [2, 0],
        [2, 0],
        [4, 0],
        [4, short(offset)],
      ),
      record.name,
      extra,
    );
  }

  #append(data: Uint8Array<ArrayBuffer>): void {
    this.#write(data, this.#end);
    this.#end += data.length;
  }

  #short(value: number): number {
    return value >= this.#limit ? limit32 : value;
  }
}

/** 1 January 1980: the same project gives the same bytes. */
const firstDay = 0x21;

/** Little endian fields: width in bytes, value. */
function bytes(...fields: [width: 2 | 4 | 8, value: number][]): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(data.buffer);
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else if (width === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += width;
  }
  return data;
}

function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return data;
}
