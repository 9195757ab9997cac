/** The files on their way in: one at a time, the rest waiting. */
import { isAbort, toAppError, type AppError } from '../core/errors.ts';
import type { JobContext } from '../core/progress.ts';
import type { Recording, RecordingSource } from '../core/recording.ts';
import { importFile } from '../import/import-file.ts';
import { importCairn, isCairnFile } from '../transfer/import-cairn.ts';
import type { ProjectChoice } from '../transfer/import-project.ts';
import { TimeLeft } from './time-left.ts';

export type { ProjectChoice };

export interface ImportJob {
  id: number;
  name: string;
  size: number;
  state: 'waiting' | 'running' | 'failed';
  /** 0 to 1. */
  fraction: number;
  /** Key of the message catalogue's jobs. */
  doing: string | null;
  secondsLeft: number | null;
  error: AppError | null;
}

export interface ImportOutcome {
  recording: Recording;
  existing: boolean;
  /** A project that came in a file: puts back the edits that it replaced; null where it replaced none. */
  undo: (() => Promise<void>) | null;
  isProject: boolean;
}

export interface ImportRequest {
  source?: RecordingSource;
  name?: string;
  /** Asked when a project arrives for a recording that has other edits. Default: those stay. */
  choose?: (recording: Recording) => Promise<ProjectChoice>;
}

interface Pending {
  id: number;
  file: File;
  request: ImportRequest;
  controller: AbortController;
  resolve: (outcome: ImportOutcome | null) => void;
}

export class Imports {
  #jobs = $state.raw<readonly ImportJob[]>([]);
  #queue: Pending[] = [];
  #current: Pending | null = null;
  #nextId = 1;

  /** Waiting, running and failed ones, in order of arrival. Finished ones leave. */
  get jobs(): readonly ImportJob[] {
    return this.#jobs;
  }

  get busy(): boolean {
    return this.#jobs.some((job) => job.state !== 'failed');
  }

  /** Resolves when the file is in, or with null when it was cancelled or failed; the job then says why. */
  add(file: File, request: ImportRequest = {}): Promise<ImportOutcome | null> {
    const id = this.#nextId++;
    this.#jobs = [
      ...this.#jobs,
      {
        id,
        name: request.name ?? file.name,
        size: file.size,
        state: 'waiting',
        fraction: 0,
        doing: null,
        secondsLeft: null,
        error: null,
      },
    ];
    return new Promise((resolve) => {
      this.#queue.push({ id, file, request, controller: new AbortController(), resolve });
      void this.#next();
    });
  }

  /** Stops a job, or takes a failed one off the list. */
  cancel(id: number): void {
    const waiting = this.#queue.find((p) => p.id === id);
    if (waiting) {
      this.#queue = this.#queue.filter((p) => p !== waiting);
      waiting.resolve(null);
    }
    if (this.#current?.id === id) this.#current.controller.abort();
    this.#drop(id);
  }

  async #next(): Promise<void> {
    if (this.#current) return;
    const pending = this.#queue.shift();
    if (!pending) return;
    this.#current = pending;
    const { id, file, request, controller } = pending;
    const timeLeft = new TimeLeft();
    this.#patch(id, { state: 'running' });
    try {
      const outcome = await bringIn(file, request, {
        signal: controller.signal,
        progress: ({ fraction, doing }) =>
          this.#patch(id, {
            fraction,
            doing: doing ?? null,
            secondsLeft: timeLeft.update(fraction),
          }),
      });
      this.#drop(id);
      pending.resolve(outcome);
    } catch (error) {
      if (isAbort(error)) this.#drop(id);
      else this.#patch(id, { state: 'failed', error: toAppError(error), secondsLeft: null });
      pending.resolve(null);
    } finally {
      this.#current = null;
      void this.#next();
    }
  }

  #patch(id: number, change: Partial<ImportJob>): void {
    this.#jobs = this.#jobs.map((job) => (job.id === id ? { ...job, ...change } : job));
  }

  #drop(id: number): void {
    this.#jobs = this.#jobs.filter((job) => job.id !== id);
  }
}

async function bringIn(
  file: File,
  { source = 'upload', name, choose }: ImportRequest,
  context: JobContext,
): Promise<ImportOutcome> {
  if (isCairnFile(file))
    return { ...(await importCairn(file, { ...context, choose })), isProject: true };
  const imported = await importFile(file, { source, ...(name ? { name } : {}), ...context });
  return { ...imported, undo: null, isProject: false };
}
