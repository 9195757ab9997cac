/** Captures that a killed tab, browser or computer left behind. They wait until the person decides. */
import { AppError } from '../core/errors.ts';
import type { Recording } from '../core/recording.ts';
import { database } from '../storage/database.ts';
import { exists, list, readFile, recordingFolder, removeWhenFree } from '../storage/opfs.ts';
import { importLock, journalPath } from '../storage/recordings.ts';
import { completeCapture, connectCapture } from './complete.ts';
import { readJournal, type BeginEntry } from './journal.ts';

export interface UnfinishedCapture {
  id: string;
  name: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** Of recording that is there. */
  seconds: number;
  /** Bytes. */
  size: number;
}

/** Newest first; without those that a tab is still recording. What holds nothing at all is removed. */
export async function listUnfinished(): Promise<UnfinishedCapture[]> {
  const found: UnfinishedCapture[] = [];
  for (const id of await list('recordings')) {
    if (!(await exists(journalPath(id))) || (await database.recordings.get(id))) continue;
    await navigator.locks.request(importLock(id), { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      const capture = await look(id);
      if (capture) found.push(capture);
      else await removeWhenFree(recordingFolder(id));
    });
  }
  return found.sort((a, b) => b.startedAt - a.startedAt);
}

/** Null when there is nothing to recover. */
async function look(id: string): Promise<UnfinishedCapture | null> {
  let begin: BeginEntry | null = null;
  let end = 0;
  for await (const entry of readJournal(await readFile(journalPath(id)))) {
    if (entry.kind === 'begin') begin ??= entry;
    const last = entry.kind === 'run' ? entry.packets.at(-1) : undefined;
    if (last) end = Math.max(end, last.timestamp + last.duration);
  }
  if (!begin) return null;
  let size = 0;
  for (const { name, format } of begin.files) {
    const file = await readFile(`${recordingFolder(id)}/${name}`).catch(() => null);
    size += file?.size ?? 0;
    // MediaRecorder's files say their length only when they are put in order.
    if (file?.size && format === 'whole')
      end = Math.max(end, (file.lastModified - begin.startedAt) * 1000);
  }
  const { name, startedAt } = begin;
  return end > 0 ? { id, name, startedAt, seconds: end / 1e6, size } : null;
}

/**
 * Puts it in the library with the notice `recovered`. Throws AppErrors: `recording-busy` when a tab is
 * recording or recovering it, `recording-missing`, and those of completeCapture; it then still waits.
 */
export async function recoverRecording(id: string): Promise<Recording> {
  return alone(id, async () => {
    const worker = connectCapture();
    try {
      return await completeCapture(id, worker);
    } finally {
      worker.close();
    }
  });
}

export async function discardUnfinished(id: string): Promise<void> {
  await alone(id, () => removeWhenFree(recordingFolder(id)));
}

const alone = <T>(id: string, work: () => Promise<T>): Promise<T> =>
  navigator.locks.request(importLock(id), { ifAvailable: true }, (lock) => {
    if (!lock) throw new AppError('recording-busy', `${id} is in use`);
    return work();
  });
