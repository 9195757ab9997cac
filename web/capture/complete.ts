/** The files of a stopped or killed capture become a recording in the library. */
import { AppError } from '../core/errors.ts';
import type { Recording, RecordingFile, RecordingNotice } from '../core/recording.ts';
import { sourceTime } from '../core/time.ts';
import { database } from '../storage/database.ts';
import { fileHandle, readFile, recordingFolder, remove } from '../storage/opfs.ts';
import { addRecording, journalPath } from '../storage/recordings.ts';
import type { CaptureApi } from '../workers/capture.worker.ts';
import type { ImportApi } from '../workers/import.worker.ts';
import { connect, type Connection } from '../workers/rpc.ts';
import type { Finished, FinishedFile } from './worker/protocol.ts';

export const connectCapture = (): Connection<CaptureApi> =>
  connect<CaptureApi>(
    () =>
      new Worker(new URL('../workers/capture.worker.ts', import.meta.url), {
        type: 'module',
        name: 'capture',
      }),
    { idleMs: null },
  );

const connectImport = (): Connection<ImportApi> =>
  connect<ImportApi>(
    () =>
      new Worker(new URL('../workers/import.worker.ts', import.meta.url), {
        type: 'module',
        name: 'import',
      }),
  );

/**
 * The caller holds the recording's lock. Can be tried again after any error: the journal stays until
 * the recording is in the library. Throws AppErrors: `file-empty` when nothing was recorded,
 * `capture-failed` when the result cannot be read.
 */
export async function completeCapture(
  id: string,
  worker: Connection<CaptureApi>,
): Promise<Recording> {
  const known = await database.recordings.get(id);
  if (known) {
    await remove(journalPath(id));
    return known;
  }
  const finished = await worker.call.finish(id);
  const importer = connectImport();
  try {
    const files: RecordingFile[] = [];
    let voiceTrack = finished.voiceTrack;
    for (const [index, file] of finished.files.entries()) {
      const described = await describe(id, file, importer);
      if (!described) continue;
      files.push(described.file);
      // A microphone that gave nothing leaves the voice to the other sound.
      if (index === 0) voiceTrack = described.voiceTrack;
    }
    const [main] = files;
    if (!main) throw new AppError('capture-failed', 'no file of the capture can be read');
    const stored = await readFile(main.path);
    const recording: Recording = {
      id,
      name: finished.name,
      createdAt: finished.startedAt,
      source: finished.source,
      duration: sourceTime(Math.max(...files.map(endOf))),
      size: files.reduce((sum, file) => sum + file.size, 0),
      fingerprint: await importer.call.fingerprint(stored),
      files,
      voiceTrack,
      interactions: finished.interactions,
      notices: noticesOf(finished, main),
    };
    const poster = await importer.call.poster(stored).catch((error: unknown) => {
      console.warn('no preview could be made', error);
      return null;
    });
    await addRecording(recording, poster);
    await remove(journalPath(id));
    return recording;
  } finally {
    importer.close();
  }
}

const endOf = ({ video, audio }: RecordingFile) =>
  Math.max(0, video?.end ?? 0, ...audio.map((track) => track.end));

function noticesOf(finished: Finished, main: RecordingFile): RecordingNotice[] {
  const notices = new Set<RecordingNotice>(finished.notices);
  if (!finished.ended) notices.add('recovered');
  if (!main.video) notices.add('no-video');
  if (main.audio.length === 0) notices.add('no-audio');
  return [...notices];
}

/** Null when nothing of it can be read. */
async function describe(
  id: string,
  { name, role, format }: FinishedFile,
  importer: Connection<ImportApi>,
): Promise<{ file: RecordingFile; voiceTrack: number } | null> {
  let path = `${recordingFolder(id)}/${name}`;
  if (format === 'whole') path = await withIndex(path, importer);
  const stored = await readFile(path);
  const probe = await importer.call.probe(stored);
  if (!probe) return null;
  return {
    voiceTrack: probe.voiceTrack,
    file: {
      role,
      path,
      type: probe.type,
      size: stored.size,
      video: probe.video?.info ?? null,
      audio: probe.audio.map((track) => track.info),
    },
  };
}

/** MediaRecorder writes no index and no length. The path of a file that has them. */
async function withIndex(path: string, importer: Connection<ImportApi>): Promise<string> {
  const file = await readFile(path);
  const whole = path.replace(/\.[^.]+$/, '-whole$&');
  const handle = await fileHandle(whole, { create: true });
  try {
    if (path.endsWith('.webm')) await importer.call.reindex({ file, handle });
    else await importer.call.remux({ file, handle, fromZero: false, duration: 0 });
    await remove(path);
    return whole;
  } catch (error) {
    console.warn('kept as the browser wrote it', error);
    await remove(whole);
    return path;
  }
}
