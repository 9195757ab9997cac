/** Files as the export reads them: in a worker straight from the disk, elsewhere through the browser's blobs. */
import { BlobSource, CustomSource, type Source } from 'mediabunny';
import { fileHandle, readFile } from '../storage/opfs.ts';

/** A path in the origin private file system, or any other file. */
export type MediaFile = string | File;

export type SyncFile = FileSystemSyncAccessHandle;

/** Chromium's addition to the File System standard, for several readers at once. */
interface SyncAccessOptions {
  mode: 'read-only';
}
type OpenSync = (options: SyncAccessOptions) => Promise<SyncFile>;

/**
 * A blob's bytes come through another process, piece by piece; a synchronous handle reads them where
 * they are wanted. What it locks is freed when mediabunny's `Input` is disposed. Where there is no
 * such handle (on the page, where another one is open and the browser knows no shared reading), the
 * blob serves.
 */
export async function openMedia(file: MediaFile): Promise<Source> {
  if (typeof file !== 'string') return new BlobSource(file);
  const access = await openSyncFile(file);
  return access ? new SyncSource(access) : new BlobSource(await readFile(file));
}

/** Bytes. */
export const sizeOfMedia = async (file: MediaFile): Promise<number> =>
  (typeof file === 'string' ? await readFile(file) : file).size;

/** Read-only and shared; null where the platform has no such handle. The caller closes it. */
export async function openSyncFile(path: string): Promise<SyncFile | null> {
  const handle = await fileHandle(path);
  if (!('createSyncAccessHandle' in handle)) return null;
  const open = handle.createSyncAccessHandle.bind(handle) as OpenSync;
  return open({ mode: 'read-only' }).catch(() => null);
}

/** Bytes read in one go: little where the reader jumps, more where it goes on. */
const leastRead = 2 ** 16;
const mostRead = 2 ** 20;
/** Places in the file that are read in turn: the sound, pictures to copy, pictures around a cut. */
const windowCount = 6;

/** As mediabunny wants it: bytes, and where in the file they begin. */
interface ReadWindow {
  offset: number;
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView;
  /** For the next one that goes on from here. */
  nextLength: number;
  lastUse: number;
}

/**
 * Answers mediabunny at once from windows of the file. Its own reader for custom sources is made for
 * networks: it asks in turns of the event loop and copies what comes. Should a later version not call
 * `_read`, `read` still serves it.
 */
class SyncSource extends CustomSource {
  readonly #file: SyncFile;
  readonly #size: number;
  readonly #windows: ReadWindow[] = [];
  #uses = 0;

  constructor(file: SyncFile) {
    super({
      getSize: () => file.getSize(),
      read: (start, end) => readBytes(file, start, end),
      dispose: () => file.close(),
      prefetchProfile: 'fileSystem',
    });
    this.#file = file;
    this.#size = file.getSize();
  }

  _getFileSize(): number {
    return this.#size;
  }

  _read(start: number, end: number): ReadWindow {
    const isIn = (window: ReadWindow, at: number) =>
      window.offset <= start && at <= window.offset + window.bytes.length;
    const found = this.#windows.find((window) => isIn(window, end));
    const window = found ?? this.#load(start, end, (candidate) => isIn(candidate, start));
    window.lastUse = ++this.#uses;
    return window;
  }

  /** Packets keep parts of a window, so its memory is never filled anew. */
  #load(start: number, end: number, goesOnFrom: (window: ReadWindow) => boolean): ReadWindow {
    let place = this.#windows.findIndex(goesOnFrom);
    const length = this.#windows[place]?.nextLength ?? leastRead;
    const until = Math.max(end, Math.min(this.#size, start + length));
    const bytes = readBytes(this.#file, start, until);
    if (place < 0) place = this.#leastUsed();
    return (this.#windows[place] = {
      offset: start,
      bytes,
      view: new DataView(bytes.buffer),
      nextLength: Math.min(mostRead, 2 * length),
      lastUse: 0,
    });
  }

  /** Where another window goes: a free place, else the one not used for longest. */
  #leastUsed(): number {
    if (this.#windows.length < windowCount) return this.#windows.length;
    const uses = this.#windows.map(({ lastUse }) => lastUse);
    return uses.indexOf(Math.min(...uses));
  }
}

/** Throws a RangeError where the file is shorter. */
function readBytes(file: SyncFile, start: number, end: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(end - start);
  const read = file.read(bytes, { at: start });
  if (read < bytes.length) throw new RangeError(`${end - start} bytes at ${start}: got ${read}`);
  return bytes;
}
