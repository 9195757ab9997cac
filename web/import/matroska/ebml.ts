/** EBML (RFC 8794): element ids, sizes and values, as bytes. */
import { joinedBytes } from '../../core/joined.ts';

/** Ids with their marker bits, as in RFC 9559. */
export const ids = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  seek: 0x4dbb,
  seekId: 0x53ab,
  seekPosition: 0x53ac,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  defaultDuration: 0x23e383,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  blockDuration: 0x9b,
  referenceBlock: 0xfb,
  cues: 0x1c53bb6b,
  cuePoint: 0xbb,
  cueTime: 0xb3,
  cueTrackPositions: 0xb7,
  cueTrack: 0xf7,
  cueClusterPosition: 0xf1,
  tags: 0x1254c367,
  chapters: 0x1043a770,
  attachments: 0x1941a469,
  void: 0xec,
  crc32: 0xbf,
} as const;

export interface ElementHead {
  id: number;
  /** Bytes of id and size. */
  head: number;
  /** Bytes of the content; null when the writer did not know. */
  size: number | null;
}

/** Longest id and size. */
export const maxHead = 12;

/** Reads the head at `at`; null when the bytes are none or end too early. */
export function readHead(bytes: Uint8Array, at: number): ElementHead | null {
  const idLength = vintLength(bytes[at]);
  if (!idLength || idLength > 4 || at + idLength >= bytes.length) return null;
  let id = 0;
  for (let i = 0; i < idLength; i++) id = id * 256 + bytes[at + i]!;
  const size = readVint(bytes, at + idLength);
  if (!size) return null;
  return { id, head: idLength + size.length, size: size.value };
}

const vintLength = (first: number | undefined) => (first ? Math.clz32(first) - 23 : 0);

/** A number of 1 to 8 bytes; `value` null when all its bits are set, which means unknown. */
export function readVint(
  bytes: Uint8Array,
  at: number,
): { value: number | null; length: number } | null {
  const length = vintLength(bytes[at]);
  if (!length || at + length > bytes.length) return null;
  let value = bytes[at]! & (0xff >> length);
  let full = value === 0xff >> length;
  for (let i = 1; i < length; i++) {
    value = value * 256 + bytes[at + i]!;
    full &&= bytes[at + i] === 0xff;
  }
  return { value: full ? null : value, length };
}

export function readUint(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** The children of an element whose content is all there. */
export function* children(content: Uint8Array): Generator<{ id: number; content: Uint8Array }> {
  for (let at = 0; at < content.length;) {
    const found = readHead(content, at);
    if (!found || found.size === null) return;
    const from = at + found.head;
    yield { id: found.id, content: content.subarray(from, from + found.size) };
    at = from + found.size;
  }
}

export function child(content: Uint8Array, id: number): Uint8Array | null {
  for (const found of children(content)) if (found.id === id) return found.content;
  return null;
}

export function idBytes(id: number): number[] {
  const bytes: number[] = [];
  for (let rest = id; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes;
}

/** Always 8 bytes, so that it can be filled in later. */
export function size8(size: number): number[] {
  const bytes = Array.from({ length: 8 }, (_, i) => Math.floor(size / 256 ** (7 - i)) % 256);
  bytes[0] = 1;
  return bytes;
}

export const element = (id: number, content: Uint8Array): Uint8Array =>
  joinedBytes([Uint8Array.from([...idBytes(id), ...size8(content.length)]), content]);

export function uint(id: number, value: number): Uint8Array {
  const bytes = idBytes(value || 1);
  if (!value) bytes[0] = 0;
  return Uint8Array.from([...idBytes(id), 0x80 | bytes.length, ...bytes]);
}

export function float(id: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return Uint8Array.from([...idBytes(id), 0x88, ...bytes]);
}
