/** The analysis jobs: one at a time, the rest waiting; they go on after a reload. */
import { SvelteMap } from 'svelte/reactivity';
import { isAbort, toAppError, type AppError } from '../core/errors.ts';
import type { Stage } from '../core/evidence.ts';
import { database } from '../storage/database.ts';
import { analyseRecording, type StageTimings } from './analysis-pipeline.ts';
import { readAnalysisSettings } from './analysis-settings.ts';
import { watchPower } from './power.ts';
import { TimeLeft } from './time-left.ts';

export type AnalysisPhase = 'waiting' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled';
export interface StageStatus {
  state: 'waiting' | 'running' | 'done' | 'skipped';
  /** 0 to 1. */
  fraction: number;
  /** Key of the message catalogue's jobs. */
  doing: string | null;
}
export interface AnalysisStatus {
  phase: AnalysisPhase;
  /** 0 to 1 over all stages. */
  fraction: number;
  stages: Record<Stage, StageStatus>;
  secondsLeft: number | null;
  error: AppError | null;
}

/** Rough shares of the work, for one bar over all stages. */
const weights: Record<Stage, number> = { speech: 0.5, screen: 0.28, sound: 0.21, steps: 0.01 };
const stageNames = Object.keys(weights) as Stage[];
const wantedKey = 'analysis-wanted';

const freshStages = () =>
  Object.fromEntries(
    stageNames.map((name) => [name, { state: 'waiting', fraction: 0, doing: null }]),
  ) as Record<Stage, StageStatus>;

export class Analyses {
  #statuses = new SvelteMap<string, AnalysisStatus>();
  #queue: string[] = [];
  #current: { id: string; controller: AbortController; pausing: boolean } | null = null;
  #finished = new Map<
    string,
    { resolve: (t: StageTimings) => void; reject: (e: unknown) => void }[]
  >();

  constructor() {
    watchPower((shouldRest) => (shouldRest ? this.#rest() : this.#wake()));
  }

  status(recordingId: string): AnalysisStatus | null {
    return this.#statuses.get(recordingId) ?? null;
  }

  /** Goes on with what was under way when the app was closed. */
  async resume(): Promise<void> {
    for (const id of await wanted()) {
      if (await database.recordings.get(id)) this.start(id);
      else await setWanted(id, false);
    }
  }

  start(recordingId: string): void {
    const phase = this.status(recordingId)?.phase;
    if (phase === 'waiting' || phase === 'running' || phase === 'paused') return;
    this.#update(recordingId, {
      phase: 'waiting',
      fraction: 0,
      stages: freshStages(),
      secondsLeft: null,
      error: null,
    });
    void setWanted(recordingId, true);
    this.#queue.push(recordingId);
    void this.#next();
  }

  /** Starts, if need be, and resolves when the analysis is done. */
  finish(recordingId: string): Promise<StageTimings> {
    return new Promise((resolve, reject) => {
      const waiting = this.#finished.get(recordingId) ?? [];
      waiting.push({ resolve, reject });
      this.#finished.set(recordingId, waiting);
      this.start(recordingId);
    });
  }

  /** Keeps the stages that are finished; `start` goes on from there. */
  cancel(recordingId: string): void {
    this.#queue = this.#queue.filter((id) => id !== recordingId);
    void setWanted(recordingId, false);
    if (this.#current?.id === recordingId) this.#current.controller.abort();
    else if (this.status(recordingId)) this.#end(recordingId, 'cancelled', null);
  }

  /** Ends all of them for good. */
  async stop(): Promise<void> {
    for (const id of this.#statuses.keys()) this.cancel(id);
    await database.settings.delete(wantedKey);
  }

  async #next(): Promise<void> {
    if (this.#current) return;
    const id = this.#queue.shift();
    if (!id) return;
    const job = { id, controller: new AbortController(), pausing: false };
    this.#current = job;
    try {
      // A second tab waits here until the first is done, and then finds all results on disk.
      const timings = await navigator.locks.request(
        `analysis:${id}`,
        { signal: job.controller.signal },
        () => this.#analyse(id, job.controller.signal),
      );
      this.#end(id, 'done', null);
      this.#settle(id, (w) => w.resolve(timings));
      await setWanted(id, false);
    } catch (error) {
      if (job.pausing) {
        this.#patch(id, { phase: 'paused', secondsLeft: null });
        this.#queue.unshift(id);
      } else if (isAbort(error)) {
        this.#end(id, 'cancelled', null);
        this.#settle(id, (w) => w.reject(error));
      } else {
        this.#end(id, 'failed', toAppError(error));
        this.#settle(id, (w) => w.reject(error));
        // A damaged file would fail again at every start.
        await setWanted(id, false);
      }
    } finally {
      this.#current = null;
      if (!job.pausing) void this.#next();
    }
  }

  async #analyse(id: string, signal: AbortSignal): Promise<StageTimings> {
    const recording = await database.recordings.get(id);
    if (!recording) throw new DOMException('the recording is gone', 'AbortError');
    const settings = await readAnalysisSettings();
    const timeLeft = new TimeLeft();
    this.#patch(id, { phase: 'running' });
    const { timings } = await analyseRecording(recording, settings, {
      signal,
      onStage: (stage, progress) => {
        const status = this.status(id);
        if (!status) return;
        const before = status.stages[stage];
        const now: StageStatus =
          progress === 'done' || progress === 'skipped'
            ? { state: progress, fraction: 1, doing: null }
            : {
                state: 'running',
                fraction: Math.max(before.fraction, progress.fraction),
                doing: progress.doing ?? null,
              };
        const stages = { ...status.stages, [stage]: now };
        const fraction = stageNames.reduce((sum, s) => sum + weights[s] * stages[s].fraction, 0);
        this.#patch(id, { stages, fraction, secondsLeft: timeLeft.update(fraction) });
      },
    });
    return timings;
  }

  #rest(): void {
    if (!this.#current) return;
    this.#current.pausing = true;
    this.#current.controller.abort();
  }

  #wake(): void {
    void this.#next();
  }

  #end(id: string, phase: AnalysisPhase, error: AppError | null): void {
    this.#patch(id, {
      phase,
      error,
      secondsLeft: null,
      ...(phase === 'done' ? { fraction: 1 } : {}),
    });
  }

  #settle(
    id: string,
    each: (w: { resolve: (t: StageTimings) => void; reject: (e: unknown) => void }) => void,
  ) {
    for (const waiting of this.#finished.get(id) ?? []) each(waiting);
    this.#finished.delete(id);
  }

  #patch(id: string, change: Partial<AnalysisStatus>): void {
    const status = this.status(id);
    if (status) this.#update(id, { ...status, ...change });
  }

  #update(id: string, status: AnalysisStatus): void {
    this.#statuses.set(id, status);
  }
}

async function wanted(): Promise<string[]> {
  return ((await database.settings.get(wantedKey))?.value as string[] | undefined) ?? [];
}

async function setWanted(id: string, on: boolean): Promise<void> {
  await database.transaction('rw', database.settings, async () => {
    const others = (await wanted()).filter((other) => other !== id);
    await database.settings.put({ key: wantedKey, value: on ? [...others, id] : others });
  });
}
