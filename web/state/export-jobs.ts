/** Turns one request into one file in OPFS. The outputs come from a project and can always be made again. */
import { cutRanges, listCuts } from '../core/cuts.ts';
import { cameraFile, cameraShown } from '../core/camera.ts';
import { AppError } from '../core/errors.ts';
import type { JobContext } from '../core/progress.ts';
import type { Project } from '../core/project.ts';
import { mainFile, type Recording } from '../core/recording.ts';
import { gainOf, otherTracks } from '../core/sound-mix.ts';
import { TimeMap } from '../core/timeline.ts';
import { subtitleFile } from '../documents/subtitles.ts';
import { cameraIsDrawn, type ExportRequest } from '../render/export-request.ts';
import { database } from '../storage/database.ts';
import { exists, readFile, remove, writeFile } from '../storage/opfs.ts';
import { storedEvidence } from './analysis-pipeline.ts';
import { fileName, mimeTypes, type ExportKind } from './export-kinds.ts';
import { documentsWorker, exportWorker, transferWorker } from './workers.ts';

export interface ExportedFile {
  path: string;
  name: string;
  type: string;
  size: number;
  /** Why something is not as it could be, in a key of the catalogue's `exports.notes`. */
  note: string | null;
  /** Markdown articles: file of each step's picture, by step id. */
  stillFiles?: Record<string, string>;
}

export const exportsFolder = 'exports';
const killAfterMs = 1500;

export async function runExport(
  id: string,
  project: Project,
  kind: ExportKind,
  { signal, progress }: JobContext,
): Promise<ExportedFile> {
  const recording = await database.recordings.get(project.recordingId);
  if (!recording) throw new AppError('recording-missing', project.recordingId);
  const name = fileName(project.title, kind);
  const path = `${exportsFolder}/${id}/${name}`;
  const options = { signal, progress, killAfterMs };
  let note: string | null = null;
  let stillFiles: Record<string, string> | undefined;
  if (kind.type === 'video')
    note = await exportVideo(recording, project, kind.format, path, options);
  else if (kind.type === 'article')
    stillFiles = await exportArticle(recording, project, kind.format, path, options);
  else if (kind.type === 'project')
    await transferWorker.call.writeCairn(
      { recordingId: recording.id, project, media: kind.format === 'cairn', outputPath: path },
      options,
    );
  else await exportSubtitles(recording, project, kind.format, path);
  const { size } = await readFile(path);
  return {
    path,
    name,
    type: mimeTypes[name.split('.').at(-1)!] ?? '',
    size,
    note,
    ...(stillFiles && { stillFiles }),
  };
}

/** Removes files of exports that no tab holds: every running app holds a shared lock while it lives. */
export async function removeLeftOvers(): Promise<void> {
  const free = await navigator.locks.request(
    exportsFolder,
    { mode: 'exclusive', ifAvailable: true },
    async (lock) => {
      if (lock) await remove(exportsFolder);
      return lock !== null;
    },
  );
  if (!free) console.warn('exports of another tab are kept');
  // Held until this tab ends.
  void navigator.locks.request(
    exportsFolder,
    { mode: 'shared' },
    () => new Promise(() => undefined),
  );
}

type CallOptions = JobContext & { killAfterMs: number };

async function exportVideo(
  recording: Recording,
  project: Project,
  format: 'mp4' | 'webm',
  outputPath: string,
  options: CallOptions,
): Promise<string | null> {
  const [sound, speech] = await Promise.all([
    storedEvidence(recording.id, 'sound'),
    storedEvidence(recording.id, 'speech'),
  ]);
  const clean = project.sound.denoise && sound?.cleanPath ? sound.cleanPath : null;
  const useClean = clean !== null && (await exists(clean));
  const { voice, others } = project.sound;
  const heard = gainOf(others) > 0 ? otherTracks(recording) : [];
  const report = await exportWorker.call.exportVideo(
    {
      source: mainFile(recording).path,
      voiceTrack: recording.voiceTrack,
      otherTracks: heard,
      levels: { voice: gainOf(voice), others: gainOf(others) },
      camera: await cameraOf(recording, project),
      cleanSound: useClean ? clean : null,
      duration: recording.duration,
      cuts: cutRanges(listCuts(project, speech)),
      normalise: project.sound.normalise,
      loudness: (useClean ? sound?.cleanLoudness : sound?.loudness) ?? null,
      format,
      outputPath,
    },
    options,
  );
  if (report.method !== 're-encoded') return null;
  return report.reason === cameraIsDrawn ? 'camera' : 're-encoded';
}

async function cameraOf(
  recording: Recording,
  { camera: choice }: Project,
): Promise<ExportRequest['camera']> {
  const file = cameraFile(recording);
  if (!file || !(await exists(file.path))) return null;
  const shown = cameraShown(choice, file.video, recording.duration);
  return shown.length > 0 ? { source: file.path, choice, shown } : null;
}

async function exportArticle(
  recording: Recording,
  project: Project,
  format: 'markdown' | 'html',
  outputPath: string,
  options: CallOptions,
): Promise<Record<string, string>> {
  const speech = await storedEvidence(recording.id, 'speech');
  const { stillFiles } = await documentsWorker.call.exportArticle(
    { recording, project, language: speech?.language ?? 'en', format, outputPath },
    options,
  );
  return stillFiles;
}

async function exportSubtitles(
  recording: Recording,
  project: Project,
  format: 'vtt' | 'srt' | 'txt',
  path: string,
): Promise<void> {
  const speech = await storedEvidence(recording.id, 'speech');
  if (!speech || speech.words.length === 0) throw new AppError('no-speech', recording.id);
  const map = new TimeMap(recording.duration, cutRanges(listCuts(project, speech)));
  await writeFile(path, subtitleFile(format, { project, speech, map }));
}
