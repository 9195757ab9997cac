/** Hashes of a file, part by part and as a whole, in one reading. Runs in a worker of its own. */
import { createMD5, createSHA256, type IHasher } from 'hash-wasm';

/** Bytes read at once. */
const readSize = 4 * 2 ** 20;

let whole: IHasher | null = null;

const toBase64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));

/** MD5 of the next part of the file, base64. Parts must come in order, from the first. */
async function hashPart(part: Blob, { signal }: { signal: AbortSignal }): Promise<string> {
  whole ??= (await createSHA256()).init();
  const md5 = (await createMD5()).init();
  for (let at = 0; at < part.size; at += readSize) {
    const bytes = new Uint8Array(await part.slice(at, at + readSize).arrayBuffer());
    signal.throwIfAborted();
    md5.update(bytes);
    whole.update(bytes);
  }
  return toBase64(md5.digest('binary'));
}

/** SHA-256 of all parts so far, hex; the next part is the first of another file. */
function finishHash(): string {
  if (!whole) throw new Error('nothing was hashed');
  const digest = whole.digest();
  whole = null;
  return digest;
}

export const hashMethods = { hashPart, finishHash: async (_: null) => finishHash() };
export type HashApi = typeof hashMethods;
