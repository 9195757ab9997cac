/** The main job without a person: import, analyse, decide as asked, export. The same code as behind the screens. */
import { AppError, toAppError } from '../core/errors.ts';
import type {
  HeadlessApi,
  HeadlessFile,
  HeadlessProgress,
  HeadlessRequest,
  HeadlessResult,
} from '../core/headless.ts';
import type { Project } from '../core/project.ts';
import { buildReport, type Report } from '../core/report.ts';
import { parseSubtitles } from '../core/subtitle-parse.ts';
import { importFile } from '../import/import-file.ts';
import { findModel } from '../models/loader.ts';
import { database } from '../storage/database.ts';
import { readFile } from '../storage/opfs.ts';
import { purgeRecording } from '../storage/recordings.ts';
import { messages } from '../ui/messages/index.ts';
import type { Analyses } from './Analyses.svelte.ts';
import { storedEvidence } from './analysis-pipeline.ts';
import { defaultAnalysisSettings, writeAnalysisSettings } from './analysis-settings.ts';
import type { ExportedFile } from './export-jobs.ts';
import { fileStem, type ExportKind } from './export-kinds.ts';
import type { Exports } from './Exports.svelte.ts';
import { saveAs } from './save-as.ts';
import { TimeLeft } from './time-left.ts';

export interface HeadlessParts {
  analyses: Analyses;
  exports: Exports;
  /** The file under the page's file input. */
  chosenFile(): File | null;
  onProgress(progress: HeadlessProgress): void;
}

interface PlannedOutput {
  kind: HeadlessFile['kind'];
  stage: string;
  export: ExportKind;
}

function plan(request: HeadlessRequest): PlannedOutput[] {
  const outputs: PlannedOutput[] = [];
  if (request.video) {
    outputs.push({
      kind: 'video',
      stage: 'video',
      export: { type: 'video', format: request.video },
    });
  }
  if (request.article === 'html') {
    outputs.push({
      kind: 'article',
      stage: 'article',
      export: { type: 'article', format: 'html' },
    });
  }
  if (request.article) {
    // The images come with the Markdown; beside an HTML article only they are taken from it.
    outputs.push({
      kind: request.article === 'md' ? 'article' : 'images',
      stage: request.article === 'md' ? 'article' : 'images',
      export: { type: 'article', format: 'markdown' },
    });
  }
  for (const format of request.subtitles) {
    outputs.push({
      kind: 'subtitles',
      stage: `subtitles ${format}`,
      export: { type: 'subtitles', format },
    });
  }
  return outputs;
}

/** The draft with what the command line asked for. */
function decide(project: Project, request: HeadlessRequest): Project {
  return {
    ...project,
    removal: {
      ...project.removal,
      fillers: request.fillers,
      silences: request.silences,
      minSilence: request.minSilence ?? project.removal.minSilence,
    },
    sound: { ...project.sound, denoise: request.denoise, normalise: request.normalise },
  };
}

export function createHeadless(parts: HeadlessParts): HeadlessApi {
  const finished = new Map<string, ExportedFile>();
  let recordingId: string | null = null;

  async function make(request: HeadlessRequest): Promise<HeadlessResult> {
    try {
      const { report, files } = await run(request);
      return { ok: true, report, files };
    } catch (error) {
      const { code, message, details } = toAppError(error);
      console.error(code, message, error);
      const sentence = messages.errors[code](details);
      return {
        ok: false,
        code,
        sentence: code === 'unexpected' ? `${sentence} (${message})` : sentence,
      };
    }
  }

  async function run(request: HeadlessRequest): Promise<{ report: Report; files: HeadlessFile[] }> {
    const file = parts.chosenFile();
    if (!file) throw new AppError('file-unreadable', 'no file was given');
    const timings: Record<string, number> = {};
    const began = performance.now();
    const model = request.model ?? defaultAnalysisSettings.model;
    await findModel(model);
    await writeAnalysisSettings({ model, language: request.language });

    const { recording } = await timed(timings, 'import', parts, (progress) =>
      importFile(file, { signal: new AbortController().signal, progress }),
    );
    recordingId = recording.id;
    if (request.script) {
      const { name, text } = request.script;
      const script = parseSubtitles(text, name);
      await database.scripts.put({ recordingId: recording.id, name, script });
    }

    const analysisBegan = performance.now();
    const stopWatching = watchAnalysis(parts, recording.id);
    const stages = await parts.analyses.finish(recording.id).finally(stopWatching);
    timings['analysis'] = (performance.now() - analysisBegan) / 1000;
    for (const [stage, ms] of Object.entries(stages)) timings[stage] = ms / 1000;

    const drafted = await database.projects.where({ recordingId: recording.id }).first();
    if (!drafted) throw new AppError('analysis-failed', 'no project was drafted');
    const project = decide(drafted, request);
    await database.projects.put(project);

    const speech = await storedEvidence(recording.id, 'speech');
    const files: HeadlessFile[] = [];
    let stillFiles = new Map<string, string>();
    for (const output of plan(request)) {
      const { export: kind } = output;
      if (kind.type === 'video' && recording.files.every((f) => !f.video && f.audio.length === 0))
        continue;
      if (kind.type === 'subtitles' && !speech?.words.length) continue;
      const exported = await timed(timings, output.stage, parts, (progress) =>
        exportWith(parts.exports, project, kind, progress),
      );
      if (exported.stillFiles) stillFiles = new Map(Object.entries(exported.stillFiles));
      const name = outputName(output.kind, exported.name, file.name);
      finished.set(name, exported);
      files.push({
        kind: output.kind,
        name,
        size: exported.size,
        ...(exported.note ? { note: exported.note } : {}),
      });
    }
    timings['total'] = (performance.now() - began) / 1000;
    const report = buildReport({
      recording,
      project,
      speech,
      stillFiles,
      // What lies on disk is known to the program that saves it.
      outputs: [],
      timings,
    });
    return { report, files };
  }

  return {
    make,
    async download(name) {
      const file = finished.get(name);
      if (!file) throw new Error(`there is no ${name}`);
      saveAs(await readFile(file.path), name);
    },
    async clear() {
      finished.clear();
      for (const job of parts.exports.jobs) await parts.exports.dismiss(job.id);
      if (recordingId) await purgeRecording(recordingId);
      recordingId = null;
    },
  };
}

type OnFraction = (progress: { fraction: number }) => void;

async function timed<T>(
  timings: Record<string, number>,
  stage: string,
  { onProgress }: HeadlessParts,
  work: (progress: OnFraction) => Promise<T>,
): Promise<T> {
  const began = performance.now();
  const left = new TimeLeft();
  const result = await work(({ fraction }) =>
    onProgress({ stage, fraction: Math.min(fraction, 0.999), secondsLeft: left.update(fraction) }),
  );
  onProgress({ stage, fraction: 1, secondsLeft: 0 });
  timings[stage] = (performance.now() - began) / 1000;
  return result;
}

async function exportWith(
  exports: Exports,
  project: Project,
  kind: ExportKind,
  progress: OnFraction,
): Promise<ExportedFile> {
  const id = exports.add(project, kind, { download: false });
  const timer = setInterval(() => {
    const job = exports.jobs.find((j) => j.id === id);
    if (job) progress(job);
  }, 300);
  return exports.finish(id).finally(() => clearInterval(timer));
}

/** Predictable for scripts: media and subtitles after the input file, the article as `article`. */
function outputName(kind: HeadlessFile['kind'], exported: string, input: string): string {
  const ending = exported.slice(exported.lastIndexOf('.'));
  if (kind === 'article' || kind === 'images') return `${kind}${ending}`;
  return `${fileStem(input.replace(/\.[^.]*$/, ''))}${ending}`;
}

/** Passes the progress of each stage on. Returns what stops it. */
function watchAnalysis({ analyses, onProgress }: HeadlessParts, recordingId: string): () => void {
  const send = () => {
    const status = analyses.status(recordingId);
    for (const [stage, { state, fraction }] of Object.entries(status?.stages ?? {})) {
      if (state === 'running') {
        onProgress({
          stage,
          fraction: Math.min(fraction, 0.999),
          secondsLeft: status?.secondsLeft ?? null,
        });
      } else if (state === 'done') onProgress({ stage, fraction: 1, secondsLeft: 0 });
    }
  };
  const timer = setInterval(send, 300);
  return () => {
    clearInterval(timer);
    send();
  };
}
