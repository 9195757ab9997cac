/**
 * A file becomes a recording: recognised, looked into, copied or converted into OPFS, checked, and
 * only then entered in the database. Until then nothing of it is visible, and what a killed tab
 * leaves behind is removed at the next start (storage/recordings.ts).
 */
import { AppError, toAppError } from '../core/errors.ts';
import { within, type JobContext } from '../core/progress.ts';
import type { ImportNotice, Recording, RecordingSource } from '../core/recording.ts';
import { sourceTime } from '../core/time.ts';
import { endsEarly } from './ends-early.ts';
import { planImport } from './plan.ts';
import type { Probe } from './probe.ts';
import { lacksMovieIndex } from './unfinished.ts';
import { fileHandle, recordingFolder, removeWhenFree } from '../storage/opfs.ts';
import { keepStorage, requireRoom } from '../storage/quota.ts';
import {
  addRecording,
  findByFingerprint,
  importLock,
  restoreRecording,
} from '../storage/recordings.ts';
import { connect, type Connection } from '../workers/rpc.ts';
import type { ImportApi } from '../workers/import.worker.ts';
import { bringIn, type BroughtIn } from './bring-in.ts';

export interface ImportOptions extends Partial<JobContext> {
  source?: RecordingSource;
  /** Default: the file's name without its ending. */
  name?: string;
}
export interface ImportResult {
  recording: Recording;
  /** The file had been imported before; nothing was written. */
  existing: boolean;
}

/** Throws AppErrors with codes of the `file-`, `conversion-` and storage areas; AbortError when cancelled. */
export async function importFile(file: File, options: ImportOptions = {}): Promise<ImportResult> {
  const signal = options.signal ?? new AbortController().signal;
  let furthest = 0;
  const progress: JobContext['progress'] = (p) => {
    // A second attempt at converting starts from its beginning; the bar does not.
    furthest = Math.max(furthest, p.fraction);
    options.progress?.({ ...p, fraction: furthest });
  };
  const worker = connect<ImportApi>(
    () =>
      new Worker(new URL('../workers/import.worker.ts', import.meta.url), {
        type: 'module',
        name: 'import',
      }),
  );
  try {
    await requireReadable(file);
    signal.throwIfAborted();
    progress({ fraction: 0, doing: 'check' });
    const fingerprint = await worker.call.fingerprint(file, { signal, killAfterMs: 0 });
    // Two tabs, or a double drop: the second waits and then finds the first one's result.
    return await navigator.locks.request(`fingerprint:${fingerprint}`, { signal }, async () => {
      const known = await findByFingerprint(fingerprint);
      if (known) {
        await restoreRecording(known.id);
        return { recording: known, existing: true };
      }
      const recording = await create(file, fingerprint, worker, options, { signal, progress });
      return { recording, existing: false };
    });
  } catch (error) {
    signal.throwIfAborted();
    throw withName(error, file.name);
  } finally {
    worker.close();
  }
}

async function create(
  file: File,
  fingerprint: string,
  worker: Connection<ImportApi>,
  options: ImportOptions,
  context: JobContext,
): Promise<Recording> {
  const { signal, progress } = context;
  const probed = await patiently(worker, file, context);
  if (!probed && (await lacksMovieIndex(file))) throw new AppError('file-unfinished');
  const plan = planImport(probed);
  await requireRoom(file.size);
  await keepStorage();

  const id = crypto.randomUUID();
  return navigator.locks.request(importLock(id), async () => {
    try {
      const brought = await bringIn(
        { file, id, probe: probed, plan, worker, look: (f) => patiently(worker, f, context) },
        { signal, progress: within(progress, 0.05, 0.96) },
      );
      progress({ fraction: 0.97, doing: 'poster' });
      const stored = await (await fileHandle(brought.path)).getFile();
      const poster = await worker.call.poster(stored, { signal, killAfterMs: 0 }).catch((error) => {
        signal.throwIfAborted();
        console.warn('no preview could be made', error);
        return null;
      });
      if (await endsEarly(file)) brought.notices.push('truncated');
      const recording = describe(brought, stored, {
        id,
        fingerprint,
        name: options.name ?? (file.name.replace(/\.[^.]+$/, '') || file.name),
        source: options.source ?? 'upload',
      });
      signal.throwIfAborted();
      await addRecording(recording, poster);
      progress({ fraction: 1 });
      return recording;
    } catch (error) {
      await removeWhenFree(recordingFolder(id));
      throw error;
    }
  });
}

function describe(
  { probe, path, notices }: BroughtIn,
  stored: File,
  about: Pick<Recording, 'id' | 'fingerprint' | 'name' | 'source'>,
): Recording {
  const noted = new Set<ImportNotice>(notices);
  if (!probe.video) noted.add('no-video');
  if (probe.audio.length === 0) noted.add('no-audio');
  if (probe.audio.length > 1) noted.add('several-audio-tracks');
  return {
    ...about,
    createdAt: Date.now(),
    duration: sourceTime(probe.duration),
    size: stored.size,
    files: [
      {
        role: probe.video ? 'screen' : 'microphone',
        path,
        type: probe.type,
        size: stored.size,
        video: probe.video?.info ?? null,
        audio: probe.audio.map((t) => t.info),
      },
    ],
    voiceTrack: probe.voiceTrack,
    interactions: [],
    notices: [...noted],
  };
}

/** Silence of the worker after which a file counts as one that mediabunny cannot read. */
const patienceMs = 12_000;

/**
 * Some damaged files send mediabunny into an endless loop (1.61: a FLAC that breaks off). The worker
 * is then ended, and the file goes the way of those that cannot be read.
 */
async function patiently(
  worker: Connection<ImportApi>,
  file: File,
  { signal, progress }: JobContext,
): Promise<Probe | null> {
  const watch = new AbortController();
  let timer = setTimeout(() => watch.abort(), patienceMs);
  try {
    return await worker.call.probe(file, {
      signal: AbortSignal.any([signal, watch.signal]),
      killAfterMs: 0,
      progress: () => {
        clearTimeout(timer);
        timer = setTimeout(() => watch.abort(), patienceMs);
        progress({ fraction: 0.03, doing: 'probe' });
      },
    });
  } catch (error) {
    signal.throwIfAborted();
    // Whatever went wrong in there, ffmpeg may still make sense of the file.
    console.warn('mediabunny could not read the file', error);
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** A folder that was dropped, or a file that went away, has a size and nothing to read. */
async function requireReadable(file: File): Promise<void> {
  if (file.size === 0) throw new AppError('file-empty');
  await file
    .slice(0, 1)
    .arrayBuffer()
    .catch((error: unknown) => {
      throw new AppError('file-unreadable', String(error), { cause: error });
    });
}

function withName(error: unknown, name: string): AppError {
  const { code, message, details } = toAppError(error);
  return new AppError(code, message, { cause: error, details: { ...details, name } });
}
