/**
 * The one place that touches the origin private file system. Paths are `/`-separated from its root:
 * `recordings/<id>/…` media and large evidence, `exports/…` finished outputs, `temp/…` anything that
 * may be dropped at start. Works on the page and in workers.
 */
import { AppError } from '../core/errors.ts';

export const recordingFolder = (id: string) => `recordings/${id}`;

async function directory(path: string, create: boolean): Promise<FileSystemDirectoryHandle> {
  let folder = await navigator.storage.getDirectory();
  for (const name of path.split('/').filter(Boolean)) {
    folder = await folder.getDirectoryHandle(name, { create });
  }
  return folder;
}

const split = (path: string): [string, string] => {
  const at = path.lastIndexOf('/');
  return [path.slice(0, Math.max(0, at)), path.slice(at + 1)];
};

/** Handle of a file; its folders are made when `create` is set. Throws `storage-lost` when it is not there. */
export async function fileHandle(
  path: string,
  { create = false } = {},
): Promise<FileSystemFileHandle> {
  const [folder, name] = split(path);
  try {
    return await (await directory(folder, create)).getFileHandle(name, { create });
  } catch (error) {
    throw storageError(error, path);
  }
}

export const readFile = async (path: string): Promise<File> => (await fileHandle(path)).getFile();

export async function exists(path: string): Promise<boolean> {
  return fileHandle(path).then(
    () => true,
    () => false,
  );
}

/** Writes a whole small file; the old content stays until the new one is complete. */
export async function writeFile(path: string, data: Blob | BufferSource | string): Promise<void> {
  try {
    const stream = await (await fileHandle(path, { create: true })).createWritable();
    await stream.write(data);
    await stream.close();
  } catch (error) {
    throw storageError(error, path);
  }
}

/** Removes a file or a folder with all in it; nothing there is fine. */
export async function remove(path: string): Promise<void> {
  const [folder, name] = split(path);
  try {
    await (await directory(folder, false)).removeEntry(name, { recursive: true });
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'NotFoundError'))
      throw storageError(error, path);
  }
}

/**
 * Removes what an ended worker may still hold: the browser frees its locks a moment after.
 * Gives up after two seconds; what is left is an orphan that goes at the next start.
 */
export async function removeWhenFree(path: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await remove(path);
    } catch (error) {
      if (attempt === 20) {
        console.warn('left for the next start', error);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Chromium and Firefox have it, the types do not. */
type MovableHandle = FileSystemFileHandle & {
  move(folder: FileSystemDirectoryHandle, name: string): Promise<void>;
};

/** Moves a file within OPFS, over what is there; its folders are made. No bytes are copied. */
export async function moveFile(from: string, to: string): Promise<void> {
  const handle = (await fileHandle(from)) as MovableHandle;
  const [folder, name] = split(to);
  try {
    await remove(to);
    await handle.move(await directory(folder, true), name);
  } catch (error) {
    throw storageError(error, to);
  }
}

/** Names in a folder; empty when there is no such folder. */
export async function list(path: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const name of (await directory(path, false)).keys()) names.push(name);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'NotFoundError'))
      throw storageError(error, path);
  }
  return names;
}

/** Bytes of all files below a folder. */
export async function sizeOf(path: string): Promise<number> {
  async function size(folder: FileSystemDirectoryHandle): Promise<number> {
    let sum = 0;
    for await (const entry of folder.values()) {
      sum += entry.kind === 'file' ? (await entry.getFile()).size : await size(entry);
    }
    return sum;
  }
  const folder = await directory(path, false).catch(() => null);
  return folder ? size(folder) : 0;
}

/**
 * Writes all of it. A disk or quota that is full shows as a short write, not as an error; Chromium
 * (156) then also answers with a negative error number as if it were unsigned, so with far too many.
 */
export function writeFully(
  access: FileSystemSyncAccessHandle,
  data: AllowSharedBufferSource,
  at: number,
): void {
  if (access.write(data, { at }) !== data.byteLength)
    throw new DOMException('short write', 'QuotaExceededError');
}

/** Empties the file, lets `write` fill it, and frees its lock whatever happens. Only in workers. */
export async function rewrite<T>(
  handle: FileSystemFileHandle,
  write: (access: FileSystemSyncAccessHandle) => Promise<T>,
): Promise<T> {
  const access = await handle.createSyncAccessHandle();
  try {
    access.truncate(0);
    const result = await write(access);
    access.flush();
    return result;
  } finally {
    access.close();
  }
}

export function storageError(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error;
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  const code =
    name === 'QuotaExceededError'
      ? 'disk-full'
      : name === 'NoModificationAllowedError'
        ? 'recording-busy'
        : name === 'SecurityError'
          ? 'storage-denied'
          : 'storage-lost';
  return new AppError(code, `${path}: ${String(error)}`, { cause: error });
}
