/** The file that is just arriving, held open. Only in a worker, one at a time. */
import { fileHandle, remove, writeFully } from '../../storage/opfs.ts';
import { Sha256 } from '../sha256.ts';

const step = 8 * 1024 * 1024;
let part: FileSystemSyncAccessHandle | null = null;

/** Bytes that are there already, in whole chunks. */
export async function openPart(input: {
  path: string;
  size: number;
  chunk: number;
}): Promise<number> {
  part?.close();
  part = null;
  part = await (await fileHandle(input.path, { create: true })).createSyncAccessHandle();
  const there = Math.min(part.getSize(), input.size);
  const from = there === input.size ? there : there - (there % input.chunk);
  part.truncate(from);
  return from;
}

export function writePart({ at, data }: { at: number; data: Uint8Array<ArrayBuffer> }): void {
  writeFully(opened(), data, at);
}

/** Hex sha256 of what lies on the disk. */
export function hashPart(): string {
  const file = opened();
  file.flush();
  const hash = new Sha256();
  const buffer = new Uint8Array(step);
  for (let at = 0; ;) {
    const read = file.read(buffer, { at });
    if (read === 0) return hash.digest();
    hash.update(buffer.subarray(0, read));
    at += read;
  }
}

export function closePart(): void {
  part?.close();
  part = null;
}

export const dropPart = (path: string): Promise<void> => remove(path);

function opened(): FileSystemSyncAccessHandle {
  if (!part) throw new Error('no part is open');
  return part;
}
