/** The page of the journey: the app's own upload, driven from outside. */
import { signDownload } from '../../api/objects.ts';
import { toEnvelope } from '../../core/errors.ts';
import { fileHandle, readFile } from '../../storage/opfs.ts';
import { cancelUpload, unfinishedUploads, uploadFile } from '../../upload/upload.ts';

const path = 'exports/journey.bin';
const key = 'journey';

/** Bytes that compress badly and are the same every time: a xorshift of 32 bits. */
function fill(bytes: Uint32Array, seed: number): void {
  let state = seed;
  for (let i = 0; i < bytes.length; i += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
}

async function makeFile(size: number, seed = 1): Promise<void> {
  const stream = await (await fileHandle(path, { create: true })).createWritable();
  const chunk = new Uint32Array(2 ** 18);
  for (let at = 0; at < size; at += chunk.byteLength) {
    fill(chunk, at + seed);
    await stream.write(chunk.slice(0, Math.min(chunk.length, (size - at) / 4)));
  }
  await stream.close();
}

const digest = async (data: ArrayBuffer) =>
  [...new Uint8Array(await crypto.subtle.digest('SHA-256', data))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');

const journey = {
  makeFile,
  hashFile: async () => digest(await (await readFile(path)).arrayBuffer()),
  /** Resolves with the object, or with the code of what went wrong. */
  async upload(workspaceId: string) {
    const fractions: number[] = [];
    try {
      const object = await uploadFile(
        {
          ...{ workspaceId, key, file: await readFile(path) },
          ...{ kind: 'attachment', contentType: 'application/octet-stream' },
        },
        {
          signal: new AbortController().signal,
          progress: ({ fraction }) => fractions.push(fraction),
        },
      );
      return { object, fractions };
    } catch (error) {
      return { error: toEnvelope(error).code, fractions };
    }
  },
  unfinished: unfinishedUploads,
  cancel: () => cancelUpload(key),
  /** SHA-256 of what storage hands out, whole, and a range of it. */
  async download(workspaceId: string, objectId: string) {
    const { url } = await signDownload(workspaceId, objectId);
    const whole = await (await fetch(url)).arrayBuffer();
    const range = await fetch(url, { headers: { range: 'bytes=9000000-9000003' } });
    return {
      sha256: await digest(whole),
      status: range.status,
      sameRange:
        (await digest(await range.arrayBuffer())) ===
        (await digest(whole.slice(9_000_000, 9_000_004))),
    };
  },
};
export type Journey = typeof journey;
Object.assign(window, { journey });
