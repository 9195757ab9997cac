/** The exports: one after the other, each with progress, time left and a way to stop it. */
import { isAbort, toAppError, type AppError } from '../core/errors.ts';
import type { Project } from '../core/project.ts';
import { readFile, removeWhenFree } from '../storage/opfs.ts';
import { exportsFolder, removeLeftOvers, runExport, type ExportedFile } from './export-jobs.ts';
import type { ExportKind } from './export-kinds.ts';
import { saveAs } from './save-as.ts';
import { TimeLeft } from './time-left.ts';

export interface ExportJob {
  readonly id: string;
  readonly recordingId: string;
  readonly title: string;
  readonly kind: ExportKind;
  readonly phase: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  /** 0 to 1. */
  readonly fraction: number;
  readonly doing: string | null;
  readonly secondsLeft: number | null;
  readonly error: AppError | null;
  readonly file: ExportedFile | null;
}

interface Task {
  project: Project;
  controller: AbortController;
  /** Hands the file to the person as soon as it is done. */
  download: boolean;
  settled: PromiseWithResolvers<ExportedFile>;
}

export class Exports {
  #jobs = $state.raw<readonly ExportJob[]>([]);
  #tasks = new Map<string, Task>();
  #running = false;

  /** Newest last. */
  get jobs(): readonly ExportJob[] {
    return this.#jobs;
  }

  get busy(): boolean {
    return this.#jobs.some((job) => job.phase === 'waiting' || job.phase === 'running');
  }

  /** Files of an earlier session that nobody can reach any more. */
  async start(): Promise<void> {
    await removeLeftOvers();
  }

  /** Queues an export of the project as it is now. */
  add(project: Project, kind: ExportKind, { download = true } = {}): string {
    const id = crypto.randomUUID();
    const settled = Promise.withResolvers<ExportedFile>();
    // Whoever does not wait for the file sees the failure in the job.
    settled.promise.catch(() => undefined);
    this.#tasks.set(id, { project, controller: new AbortController(), download, settled });
    this.#jobs = [
      ...this.#jobs,
      {
        id,
        recordingId: project.recordingId,
        title: project.title,
        kind,
        phase: 'waiting',
        fraction: 0,
        doing: null,
        secondsLeft: null,
        error: null,
        file: null,
      },
    ];
    void this.#next();
    return id;
  }

  /** Resolves with the finished file; rejects as the job fails or is stopped. */
  finish(id: string): Promise<ExportedFile> {
    const task = this.#tasks.get(id);
    if (!task) return Promise.reject(new Error(`no export ${id}`));
    return task.settled.promise;
  }

  cancel(id: string): void {
    this.#tasks.get(id)?.controller.abort();
    if (this.#job(id)?.phase === 'waiting') this.#end(id, { phase: 'cancelled' });
  }

  /** Queues the same export again, of the project as it was. */
  retry(id: string): void {
    const job = this.#job(id);
    const task = this.#tasks.get(id);
    if (!job || !task) return;
    this.add(task.project, job.kind, { download: task.download });
    void this.dismiss(id);
  }

  /** Hands a finished file to the person once more. */
  async save(id: string): Promise<void> {
    const file = this.#job(id)?.file;
    if (file) saveAs(await readFile(file.path), file.name);
  }

  /** Forgets a job and its file. */
  async dismiss(id: string): Promise<void> {
    this.cancel(id);
    this.#jobs = this.#jobs.filter((job) => job.id !== id);
    this.#tasks.delete(id);
    await removeWhenFree(`${exportsFolder}/${id}`);
  }

  async #next(): Promise<void> {
    if (this.#running) return;
    const job = this.#jobs.find((j) => j.phase === 'waiting');
    const task = job && this.#tasks.get(job.id);
    if (!job || !task) return;
    this.#running = true;
    const timeLeft = new TimeLeft();
    this.#patch(job.id, { phase: 'running' });
    try {
      const file = await runExport(job.id, task.project, job.kind, {
        signal: task.controller.signal,
        progress: ({ fraction, doing }) => {
          const furthest = Math.max(this.#job(job.id)?.fraction ?? 0, fraction);
          this.#patch(job.id, {
            fraction: furthest,
            doing: doing ?? null,
            secondsLeft: timeLeft.update(furthest),
          });
        },
      });
      this.#end(job.id, { phase: 'done', fraction: 1, file });
      task.settled.resolve(file);
      if (task.download) await this.save(job.id);
    } catch (error) {
      if (isAbort(error)) this.#end(job.id, { phase: 'cancelled' });
      else this.#end(job.id, { phase: 'failed', error: toAppError(error) });
      task.settled.reject(error);
      await removeWhenFree(`${exportsFolder}/${job.id}`);
    } finally {
      this.#running = false;
      void this.#next();
    }
  }

  #job(id: string): ExportJob | undefined {
    return this.#jobs.find((job) => job.id === id);
  }

  #end(id: string, change: Partial<ExportJob>): void {
    this.#patch(id, { secondsLeft: null, doing: null, ...change });
  }

  #patch(id: string, change: Partial<ExportJob>): void {
    this.#jobs = this.#jobs.map((job) => (job.id === id ? { ...job, ...change } : job));
  }
}
