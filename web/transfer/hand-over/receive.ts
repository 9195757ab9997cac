/**
 * The app's side: takes a recording out of the extension, chunk by chunk, straight to disk. What has arrived stays
 * there when the tab or the extension is closed, and is not fetched again. It enters the library when all is there.
 */
import { AppError, isAbort } from '../../core/errors.ts';
import type { JobContext } from '../../core/progress.ts';
import { moveFile, readFile, removeWhenFree, writeFile } from '../../storage/opfs.ts';
import { requireRoom } from '../../storage/quota.ts';
import { findByFingerprint, incomingFolder, incomingLock } from '../../storage/recordings.ts';
import { connect as connectWorker } from '../../workers/rpc.ts';
import type { TransferApi } from '../../workers/transfer.worker.ts';
import {
  importProject,
  type ImportedProject,
  type ImportProjectOptions,
} from '../import-project.ts';
import { decodeJson } from '../json.ts';
import { isMemberName, maxManifest, memberFile, type CairnMember } from '../manifest.ts';
import { readManifest } from '../schema.ts';
import { Connection } from './connection.ts';
import { fetchFile, fetchText } from './fetch-file.ts';
import { protocolVersion, type MessagePortLike, type Offer, type OfferedFile } from './protocol.ts';

export interface ReceiveOptions extends ImportProjectOptions {
  token: string;
  /** Opens a new line to the extension. */
  connect(): MessagePortLike;
  /** What comes, and how many bytes. */
  onOffer(offer: { name: string; size: number }): void;
}

/** The line breaks when the browser ends the extension's worker; ms until it is tried again, one after the other. */
const pauses = [100, 500, 1000, 2000, 4000];

/** Throws `hand-over-lost`, `hand-over-refused`, `disk-full` and what `importProject` throws; AbortError when stopped. */
export async function receive(options: ReceiveOptions): Promise<ImportedProject> {
  const stopped = new AbortController();
  const signal = AbortSignal.any([options.signal, stopped.signal]);
  let furthest = 0;
  let tries = 0;
  const progress: JobContext['progress'] = (p) => {
    if (p.fraction > furthest) tries = 0;
    furthest = Math.max(furthest, p.fraction);
    options.progress({ ...p, fraction: furthest });
  };
  for (;;) {
    const line = new Connection(options.connect(), () => stopped.abort());
    const stop = () => line.tell({ stop: true });
    options.signal.addEventListener('abort', stop);
    try {
      return await once(line, { ...options, signal, progress });
    } catch (error) {
      signal.throwIfAborted();
      const isLost = error instanceof AppError && error.code === 'hand-over-lost';
      const pause = pauses[tries++];
      if (!isLost || pause === undefined) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    } finally {
      options.signal.removeEventListener('abort', stop);
      line.close();
    }
  }
}

async function once(line: Connection, options: ReceiveOptions): Promise<ImportedProject> {
  const { signal, token } = options;
  const offer = await line.ask('open', { version: protocolVersion, token });
  requireSound(offer);
  const lock = incomingLock(offer.recordingId);
  return navigator.locks.request(lock, { signal }, () => take(line, offer, options));
}

async function take(
  line: Connection,
  offer: Offer,
  options: ReceiveOptions,
): Promise<ImportedProject> {
  const { signal } = options;
  const folder = incomingFolder(offer.recordingId);
  const known = await findByFingerprint(offer.fingerprint);
  // Where the recording is here already, only the edits come over.
  const media = known ? [] : offer.files.slice(1);
  const size = media.reduce((sum, file) => sum + file.size, offer.files[0]!.size);
  options.onOffer({ name: offer.name, size });
  const kept = await keptFiles(folder, media);
  await requireRoom(size - kept);
  await writeFile(`${folder}/${listName}`, JSON.stringify(media));

  const worker = connectWorker<TransferApi>(
    () =>
      new Worker(new URL('../../workers/transfer.worker.ts', import.meta.url), {
        type: 'module',
        name: 'transfer',
      }),
    { idleMs: null },
  );
  let done = 0;
  const onBytes = (bytes: number) => {
    signal.throwIfAborted();
    done += bytes;
    // The last part is for entering it into the library.
    const fraction = 0.98 * Math.min(1, done / Math.max(1, size));
    options.progress({ fraction, doing: 'copy' });
    line.tell({ fraction });
  };
  try {
    const text = await fetchText(line, offer.files[0]!.size, onBytes);
    const members: CairnMember[] = [];
    for (const [index, { name, size: bytes }] of media.entries()) {
      const path = `${folder}/${memberFile(name)}`;
      const sha256 = await fetchFile({ line, worker, file: index + 1, path, size: bytes, onBytes });
      members.push({ name, size: bytes, sha256 });
    }
    const manifest = readManifest({ ...parse(text), media: !known, members });
    const imported = await importProject(
      manifest,
      {
        staged: true,
        extract: (member, path) => moveFile(`${folder}/${memberFile(member.name)}`, path),
      },
      { ...options, progress: () => undefined },
    );
    await removeWhenFree(folder);
    await sayDone(line, options);
    options.progress({ fraction: 1 });
    return imported;
  } catch (error) {
    worker.close();
    if (signal.aborted || isAbort(error)) await removeWhenFree(folder);
    throw error;
  } finally {
    worker.close();
  }
}

/** The extension's worker may have been ended while the person was asked something. */
async function sayDone(line: Connection, { connect, token }: ReceiveOptions): Promise<void> {
  try {
    await line.ask('done', null);
  } catch {
    const again = new Connection(connect(), () => undefined);
    try {
      await again.ask('open', { version: protocolVersion, token });
      await again.ask('done', null);
    } catch (error) {
      // It is here, whether or not the extension hears of it.
      console.warn('the extension was gone at the end', error);
    } finally {
      again.close();
    }
  }
}

const listName = 'offer.json';

/** Bytes that are there from before. Files that have changed meanwhile are removed. */
async function keptFiles(folder: string, wanted: readonly OfferedFile[]): Promise<number> {
  const before = await readList(folder);
  if (!before) {
    await removeWhenFree(folder);
    return 0;
  }
  const known = new Map(before.map((file) => [file.name, file]));
  let kept = 0;
  for (const { name, size, modified } of wanted) {
    const path = `${folder}/${memberFile(name)}`;
    const same = known.get(name);
    if (same?.size !== size || same.modified !== modified) await removeWhenFree(path);
    else
      kept += await readFile(path).then(
        (file) => Math.min(file.size, size),
        () => 0,
      ); // not begun
  }
  return kept;
}

/** Null when nothing has arrived yet, or the list was cut off. */
async function readList(folder: string): Promise<OfferedFile[] | null> {
  try {
    return JSON.parse(await (await readFile(`${folder}/${listName}`)).text()) as OfferedFile[];
  } catch {
    return null;
  }
}

/** The extension is ours, but its word still becomes paths. */
function requireSound({ recordingId, files }: Offer): void {
  const names = files.slice(1).map((file) => file.name);
  const isSound =
    /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(recordingId) &&
    files.length > 0 &&
    files.length <= 10_000 &&
    files[0]!.size <= maxManifest &&
    new Set(names).size === names.length &&
    names.every(isMemberName) &&
    files.every(({ size }) => Number.isSafeInteger(size) && size >= 0);
  if (!isSound) throw new AppError('cairn-damaged', 'an offer that cannot be');
}

function parse(text: string): object {
  try {
    return decodeJson(text) as object;
  } catch (error) {
    throw new AppError('cairn-damaged', String(error), { cause: error });
  }
}
