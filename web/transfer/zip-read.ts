/** A zip read by its directory, with slices of the file: its size does not matter (zip64 included). */
import { AppError } from '../core/errors.ts';

export interface ZipMember {
  name: string;
  /** 0 stored, 8 deflated. */
  method: number;
  crc: number;
  size: number;
  packed: number;
  offset: number;
}

const maxMembers = 10_000;
const maxDirectory = 8 * 1024 * 1024;
const limit32 = 0xffffffff;

const broken = (why: string, cause?: unknown) => new AppError('cairn-damaged', why, { cause });

/** Throws `cairn-damaged` when it is no zip, is cut off, or is not as we would write it. */
export async function readDirectory(file: Blob): Promise<Map<string, ZipMember>> {
  const { start, size, count } = await findDirectory(file);
  if (count > maxMembers || size > maxDirectory) throw broken('too many members');
  if (start + size > file.size) throw broken('the directory lies outside');
  const view = await viewOf(file, start, size);
  const members = new Map<string, ZipMember>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > size || view.getUint32(at, true) !== 0x02014b50) throw broken('a broken entry');
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > size) throw broken('a broken entry');
    if (view.getUint16(at + 8, true) & 1) throw broken('encrypted');
    const member = {
      name: nameAt(view, at + 46, nameLength),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    };
    widen(member, view, at + 46 + nameLength, extraLength);
    if (members.has(member.name)) throw broken('a name twice');
    if (member.offset + 30 + member.packed > start) throw broken('a member lies outside');
    members.set(member.name, member);
    at = next;
  }
  return members;
}

/**
 * The content, decompressed. Whoever reads it checks size and checksum, and stops as soon as there is
 * more than the directory said.
 */
export async function openMember(
  file: Blob,
  member: ZipMember,
): Promise<ReadableStream<Uint8Array>> {
  const header = await viewOf(file, member.offset, 30);
  if (header.getUint32(0, true) !== 0x04034b50) throw broken('no member where one should be');
  const from = member.offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  if (from + member.packed > file.size) throw broken('a member lies outside');
  const stream = file.slice(from, from + member.packed).stream();
  if (member.method === 0) {
    if (member.size !== member.packed) throw broken('two sizes');
    return stream;
  }
  if (member.method === 8) return stream.pipeThrough(new DecompressionStream('deflate-raw'));
  throw broken(`compressed in way ${member.method}`);
}

async function findDirectory(file: Blob): Promise<{ start: number; size: number; count: number }> {
  const length = Math.min(file.size, 22 + 0xffff);
  const base = file.size - length;
  const tail = await viewOf(file, base, length);
  let at = length - 22;
  while (at >= 0 && tail.getUint32(at, true) !== 0x06054b50) at--;
  if (at < 0) throw broken('no end of a zip');
  const short = {
    count: tail.getUint16(at + 10, true),
    size: tail.getUint32(at + 12, true),
    start: tail.getUint32(at + 16, true),
  };
  if (short.count < 0xffff && short.size < limit32 && short.start < limit32) return short;
  const locator = at - 20;
  if (locator < 0 || tail.getUint32(locator, true) !== 0x07064b50) throw broken('no zip64 end');
  const end = await viewOf(file, wide(tail, locator + 8), 56);
  if (end.getUint32(0, true) !== 0x06064b50) throw broken('no zip64 end');
  return { count: wide(end, 32), size: wide(end, 40), start: wide(end, 48) };
}

/** The 64-bit values stand in the extra field, in this order, for those that did not fit. */
function widen(member: ZipMember, view: DataView, from: number, length: number): void {
  if (Math.max(member.size, member.packed, member.offset) < limit32) return;
  for (let at = from; at + 4 <= from + length;) {
    const size = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1 && at + 4 + size <= from + length) {
      let field = at + 4;
      for (const key of ['size', 'packed', 'offset'] as const) {
        if (member[key] !== limit32) continue;
        if (field + 8 > at + 4 + size) throw broken('a broken entry');
        member[key] = wide(view, field);
        field += 8;
      }
      return;
    }
    at += 4 + size;
  }
  throw broken('a broken entry');
}

function wide(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw broken('an impossible size');
  return value;
}

async function viewOf(file: Blob, from: number, length: number): Promise<DataView> {
  const data = await file
    .slice(from, from + length)
    .arrayBuffer()
    .catch((error: unknown) => {
      throw new AppError('file-unreadable', String(error), { cause: error });
    });
  if (data.byteLength < length) throw broken('cut off');
  return new DataView(data);
}

function nameAt(view: DataView, at: number, length: number): string {
  const bytes = new Uint8Array(view.buffer, at, length);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw broken('a broken name', error);
  }
}
