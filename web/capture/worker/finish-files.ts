/**
 * Makes whole files of what a capture left: the same after a stop and after a kill, and again after a
 * kill in the middle of it. Nothing is copied; the index goes behind the media data. Only in workers.
 */
import { AppError } from '../../core/errors.ts';
import type { Interaction } from '../../core/interaction.ts';
import type { CaptureNotice } from '../../core/recording.ts';
import {
  fileHandle,
  readFile,
  recordingFolder,
  remove,
  storageError,
  writeFully,
} from '../../storage/opfs.ts';
import { journalPath } from '../../storage/recordings.ts';
import { readJournal, type BeginEntry, type RunEntry } from '../journal.ts';
import { closedHead, fileHead, movieBox, MovieTrack } from '../mp4/movie.ts';
import { reservePath } from './capture-writer.ts';
import type { Finished, FinishedFile } from './protocol.ts';

/** So long a last frame may be made to stand, to where the sound ends. Seconds. */
const longestLastFrame = 2;

/** Throws AppError `recording-missing` without a journal, `file-empty` when nothing was recorded. */
export async function finishFiles(id: string): Promise<Finished> {
  const journal = await readFile(journalPath(id)).catch((error: unknown) => {
    throw new AppError('recording-missing', String(error), { cause: error });
  });
  await remove(reservePath(id));
  let begin: BeginEntry | null = null;
  const tracks = new Map<number, MovieTrack>();
  const ends: number[] = [];
  const sizes: number[] = [];
  const interactions = new Map<string, Interaction | null>();
  const notices = new Set<CaptureNotice>();
  let ended = false;

  for await (const entry of readJournal(journal)) {
    if (entry.kind === 'begin') {
      begin ??= entry;
      for (const { name } of begin.files)
        sizes.push((await readFile(`${recordingFolder(id)}/${name}`)).size);
    } else if (entry.kind === 'track') tracks.set(entry.track, new MovieTrack(entry));
    else if (entry.kind === 'run') takeRun(entry, tracks, sizes, ends);
    else if (entry.kind === 'interaction') interactions.set(entry.key, entry.value);
    else if (entry.kind === 'notice') notices.add(entry.notice);
    else if (entry.kind === 'end') ended = true;
  }
  if (!begin) throw new AppError('file-empty', 'the journal has no beginning');

  const files: FinishedFile[] = [];
  let voiceTrack = 0;
  for (const [index, { name, role, format }] of begin.files.entries()) {
    const path = `${recordingFolder(id)}/${name}`;
    const own = inOrder([...tracks.values()].filter((track) => track.entry.file === index));
    const written = own.some((track) => track.table.count > 0);
    const size =
      format === 'whole'
        ? (sizes[index] ?? 0)
        : written
          ? await writeIndex(path, own, ends[index] ?? fileHead.length, begin.startedAt)
          : 0;
    if (size > 0) files.push({ name, role, format, size });
    else await remove(path);
    if (index === 0) voiceTrack = Math.max(0, voiceOf(own));
  }
  if (files.length === 0) throw new AppError('file-empty', 'nothing was recorded');
  const { name, source, startedAt } = begin;
  return {
    ...{ id, name, source, startedAt, files, voiceTrack, ended },
    interactions: [...interactions.values()]
      .filter((value) => value !== null)
      .sort((a, b) => a.time - b.time),
    notices: [...notices],
  };
}

/** Enters the packets of a run, unless the file is shorter: after a power cut it may be. */
function takeRun(
  run: RunEntry,
  tracks: ReadonlyMap<number, MovieTrack>,
  sizes: readonly number[],
  ends: number[],
): void {
  const track = tracks.get(run.track);
  if (!track) return;
  const end = run.packets.reduce((at, packet) => at + packet.size, run.offset);
  const { file } = track.entry;
  if (end > (sizes[file] ?? 0)) return;
  track.table.add(run.offset, run.packets);
  ends[file] = Math.max(ends[file] ?? 0, end);
}

/** The picture, the voice, then other sound. */
const inOrder = (tracks: MovieTrack[]) => {
  const rank = ({ entry }: MovieTrack) =>
    entry.media === 'video' ? 0 : entry.sound === 'microphone' ? 1 : 2;
  return tracks.filter((t) => t.table.count > 0).sort((a, b) => rank(a) - rank(b));
};

const voiceOf = (tracks: readonly MovieTrack[]) =>
  tracks.filter((t) => t.entry.media === 'audio').findIndex((t) => t.entry.sound === 'microphone');

/** Returns the size of the file. */
async function writeIndex(
  path: string,
  tracks: readonly MovieTrack[],
  end: number,
  createdAt: number,
): Promise<number> {
  const last = Math.max(...tracks.map((track) => track.end));
  for (const { entry, table, end: own } of tracks) {
    if (entry.media === 'video')
      table.extendTo(Math.round(Math.min(last, own + longestLastFrame) * table.timescale));
  }
  const access = await openWhenFree(path);
  try {
    access.truncate(end);
    let at = end;
    for (const piece of movieBox(tracks, createdAt)) {
      writeFully(access, piece as Uint8Array<ArrayBuffer>, at);
      at += piece.length;
    }
    // The index must be on the disk before anything leads to it.
    access.flush();
    const head = closedHead(end);
    writeFully(access, head.bytes, head.at);
    access.flush();
    return at;
  } finally {
    access.close();
  }
}

/** The browser frees the files of an ended worker a moment after. */
async function openWhenFree(path: string): Promise<FileSystemSyncAccessHandle> {
  const handle = await fileHandle(path);
  for (let attempt = 0; ; attempt++) {
    try {
      return await handle.createSyncAccessHandle();
    } catch (error) {
      if (attempt === 30) throw storageError(error, path);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
