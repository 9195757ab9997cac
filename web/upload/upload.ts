/**
 * Sends a file to a workspace's storage, straight from the browser, in parts with their MD5s signed by
 * the edge. A reload, a lost network or an ended session stop it; called again with the same key and
 * file it goes on with the parts that are missing.
 */
import type { ContentType, ObjectKind, ObjectView } from '../../edge/contract/objects.ts';
import { completeUpload, deleteObject, readArrivedParts, startUpload } from '../api/objects.ts';
import { AppError } from '../core/errors.ts';
import type { JobContext } from '../core/progress.ts';
import { database, type UploadRow } from '../storage/database.ts';
import { connect } from '../workers/rpc.ts';
import type { HashApi } from './hash.ts';
import { persistently } from './patience.ts';
import { sendParts, UploadGone } from './send-parts.ts';

export interface UploadRequest {
  workspaceId: string;
  /** What the caller knows this file by after a reload (`export:<id>`); one upload a key. */
  key: string;
  /** A file of OPFS or of the disk. Read in pieces, never held as a whole. */
  file: Blob;
  kind: ObjectKind;
  contentType: ContentType;
}

const openHasher = () =>
  connect<HashApi>(
    () =>
      new Worker(new URL('../workers/hash.worker.ts', import.meta.url), {
        type: 'module',
        name: 'hash',
      }),
    // It remembers the hash of the whole file from part to part.
    { idleMs: null },
  );

const hasCode = (error: unknown, ...codes: AppError['code'][]) =>
  error instanceof AppError && codes.includes(error.code);

const hexToBase64 = (hex: string) =>
  btoa(hex.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16))));

/** Drops the notes, and at the edge what was begun. */
async function forget(row: UploadRow): Promise<void> {
  try {
    await deleteObject(row.workspaceId, row.objectId);
  } catch (error) {
    // It may be gone there already; what is not is swept a day later.
    if (!hasCode(error, 'not-found')) console.warn('left for the sweep', error);
  }
  await database.uploads.delete(row.key);
}

/**
 * Brings the notes in line with what storage has: parts that it does not have are sent again, parts
 * that arrived just before the page went are not. Where it cannot say, the notes stand unless `doubt`.
 */
async function compareNotes(row: UploadRow, signal: AbortSignal, doubt = false): Promise<void> {
  try {
    const { parts } = await persistently(
      () => readArrivedParts(row.workspaceId, row.objectId, { signal }),
      signal,
    );
    if (parts) {
      row.arrived = Object.fromEntries(
        parts.flatMap(({ number, etag }) => {
          const noted = row.arrived[number];
          if (noted?.etag === etag) return [[number, noted]];
          const isMd5 = /^[0-9a-f]{32}$/.test(etag);
          return isMd5 ? [[number, { md5: hexToBase64(etag), etag }]] : [];
        }),
      );
    } else if (doubt) {
      row.arrived = {};
    }
  } catch (error) {
    if (hasCode(error, 'not-found')) throw new UploadGone('ended at the edge', { cause: error });
    // Complete already, and the answer got lost: asking for it again is answered the same.
    if (!hasCode(error, 'conflict')) throw error;
  }
  await database.uploads.put(row);
}

/** The upload that was begun for this key, if it was for a file like this one; else a new one. */
async function openUpload(request: UploadRequest, signal: AbortSignal): Promise<UploadRow> {
  const { workspaceId, key, file, kind, contentType } = request;
  const begun = await database.uploads.get(key);
  if (begun) {
    const isSame =
      begun.workspaceId === workspaceId &&
      begun.size === file.size &&
      begun.kind === kind &&
      begun.contentType === contentType;
    if (isSame) {
      await compareNotes(begun, signal);
      return begun;
    }
    await forget(begun);
  }
  const { id, partSize, partCount } = await persistently(
    () => startUpload(workspaceId, { kind, size: file.size, contentType }, { signal }),
    signal,
  );
  const row: UploadRow = {
    ...{ key, workspaceId, objectId: id, kind, contentType, size: file.size },
    ...{ partSize, partCount, arrived: {} },
  };
  await database.uploads.add(row);
  return row;
}

async function sendAll(row: UploadRow, file: Blob, context: JobContext): Promise<ObjectView> {
  const { signal } = context;
  const note = async (number: number, part: { md5: string; etag: string }) => {
    row.arrived[number] = part;
    await database.uploads.put(row);
  };
  for (let round = 1; ; round += 1) {
    const hasher = openHasher();
    try {
      const sha256 = await sendParts({ row, file, hasher: hasher.call, note }, context);
      const etags = Array.from({ length: row.partCount }, (_, i) => row.arrived[i + 1]!.etag);
      const object = await persistently(
        () => completeUpload(row.workspaceId, row.objectId, { etags, sha256 }, { signal }),
        signal,
      );
      if (object.size !== file.size || object.sha256 !== sha256) {
        throw new AppError('upload-damaged', 'the edge noted another file');
      }
      return object;
    } catch (error) {
      if (hasCode(error, 'not-found')) throw new UploadGone('ended at the edge', { cause: error });
      if (!hasCode(error, 'upload-incomplete') || round === 2) throw error;
      await compareNotes(row, signal, true);
    } finally {
      hasher.close();
    }
  }
}

/**
 * Resolves when the edge has seen that the object is there and whole. Aborting stops it and keeps what
 * was sent; `cancelUpload` gives it up. Throws AppError (`storage-full` before the first byte,
 * `upload-damaged`, …) or AbortError.
 */
export async function uploadFile(request: UploadRequest, context: JobContext): Promise<ObjectView> {
  const { signal } = context;
  // Two tabs would send the same parts twice.
  return navigator.locks.request(`upload ${request.key}`, { signal }, async () => {
    for (let attempt = 1; ; attempt += 1) {
      let row: UploadRow | null = null;
      try {
        row = await openUpload(request, signal);
        const object = await sendAll(row, request.file, context);
        await database.uploads.delete(row.key);
        return object;
      } catch (error) {
        signal.throwIfAborted();
        const isGone = error instanceof UploadGone;
        const begun = row ?? (await database.uploads.get(request.key));
        if (begun && (isGone || hasCode(error, 'upload-damaged', 'content-mismatch'))) {
          await forget(begun);
        }
        if (!isGone) throw error;
        // Once anew from the beginning; a second time something is wrong that trying does not mend.
        if (attempt === 2) throw new AppError('upload-incomplete', error.message, { cause: error });
      }
    }
  });
}

/** Uploads that were begun on this device and not ended. */
export const unfinishedUploads = (): Promise<UploadRow[]> => database.uploads.toArray();

/** Gives an upload up and frees its room; none of that key is fine. Abort one that is running first. */
export async function cancelUpload(key: string): Promise<void> {
  await navigator.locks.request(`upload ${key}`, async () => {
    const row = await database.uploads.get(key);
    if (row) await forget(row);
  });
}
