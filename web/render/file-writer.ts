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
const bufferSize = 2 ** 20;

/** Gathers what is written one after another; the first failure is kept, and nothing is written behind it. */
class FileBuffer {
  failure: AppError | null = null;
  readonly #file: WritableFile;
  readonly #path: string;
  readonly #bytes = new Uint8Array(bufferSize);
  #start = 0;
  #filled = 0;

  constructor(file: WritableFile, path: string) {
    this.#file = file;
    this.#path = path;
  }

  write(data: Uint8Array, position: number): void {
    const at = position - this.#start;
    if (at >= 0 && at <= this.#filled && at + data.length <= bufferSize) {
      this.#bytes.set(data, at);
      this.#filled = Math.max(this.#filled, at + data.length);
      return;
    }
    this.flush();
    this.#start = position;
    if (data.length > bufferSize) {
      this.#put(data, position);
      this.#start += data.length;
    } else {
      this.#bytes.set(data);
      this.#filled = data.length;
    }
  }

  flush(): void {
    if (this.#filled > 0) this.#put(this.#bytes.subarray(0, this.#filled), this.#start);
    this.#start += this.#filled;
    this.#filled = 0;
  }

  #put(data: Uint8Array, position: number): void {
    if (this.failure) return;
    try {
      const written = this.#file.write(data, position);
      // A full disk shows as an error, as a short write or as far too much (storage/opfs.ts).
      if (written !== data.byteLength) throw new DOMException('short write', 'QuotaExceededError');
    } catch (error) {
      this.failure = storageError(error, this.#path);
    }
  }
}

/**
 * Takes the muxer's bytes into the file with one copy; mediabunny's own way makes four. Should a later
 * version not call these methods, the stream given to the base class still serves it.
 */
class FileTarget extends StreamTarget {
  readonly #buffer: FileBuffer;

  constructor(buffer: FileBuffer) {
    const stream = new WritableStream<StreamTargetChunk>({
      write({ data, position }) {
        buffer.write(data, position);
        if (buffer.failure) throw buffer.failure;
      },
      close: () => buffer.flush(),
    });
    super(stream, { chunked: true });
    this.#buffer = buffer;
  }

  _write(data: Uint8Array, position: number): void {
    this.#buffer.write(data, position);
  }

  async _flush(): Promise<void> {
    if (this.#buffer.failure) throw this.#buffer.failure;
  }

  async _finalize(): Promise<void> {
    this.#buffer.flush();
    await this._flush();
  }

  async _close(): Promise<void> {}
}

export interface OutputFile {
  target: StreamTarget;
  /** The first write that failed; the muxer reports it late or as something else. */
  error(): AppError | null;
  /** Frees the file; removes it unless it is finished. */
  close(isFinished: boolean): Promise<void>;
}

export async function outputFile(path: string, open: OpenFile = openOpfsFile): Promise<OutputFile> {
  const file = await open(path);
  const buffer = new FileBuffer(file, path);
  let isClosed = false;
  return {
    target: new FileTarget(buffer),
    error: () => buffer.failure,
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
