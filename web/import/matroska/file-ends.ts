/** Reads a Blob and writes an OPFS file in large pieces, whatever the size of what is asked for. */
import { writeFully } from '../../storage/opfs.ts';

const window = 4 * 1024 * 1024;

export class BlobReader {
  readonly size: number;
  readonly #blob: Blob;
  #data = new Uint8Array();
  #at = 0;

  constructor(blob: Blob) {
    this.#blob = blob;
    this.size = blob.size;
  }

  /** `length` bytes from `at`; fewer at the end of the file. Valid until the next call. */
  read(at: number, length: number): Uint8Array | Promise<Uint8Array> {
    const end = Math.min(this.size, at + length);
    if (at >= this.#at && end <= this.#at + this.#data.length)
      return this.#data.subarray(at - this.#at, end - this.#at);
    return this.#load(at, end);
  }

  async #load(at: number, end: number): Promise<Uint8Array> {
    const piece = this.#blob.slice(at, Math.max(end, at + window));
    this.#data = new Uint8Array(await piece.arrayBuffer());
    this.#at = at;
    return this.#data.subarray(0, end - at);
  }
}

export class FileWriter {
  readonly #access: FileSystemSyncAccessHandle;
  readonly #buffer = new Uint8Array(window);
  #used = 0;
  #written = 0;

  constructor(access: FileSystemSyncAccessHandle) {
    this.#access = access;
  }

  get position(): number {
    return this.#written + this.#used;
  }

  write(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      const piece = bytes.subarray(from, from + window - this.#used);
      this.#buffer.set(piece, this.#used);
      this.#used += piece.length;
      from += piece.length;
      if (this.#used === window) this.flush();
    }
  }

  /** Overwrites what was written before. */
  patch(at: number, bytes: Uint8Array): void {
    if (at >= this.#written) this.#buffer.set(bytes, at - this.#written);
    else {
      this.flush();
      writeFully(this.#access, bytes as Uint8Array<ArrayBuffer>, at);
    }
  }

  flush(): void {
    writeFully(this.#access, this.#buffer.subarray(0, this.#used), this.#written);
    this.#written += this.#used;
    this.#used = 0;
  }
}
