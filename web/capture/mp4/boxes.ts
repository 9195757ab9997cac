/** The bytes of MP4 boxes, as lists of pieces so that large tables are not copied about. */
import type { GrowingUint32 } from './growing.ts';

export const u8 = (...values: number[]) => Uint8Array.from(values);
export const u16 = (value: number) => u8(value >> 8, value & 255);

export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** 2⁶⁴ stands for −1. */
export function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, value >= 2 ** 64 ? 2n ** 64n - 1n : BigInt(value));
  return bytes;
}

export const text = (value: string) => new TextEncoder().encode(value);
export const zeros = (count: number) => new Uint8Array(count);

export function u32Table(values: GrowingUint32): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setUint32(i * 4, values.at(i));
  return bytes;
}

export const sizeOfPieces = (pieces: readonly Uint8Array[]) =>
  pieces.reduce((sum, piece) => sum + piece.length, 0);

export const box = (type: string, content: readonly Uint8Array[]): Uint8Array[] => [
  u32(8 + sizeOfPieces(content)),
  text(type),
  ...content,
];

export const fullBox = (
  type: string,
  version: number,
  flags: number,
  content: readonly Uint8Array[],
): Uint8Array[] =>
  box(type, [u8(version, flags >> 16, (flags >> 8) & 255, flags & 255), ...content]);

export function joinedPieces(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sizeOfPieces(pieces));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
