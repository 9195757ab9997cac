/**
 * Runs the stages of analysis for one recording and keeps each result as soon as it is there.
 * Finished stages are never repeated; a stage's own checkpoint lets it go on in the middle.
 */
import { analyserVersions, type Evidence, type Stage } from '../core/evidence.ts';
import { projectFromEvidence } from '../core/draft-project.ts';
import type { Progress } from '../core/progress.ts';
import type { Project } from '../core/project.ts';
import { mainFile, type Recording } from '../core/recording.ts';
import { draftSteps } from '../core/steps.ts';
import type { ImportedScript } from '../core/subtitle-parse.ts';
import { settleAll } from '../core/settle-all.ts';
import { database } from '../storage/database.ts';
import { readFile, recordingFolder } from '../storage/opfs.ts';
import { readScript } from '../storage/scripts.ts';
import { speechVariant, type AnalysisSettings } from './analysis-settings.ts';
import { screenWorker, soundWorker, speechWorker } from './workers.ts';

export interface PipelineContext {
  signal: AbortSignal;
  /** Called for every stage; `done` once its result is kept. */
  onStage(stage: Stage, progress: Progress | 'done' | 'skipped'): void;
}

/** Milliseconds of work of each stage that was computed now (not read from disk). */
export type StageTimings = Partial<Record<Stage, number>>;

/** wasm that is in the middle of a computation cannot be asked to stop. */
const killAfterMs = 1500;

/**
 * With so few cores the picture waits for the sound: the speech, which takes longest, then has one core
 * for itself from beginning to end instead of a third of two, with the other one idle at the end.
 */
const fewCores = 2;

/** What a stage's result depends on besides the recording and the analyser's version. */
function variants(
  settings: AnalysisSettings,
  script: ImportedScript | null,
  scriptKey: string,
): Record<Stage, string> {
  const speech = script ? `script/${scriptKey}` : speechVariant(settings);
  return { sound: '', screen: '', speech, steps: speech };
}

export async function storedEvidence<S extends Stage>(
  recordingId: string,
  stage: S,
): Promise<Evidence[S] | null> {
  const row = await database.evidence.get([recordingId, stage]);
  return row && row.version === analyserVersions[stage] ? (row.data as Evidence[S]) : null;
}

/** All stages, in parallel where they do not wait for each other. Rejects with the first failure. */
export async function analyseRecording(
  recording: Recording,
  settings: AnalysisSettings,
  context: PipelineContext,
): Promise<{ project: Project; timings: StageTimings }> {
  const main = mainFile(recording);
  const file = await readFile(main.path);
  const script = await readScript(recording.id);
  const variant = variants(settings, script, String(script?.cues.length ?? 0));
  const timings: StageTimings = {};
  const trackIndex = recording.voiceTrack;
  const folder = recordingFolder(recording.id);

  /** One failing stage stops the others, but what they finished is kept. */
  const failure = new AbortController();
  const signal = AbortSignal.any([context.signal, failure.signal]);

  async function stage<S extends Stage>(
    name: S,
    applies: boolean,
    compute: (options: {
      signal: AbortSignal;
      progress: (p: Progress) => void;
      killAfterMs: number;
    }) => Promise<Evidence[S]>,
  ): Promise<Evidence[S] | null> {
    if (!applies) {
      context.onStage(name, 'skipped');
      return null;
    }
    const row = await database.evidence.get([recording.id, name]);
    if (row && row.version === analyserVersions[name] && row.variant === variant[name]) {
      context.onStage(name, 'done');
      return row.data as Evidence[S];
    }
    signal.throwIfAborted();
    const began = performance.now();
    const progress = (p: Progress) => context.onStage(name, p);
    progress({ fraction: 0 });
    try {
      const data = await compute({ signal, progress, killAfterMs });
      timings[name] = performance.now() - began;
      await database.transaction('rw', database.evidence, database.checkpoints, async () => {
        await database.evidence.put({
          recordingId: recording.id,
          stage: name,
          version: analyserVersions[name],
          variant: variant[name],
          data,
        });
        await database.checkpoints.delete([recording.id, name]);
      });
      context.onStage(name, 'done');
      return data;
    } catch (error) {
      failure.abort();
      throw error;
    }
  }

  const hasSound = main.audio.length > 0;
  const hasPicture = main.video !== null;
  const listening = stage('sound', hasSound, (options) =>
    soundWorker.call.analyseSound({ file, trackIndex, cleanPath: `${folder}/clean.wav` }, options),
  );
  const turn = navigator.hardwareConcurrency <= fewCores ? listening.catch(() => null) : null;
  const [sound, speech, screen] = await settleAll([
    listening,
    stage('speech', hasSound, (options) =>
      speechWorker.call.analyseSpeech(
        {
          file,
          trackIndex,
          recordingId: recording.id,
          model: settings.model,
          language: settings.language,
          script,
        },
        options,
      ),
    ),
    (async () => {
      await turn;
      return stage('screen', hasPicture, (options) =>
        screenWorker.call.analyseScreen(
          { file, folder: `${folder}/strip`, interactions: recording.interactions },
          options,
        ),
      );
    })(),
  ] as const);
  const steps = await stage('steps', true, () =>
    Promise.resolve(
      draftSteps({
        words: speech?.words ?? [],
        silences: speech?.silences ?? [],
        fillers: speech?.fillers ?? [],
        disfluencies: speech?.disfluencies ?? [],
        screen,
        interactions: recording.interactions,
        duration: recording.duration,
        language: speech?.language ?? 'en',
      }),
    ),
  );
  const project = await ensureProject(recording, { sound, speech, screen, steps: steps ?? [] });
  return { project, timings };
}

/** The person's project stays as it is; only where there is none yet, the evidence drafts one. */
async function ensureProject(
  recording: Recording,
  evidence: Parameters<typeof projectFromEvidence>[1],
): Promise<Project> {
  const existing = await database.projects.where('recordingId').equals(recording.id).first();
  if (existing) return existing;
  const project = projectFromEvidence(recording, evidence);
  await database.projects.add(project);
  return project;
}
