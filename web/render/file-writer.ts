/** Where an export goes: a file of the origin private file system, written at any position and never held in memory. */
import { StreamTarget, type StreamTargetChunk } from 'mediabunny';
import { AppError } from '../core/errors.ts';
import { fileHandle, remove, storageError } from '../storage/opfs.ts';

/** What a muxer needs of a file. `write` returns the bytes written, as sync access handles do. */
export interface WritableFile {
  write(data: Uint8Array, at: number): number;
  flush(): void;
  close(): void;
}
export type OpenFile = (path: string) => Promise<WritableFile>;

/** Workers only. An old file of that name is emptied. */
export const openOpfsFile: OpenFile = async (path) => {
  const handle = await fileHandle(path, { create: true });
  try {
    const access = await handle.createSyncAccessHandle();
    access.truncate(0);
    return {
      write: (data, at) => access.write(data as Uint8Array<ArrayBuffer>, { at }),
      flush: () => access.flush(),
      close: () => access.close(),
    };
  } catch (error) {
    throw storageError(error, path);
  }
};

/** Bytes gathered before they are written. */
const chunkSize = 2 ** 20;

export interface FileTarget {
  target: StreamTarget;
  /** The first write that failed; the muxer reports it late or as something else. */
  error(): AppError | null;
  /** Frees the file; removes it unless it is finished. */
  close(isFinished: boolean): Promise<void>;
}

export async function fileTarget(path: string, open: OpenFile = openOpfsFile): Promise<FileTarget> {
  const file = await open(path);
  let failure: AppError | null = null;
  let isClosed = false;
  const stream = new WritableStream<StreamTargetChunk>({
    write({ data, position }) {
      try {
        const written = file.write(data, position);
        // A full disk shows as an error or as a short write, depending on the platform.
        if (written < data.byteLength) throw new DOMException('short write', 'QuotaExceededError');
      } catch (error) {
        failure ??= storageError(error, path);
        throw failure;
      }
    },
  });
  return {
    target: new StreamTarget(stream, { chunked: true, chunkSize }),
    error: () => failure,
    async close(isFinished) {
      if (!isClosed) {
        isClosed = true;
        if (isFinished) file.flush();
        file.close();
      }
      if (!isFinished) await remove(path);
    },
  };
}

/** Throws `disk-full` when the browser would not give that many bytes. */
export async function checkQuota(bytes: number): Promise<void> {
  const { quota, usage } = await navigator.storage.estimate();
  if (quota === undefined || usage === undefined) return;
  const free = quota - usage;
  if (free < bytes)
    throw new AppError('disk-full', `needs ${bytes} bytes, ${free} are free`, {
      details: { needed: bytes, free },
    });
}
