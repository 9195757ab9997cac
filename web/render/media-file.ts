/** Files as the export reads them: in a worker straight from the disk, elsewhere through the browser's blobs. */
import { BlobSource, CustomSource, type Source } from 'mediabunny';
import { fileHandle, readFile } from '../storage/opfs.ts';

/** A path in the origin private file system, or any other file. */
export type MediaFile = string | File;

/** Chromium's addition to the File System standard, for several readers at once. */
interface SyncAccessOptions {
  mode: 'read-only';
}
type OpenSync = (options: SyncAccessOptions) => Promise<FileSystemSyncAccessHandle>;

/**
 * A blob's bytes come through another process, piece by piece; a synchronous handle reads them where
 * they are wanted. What it locks is freed when mediabunny's `Input` is disposed. Where there is no
 * such handle (on the page, where another one is open and the browser knows no shared reading), the
 * blob serves.
 */
export async function openMedia(file: MediaFile): Promise<Source> {
  if (typeof file !== 'string') return new BlobSource(file);
  const handle = await fileHandle(file);
  const access = await openShared(handle);
  return access ? syncSource(access) : new BlobSource(await handle.getFile());
}

/** Bytes. */
export const sizeOfMedia = async (file: MediaFile): Promise<number> =>
  (typeof file === 'string' ? await readFile(file) : file).size;

async function openShared(
  handle: FileSystemFileHandle,
): Promise<FileSystemSyncAccessHandle | null> {
  if (!('createSyncAccessHandle' in handle)) return null;
  const open = handle.createSyncAccessHandle.bind(handle) as OpenSync;
  return open({ mode: 'read-only' }).catch(() => null);
}

function syncSource(access: FileSystemSyncAccessHandle): CustomSource {
  return new CustomSource({
    getSize: () => access.getSize(),
    read(start, end) {
      const bytes = new Uint8Array(end - start);
      const read = access.read(bytes, { at: start });
      if (read < bytes.length)
        throw new RangeError(`${end - start} bytes at ${start}: got ${read}`);
      return bytes;
    },
    dispose: () => access.close(),
    prefetchProfile: 'fileSystem',
  });
}
