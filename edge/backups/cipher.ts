/**
 * Encryption of backups, in chunks, so that a file of any size needs the memory of one chunk. Runs in
 * the worker and in Node. Format `CAIRNBK1` (docs/backups.md):
 *
 *     magic 8 bytes · salt 16 bytes · chunks
 *     chunk: length of the ciphertext, 4 bytes, big-endian · ciphertext with its 16-byte tag
 *
 * Key of the file: HKDF-SHA-256 of the secret with the salt, so every file has its own. Nonce: the
 * number of the chunk (11 bytes) and whether it is the last one (1 byte): STREAM of Hoang, Reyhanitabar,
 * Rogaway and Vizár (2015). Chunks that are changed, swapped, left out or cut off at the end do not open.
 */

const magic = Uint8Array.from('CAIRNBK1', (letter) => letter.charCodeAt(0));
const saltLength = 16;
const tagLength = 16;
/** Bytes of plain text a chunk. */
export const chunkLength = 64 * 1024;

export class BackupDamaged extends Error {
  override name = 'BackupDamaged';
}

/** `secret`: 32 bytes as base64. Throws when it is anything else. */
async function fileKey(secret: string, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const bytes = Uint8Array.from(atob(secret.trim()), (letter) => letter.charCodeAt(0));
  if (bytes.length !== 32) throw new Error('BACKUP_KEY is not 32 bytes as base64');
  const material = await crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt, info: magic },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

function nonce(number: number, isLast: boolean): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12);
  new DataView(bytes.buffer).setUint32(7, number);
  bytes[11] = isLast ? 1 : 0;
  return bytes;
}

/** Collects bytes and gives them back in pieces of a wanted length. */
class ByteQueue {
  #pieces: Uint8Array[] = [];
  length = 0;

  add(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.length += bytes.length;
  }

  take(length: number): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(length);
    let at = 0;
    while (at < length) {
      const piece = this.#pieces[0]!;
      const part = piece.subarray(0, length - at);
      taken.set(part, at);
      at += part.length;
      if (part.length === piece.length) this.#pieces.shift();
      else this.#pieces[0] = piece.subarray(part.length);
    }
    this.length -= length;
    return taken;
  }
}

export async function* encrypt(
  plain: AsyncIterable<Uint8Array>,
  secret: string,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const salt = crypto.getRandomValues(new Uint8Array(saltLength));
  const key = await fileKey(secret, salt);
  yield magic;
  yield salt;
  const queue = new ByteQueue();
  let number = 0;
  const seal = async (bytes: Uint8Array<ArrayBuffer>, isLast: boolean) => {
    const iv = nonce(number, isLast);
    number += 1;
    const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, bytes));
    const framed = new Uint8Array(4 + sealed.length);
    new DataView(framed.buffer).setUint32(0, sealed.length);
    framed.set(sealed, 4);
    return framed;
  };
  for await (const bytes of plain) {
    queue.add(bytes);
    while (queue.length > chunkLength) yield await seal(queue.take(chunkLength), false);
  }
  yield await seal(queue.take(queue.length), true);
}

/** Throws `BackupDamaged` when a byte is wrong or missing, or the secret is another one. */
export async function* decrypt(
  sealed: AsyncIterable<Uint8Array>,
  secret: string,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const source = sealed[Symbol.asyncIterator]();
  const queue = new ByteQueue();
  /** Whether that many bytes are there, now or after reading on. */
  const reach = async (length: number): Promise<boolean> => {
    while (queue.length < length) {
      const next = await source.next();
      if (next.done) return false;
      queue.add(next.value);
    }
    return true;
  };
  if (!(await reach(magic.length + saltLength))) throw new BackupDamaged('too short');
  const begin = queue.take(magic.length);
  if (begin.some((byte, index) => byte !== magic[index])) throw new BackupDamaged('no backup');
  const key = await fileKey(secret, queue.take(saltLength));
  for (let number = 0; ; number += 1) {
    if (!(await reach(4))) throw new BackupDamaged('cut off');
    const length = new DataView(queue.take(4).buffer).getUint32(0);
    if (length < tagLength || length > chunkLength + tagLength) throw new BackupDamaged('frame');
    if (!(await reach(length))) throw new BackupDamaged('cut off');
    const bytes = queue.take(length);
    const isLast = !(await reach(1));
    const iv = nonce(number, isLast);
    try {
      yield new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, bytes));
    } catch {
      throw new BackupDamaged(`chunk ${number} does not open`);
    }
    if (isLast) return;
  }
}
