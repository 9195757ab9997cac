/**
 * The ffmpeg core in this worker. Input is read from a Blob piece by piece and output goes straight
 * to a file in OPFS, so neither ever lies in the wasm heap, whose limit of 2 GB is then one on
 * codecs and not on files. (@ffmpeg/ffmpeg offers neither; see docs/decisions.md.)
 */
import { AppError } from '../../core/errors.ts';
import type { OnProgress } from '../../core/progress.ts';
import { modelFileUrl, openModelFile } from '../../models/loader.ts';
import { writeFully } from '../../storage/opfs.ts';

/** What we use of Emscripten's file system. */
interface Stream {
  node: FileNode;
  position: number;
}
interface FileNode {
  mode: number;
  timestamp: number;
  node_ops: Record<string, unknown>;
  stream_ops: Record<string, unknown>;
  usedBytes: number;
}
export interface FFmpegCore {
  FS: {
    writeFile(path: string, data: Uint8Array): void;
    readFile(path: string, options: { encoding: 'utf8' }): string;
    unlink(path: string): void;
    lookupPath(path: string): { node: FileNode };
    ErrnoError: new (code: number) => Error;
  };
  exec(...args: string[]): number;
  ffprobe(...args: string[]): number;
  reset(): void;
  setLogger(logger: (line: { type: 'stdout' | 'stderr'; message: string }) => void): void;
  setProgress(handler: (now: { progress: number; time: number }) => void): void;
}

type CreateCore = (options: { wasmBinary: ArrayBuffer }) => Promise<FFmpegCore>;

export async function openCore(options: {
  signal: AbortSignal;
  progress: OnProgress;
}): Promise<FFmpegCore> {
  const wasm = await openModelFile('ffmpeg', 'ffmpeg-core.wasm', options);
  const url = await modelFileUrl('ffmpeg', 'ffmpeg-core.js');
  const { default: createCore } = (await import(/* @vite-ignore */ url)) as { default: CreateCore };
  try {
    return await createCore({ wasmBinary: await wasm.arrayBuffer() });
  } catch (error) {
    throw new AppError('conversion-out-of-memory', String(error), { cause: error });
  }
}

/** Codes of errno in Emscripten's musl. */
const EIO = 29;
const EINVAL = 28;
const regularFile = 0o100666;
const window = 2 * 1024 * 1024;

/** Shows `blob` to ffmpeg as a file at `path`. */
export function mountInput(core: FFmpegCore, path: string, blob: Blob): void {
  const reader = new FileReaderSync();
  let cached = new Uint8Array();
  let cachedAt = 0;
  mount(core, path, {
    size: () => blob.size,
    read(target, at) {
      const inside = at >= cachedAt && at < cachedAt + cached.length;
      if (!inside) {
        cached = new Uint8Array(reader.readAsArrayBuffer(blob.slice(at, at + window)));
        cachedAt = at;
      }
      const from = at - cachedAt;
      const piece = cached.subarray(from, from + target.length);
      target.set(piece);
      return piece.length;
    },
  });
}

/** Lets ffmpeg write the file at `path` into OPFS. `onFailure` hears of a full disk, which ffmpeg only sees as an I/O error. */
export function mountOutput(
  core: FFmpegCore,
  path: string,
  access: FileSystemSyncAccessHandle,
  onFailure: (error: unknown) => void,
): void {
  mount(core, path, {
    size: () => access.getSize(),
    read: (target, at) => access.read(target, { at }),
    write(source, at) {
      try {
        writeFully(access, source, at);
        return source.length;
      } catch (error) {
        onFailure(error);
        throw new core.FS.ErrnoError(EIO);
      }
    },
    truncate: (size) => access.truncate(size),
  });
}

interface FileAccess {
  size(): number;
  read(target: Uint8Array, at: number): number;
  write?(source: Uint8Array<ArrayBuffer>, at: number): number;
  truncate?(size: number): void;
}

/** Makes an empty file of Emscripten's own and replaces what it does by ours. */
function mount(core: FFmpegCore, path: string, file: FileAccess): void {
  core.FS.writeFile(path, new Uint8Array());
  const { node } = core.FS.lookupPath(path);
  node.node_ops = {
    ...node.node_ops,
    getattr: () => {
      const time = new Date(node.timestamp);
      const size = file.size();
      return {
        dev: 1,
        ino: 1,
        mode: regularFile,
        nlink: 1,
        uid: 0,
        gid: 0,
        rdev: 0,
        size,
        atime: time,
        mtime: time,
        ctime: time,
        blksize: 4096,
        blocks: Math.ceil(size / 4096),
      };
    },
    setattr: (_node: FileNode, change: { size?: number }) => {
      if (change.size !== undefined) file.truncate?.(change.size);
    },
  };
  node.stream_ops = {
    ...node.stream_ops,
    llseek: (stream: Stream, offset: number, whence: 0 | 1 | 2) => {
      const base = [0, stream.position, file.size()][whence] ?? 0;
      if (base + offset < 0) throw new core.FS.ErrnoError(EINVAL);
      return base + offset;
    },
    read: (_stream: Stream, heap: Uint8Array, offset: number, length: number, at: number) => {
      if (at >= file.size()) return 0;
      return file.read(bytes(heap, offset, length), at);
    },
    write: (_stream: Stream, heap: Uint8Array, offset: number, length: number, at: number) => {
      if (!file.write) throw new core.FS.ErrnoError(EIO);
      return file.write(bytes(heap, offset, length), at);
    },
  };
}

/** Emscripten hands over its Int8Array heap. */
const bytes = (heap: Uint8Array, offset: number, length: number) =>
  new Uint8Array(heap.buffer as ArrayBuffer, heap.byteOffset + offset, length);
