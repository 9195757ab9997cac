/** One recording's project while it is edited: evidence in, pure edits, undo, autosave. */
import { liveQuery, type Subscription } from 'dexie';
import { cutRanges, listCuts } from '../core/cuts.ts';
import type { Edit } from '../core/edits/edit.ts';
import { adoptDrafts, newProject } from '../core/edits/create.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { Evidence, Stage } from '../core/evidence.ts';
import { History } from '../core/history.ts';
import { projectSchema, type Project } from '../core/project.ts';
import type { Recording } from '../core/recording.ts';
import type { SourceRange } from '../core/time.ts';
import { TimeMap } from '../core/timeline.ts';
import {
  buildTranscript,
  listTokens,
  spokenTokens,
  type StepStart,
  type Transcript,
} from '../core/transcript.ts';
import { database as theDatabase, type CairnDatabase } from '../storage/database.ts';
import { Autosave, type SaveState } from './autosave.ts';
import { ProjectLock } from './project-lock.ts';

export const newId = () => crypto.randomUUID();
/** How long the analysis is given to write the first project itself, before the drafts are taken over here. */
const adoptionDelayMs = 1500;

export class Editor {
  readonly recording: Recording;
  readonly #database: CairnDatabase;
  readonly #history = new History<Project>();
  readonly #autosave: Autosave;
  readonly #lock: ProjectLock;
  #subscriptions: Subscription[] = [];
  #stored = false;
  #adoption: ReturnType<typeof setTimeout> | undefined;

  #project = $state.raw<Project>() as Project;
  #evidence = $state.raw<Partial<Evidence>>({});
  #readOnly = $state(true);
  #saveState = $state<SaveState>('saved');
  #saveError = $state.raw<AppError | null>(null);
  /** Raised with every change of the history, which itself is not reactive. */
  #marks = $state(0);

  /** Throws AppError `recording-missing` or `project-newer`. */
  static async open(recordingId: string, database = theDatabase): Promise<Editor> {
    const recording = await database.recordings.get(recordingId);
    if (!recording) throw new AppError('recording-missing', recordingId);
    const stored = await storedProject(database, recordingId);
    const editor = new Editor(recording, stored, database);
    editor.#evidence = collect(await evidenceRows(database, recordingId));
    await editor.#lock.acquire();
    editor.#watch();
    editor.#adoptSoon();
    return editor;
  }

  private constructor(recording: Recording, stored: Project | undefined, database: CairnDatabase) {
    this.recording = recording;
    this.#database = database;
    this.#stored = stored !== undefined;
    this.#project = stored ?? newProject(recording, newId(), Date.now());
    this.#autosave = new Autosave(
      () => this.#save(),
      (state, error) => {
        this.#saveState = state;
        this.#saveError = error === undefined ? null : toAppError(error);
      },
    );
    this.#lock = new ProjectLock(recording.id, {
      ongain: async () => {
        await this.#reload();
        this.#readOnly = false;
      },
      onlose: async () => {
        this.#readOnly = true;
        await this.#autosave.flush();
      },
    });
  }

  get project(): Project {
    return this.#project;
  }
  get evidence(): Partial<Evidence> {
    return this.#evidence;
  }
  /** Another tab edits this recording. */
  get readOnly(): boolean {
    return this.#readOnly;
  }
  get saveState(): SaveState {
    return this.#saveState;
  }
  get saveError(): AppError | null {
    return this.#saveError;
  }
  get canUndo(): boolean {
    return this.#marks >= 0 && !this.#readOnly && this.#history.canUndo;
  }
  get canRedo(): boolean {
    return this.#marks >= 0 && !this.#readOnly && this.#history.canRedo;
  }

  readonly findings = $derived(this.#evidence.speech ?? null);
  readonly cuts = $derived(listCuts(this.#project, this.findings));
  /** Disjoint, sorted. The very same array as long as the cuts stay the same. */
  readonly cutRanges: readonly SourceRange[] = $derived.by(() =>
    this.#sameRanges(cutRanges(this.cuts)),
  );
  readonly timeMap = $derived.by(() => new TimeMap(this.recording.duration, this.cutRanges));
  readonly #removal = $derived(this.#project.removal);
  readonly #decisions = $derived(this.#project.decisions);
  readonly #stepStarts = $derived.by(() => this.#sameStarts(this.#project.steps));
  readonly #spoken = $derived(this.findings && spokenTokens(this.findings));
  readonly #tokens = $derived.by(() => {
    const decided = { removal: this.#removal, decisions: this.#decisions };
    return this.findings && this.#spoken ? listTokens(this.findings, decided, this.#spoken) : [];
  });
  #lastTranscript: Transcript | undefined;
  readonly transcript: Transcript = $derived.by(
    () =>
      (this.#lastTranscript = buildTranscript(
        this.#tokens,
        this.#stepStarts,
        this.#lastTranscript,
      )),
  );

  /**
   * Makes an edit. Edits in a row with the same `gesture` are one mark of the undo history, until
   * `endGesture`. Returns whether anything changed.
   */
  edit(edit: Edit, gesture?: string): boolean {
    if (this.#readOnly) return false;
    const before = this.#project;
    const after = edit(before);
    if (after === before) return false;
    this.#history.record(before, gesture);
    this.#become(after);
    return true;
  }

  endGesture(): void {
    this.#history.endGesture();
  }

  undo(): void {
    if (!this.#readOnly) this.#become(this.#history.undo(this.#project));
  }

  redo(): void {
    if (!this.#readOnly) this.#become(this.#history.redo(this.#project));
  }

  /** Edits here from now on; the other tab looks on. */
  takeOver(): Promise<void> {
    return this.#lock.takeOver();
  }

  /** Resolves when everything is written. */
  flush(): Promise<void> {
    return this.#autosave.flush();
  }

  async close(): Promise<void> {
    clearTimeout(this.#adoption);
    this.#subscriptions.forEach((s) => s.unsubscribe());
    await this.#autosave.close();
    this.#lock.close();
  }

  #become(project: Project | null): void {
    if (!project) return;
    this.#project = project;
    this.#marks++;
    this.#autosave.schedule();
  }

  async #save(): Promise<void> {
    const project = { ...this.#project, updatedAt: Date.now() };
    const { projects, recordings } = this.#database;
    // The library shows one name: the title, wherever it was typed.
    await this.#database.transaction('rw', projects, recordings, async () => {
      await projects.put(project);
      const name = project.title.trim();
      if (name) await recordings.update(project.recordingId, { name });
    });
    this.#stored = true;
  }

  async #reload(): Promise<void> {
    const stored = await storedProject(this.#database, this.recording.id);
    if (stored) this.#take(stored);
  }

  /** The stored version counts: written by the analysis or by another tab. */
  #take(stored: Project): void {
    this.#autosave.discard();
    this.#stored = true;
    this.#project = stored;
    this.#history.clear();
    this.#marks++;
  }

  #watch(): void {
    const { id } = this.recording;
    const failed = (error: unknown) => (this.#saveError = toAppError(error));
    this.#subscriptions = [
      liveQuery(() => evidenceRows(this.#database, id)).subscribe((rows) => {
        this.#evidence = collect(rows);
        this.#adoptSoon();
      }, failed),
      liveQuery(() => storedProject(this.#database, id)).subscribe((stored) => {
        if (!stored) return;
        const untouched = !this.#stored && this.#saveState === 'saved';
        const newer = this.#readOnly && stored.updatedAt !== this.#project.updatedAt;
        if (untouched || newer) this.#take(stored);
      }, failed),
    ];
  }

  /** A project begun before its analysis was done takes the drafts over, once. */
  #adoptSoon(): void {
    clearTimeout(this.#adoption);
    this.#adoption = setTimeout(
      () => {
        const drafts = this.#evidence.steps;
        if (!drafts?.length || this.#readOnly || this.#project.stepsAdopted) return;
        if (this.#project.steps.length === 0) this.#become(adoptDrafts(drafts)(this.#project));
        else this.#become({ ...this.#project, stepsAdopted: true });
        this.#history.clear();
      },
      this.#stored ? 0 : adoptionDelayMs,
    );
  }

  #lastRanges: readonly SourceRange[] = [];
  #sameRanges(ranges: readonly SourceRange[]): readonly SourceRange[] {
    const last = this.#lastRanges;
    const same =
      last.length === ranges.length &&
      ranges.every((r, i) => r.start === last[i]!.start && r.end === last[i]!.end);
    return same ? last : (this.#lastRanges = ranges);
  }

  #lastStarts: readonly StepStart[] = [];
  #sameStarts(steps: readonly StepStart[]): readonly StepStart[] {
    const last = this.#lastStarts;
    const same =
      last.length === steps.length &&
      steps.every((s, i) => s.start === last[i]!.start && s.id === last[i]!.id);
    return same ? last : (this.#lastStarts = steps.map(({ id, start }) => ({ id, start })));
  }
}

const evidenceRows = (database: CairnDatabase, recordingId: string) =>
  database.evidence.where('recordingId').equals(recordingId).toArray();

const collect = (rows: readonly { stage: Stage; data: unknown }[]): Partial<Evidence> =>
  Object.fromEntries(rows.map((row) => [row.stage, row.data]));

async function storedProject(
  database: CairnDatabase,
  recordingId: string,
): Promise<Project | undefined> {
  const project = await database.projects.where('recordingId').equals(recordingId).first();
  if (project && project.schema > projectSchema) throw new AppError('project-newer', project.id);
  return project;
}
