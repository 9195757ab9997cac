/**
 * Brings model and wasm files to the browser once and keeps them in OPFS, whole and verified.
 * Files arrive in parts (static hosting limits a file to 25 MiB). A damaged or missing part is
 * fetched once more; then the call fails with `model-damaged`, `model-missing` or
 * `network-unreachable`. Works on the page and in workers.
 */
import { AppError } from '../core/errors.ts';
import type { OnProgress } from '../core/progress.ts';
import {
  modelsFolder,
  type InstalledModel,
  type ModelFile,
  type ModelManifest,
} from './manifest.ts';

export interface LoadOptions {
  signal?: AbortSignal | undefined;
  /** Over the bytes of the model. */
  progress?: OnProgress | undefined;
}

const cacheFolder = 'model-files';
let manifestPromise: Promise<ModelManifest> | undefined;

/** The list of what this installation serves. Kept for offline starts. */
export function modelManifest(): Promise<ModelManifest> {
  manifestPromise ??= readManifest().catch((error: unknown) => {
    manifestPromise = undefined;
    throw error;
  });
  return manifestPromise;
}

/** The model's entry; throws `model-not-installed` when the server has none of that name. */
export async function findModel(name: string): Promise<InstalledModel> {
  const model = (await modelManifest()).models.find((m) => m.name === name);
  if (!model) throw new AppError('model-not-installed', name, { details: { name } });
  return model;
}

/** All files of a model by their path, from disk. Fetches what is not there yet. */
export async function openModel(
  name: string,
  options: LoadOptions = {},
): Promise<Map<string, File>> {
  const model = await findModel(name);
  const files = new Map<string, File>();
  let done = 0;
  for (const file of model.files) {
    const onBytes = (bytes: number) =>
      options.progress?.({ fraction: (done + bytes) / model.size, doing: 'model' });
    files.set(file.path, await openFile(file, onBytes, options.signal));
    done += file.size;
    onBytes(0);
  }
  return files;
}

/** One file of a model. */
export async function openModelFile(
  name: string,
  path: string,
  options: LoadOptions = {},
): Promise<File> {
  const model = await findModel(name);
  const file = model.files.find((f) => f.path === path);
  if (!file) throw new AppError('model-missing', `${name}/${path}`, { details: { name } });
  return openFile(
    file,
    (bytes) => options.progress?.({ fraction: bytes / file.size, doing: 'model' }),
    options.signal,
  );
}

/** Address of a file served whole, for module scripts that must be imported by address. */
export async function modelFileUrl(name: string, path: string): Promise<string> {
  const file = (await findModel(name)).files.find((f) => f.path === path);
  const part = file?.parts[0];
  if (!part || file.parts.length !== 1) {
    throw new AppError('model-missing', `${name}/${path} is not served whole`, {
      details: { name },
    });
  }
  return partUrl(part.path).href;
}

/** Whether all files of the model are on this device already. */
export async function isModelOnDevice(name: string): Promise<boolean> {
  const model = await findModel(name);
  const folder = await cacheDirectory();
  const found = await Promise.all(model.files.map((f) => kept(folder, f)));
  return found.every((f) => f !== null);
}

/** Forgets the model's files on this device. */
export async function dropModel(name: string): Promise<void> {
  const model = await findModel(name);
  const folder = await cacheDirectory();
  for (const file of model.files) {
    if (await kept(folder, file)) await folder.removeEntry(file.sha256);
  }
}

const base = () => new URL(modelsFolder, new URL('/', globalThis.location.href));
const partUrl = (path: string) => new URL(path, base());

async function readManifest(): Promise<ModelManifest> {
  const folder = await cacheDirectory();
  try {
    const response = await fetch(new URL('manifest.json', base()), { cache: 'no-cache' });
    if (!response.ok) throw new AppError('model-missing', `manifest: HTTP ${response.status}`);
    const text = await response.text();
    const manifest = JSON.parse(text) as ModelManifest;
    await write(folder, 'manifest.json', [new TextEncoder().encode(text)]);
    return manifest;
  } catch (error) {
    const handle = await folder.getFileHandle('manifest.json').catch(() => null);
    if (handle) return JSON.parse(await (await handle.getFile()).text()) as ModelManifest;
    throw error instanceof AppError ? error : new AppError('network-unreachable', String(error));
  }
}

async function cacheDirectory(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(cacheFolder, { create: true });
}

/** A file lies under its sha256 and is written under another name until it is whole and verified. */
async function kept(folder: FileSystemDirectoryHandle, file: ModelFile): Promise<File | null> {
  const handle = await folder.getFileHandle(file.sha256).catch(() => null);
  const found = await handle?.getFile();
  return found && found.size === file.size ? found : null;
}

async function openFile(
  file: ModelFile,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<File> {
  const folder = await cacheDirectory();
  const present = await kept(folder, file);
  if (present) return present;
  // Two tabs or workers may ask at once: one fetches, the others find it on disk.
  const fetched = await navigator.locks.request(
    `model-file:${file.sha256}`,
    signal ? { signal } : {},
    async () => {
      const now = await kept(folder, file);
      return now ?? fetchFile(folder, file, onBytes, signal);
    },
  );
  return fetched;
}

async function fetchFile(
  folder: FileSystemDirectoryHandle,
  file: ModelFile,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<File> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for (const part of file.parts) {
    const data = await fetchPart(part, signal);
    parts.push(data);
    bytes += data.byteLength;
    onBytes(bytes);
  }
  await write(folder, file.sha256, parts);
  const whole = await kept(folder, file);
  if (!whole) throw new AppError('model-damaged', file.path, { details: { path: file.path } });
  return whole;
}

async function fetchPart(
  part: ModelFile['parts'][number],
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  let failure: AppError | undefined;
  for (const cache of ['default', 'reload'] as const) {
    try {
      const response = await fetch(partUrl(part.path), { cache, signal: signal ?? null });
      if (!response.ok) {
        failure = new AppError('model-missing', `${part.path}: HTTP ${response.status}`, {
          details: { path: part.path },
        });
        continue;
      }
      const data = new Uint8Array(await response.arrayBuffer());
      if (data.byteLength === part.size && (await sha256(data)) === part.sha256) return data;
      failure = new AppError('model-damaged', part.path, { details: { path: part.path } });
    } catch (error) {
      signal?.throwIfAborted();
      failure = new AppError('network-unreachable', String(error), { cause: error });
    }
  }
  throw failure!;
}

async function sha256(data: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
  return Array.from(hash, (b) => b.toString(16).padStart(2, '0')).join('');
}

async function write(
  folder: FileSystemDirectoryHandle,
  name: string,
  chunks: Uint8Array<ArrayBuffer>[],
): Promise<void> {
  // createWritable swaps the file in only at close: a killed tab leaves no half file under the name.
  const handle = await folder.getFileHandle(name, { create: true });
  const stream = await handle.createWritable();
  for (const chunk of chunks) await stream.write(chunk);
  await stream.close();
}
