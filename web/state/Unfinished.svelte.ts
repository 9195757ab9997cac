/** Recordings that were broken off and wait to be brought back. */
import {
  discardUnfinished,
  listUnfinished,
  recoverRecording,
  type UnfinishedCapture,
} from '../capture/recover.ts';
import { toAppError, type AppError } from '../core/errors.ts';

export interface UnfinishedEntry extends UnfinishedCapture {
  isRecovering: boolean;
  error: AppError | null;
}

export class Unfinished {
  #entries = $state.raw<readonly UnfinishedEntry[]>([]);
  /** Thrown away, but for a moment longer. */
  #hidden = $state.raw<ReadonlySet<string>>(new Set());

  /** Newest first. */
  get entries(): readonly UnfinishedEntry[] {
    return this.#entries.filter(({ id }) => !this.#hidden.has(id));
  }

  /** Looks again: another tab may have been closed meanwhile. */
  async look(): Promise<void> {
    const found = await listUnfinished();
    const known = new Map(this.#entries.map((entry) => [entry.id, entry]));
    this.#entries = found.map((capture) => ({
      ...(known.get(capture.id) ?? { isRecovering: false, error: null }),
      ...capture,
    }));
  }

  /** Resolves with the id of the recording, or null when it failed; the entry then says why. */
  async recover(id: string): Promise<string | null> {
    this.#patch(id, { isRecovering: true, error: null });
    try {
      const recording = await recoverRecording(id);
      this.#entries = this.#entries.filter((entry) => entry.id !== id);
      return recording.id;
    } catch (error) {
      this.#patch(id, { isRecovering: false, error: toAppError(error) });
      return null;
    }
  }

  /** Out of sight; `restore` brings it back until `purge`. */
  remove(id: string): void {
    this.#hidden = new Set([...this.#hidden, id]);
  }

  restore(id: string): void {
    this.#hidden = new Set([...this.#hidden].filter((hidden) => hidden !== id));
  }

  async purge(id: string): Promise<void> {
    await discardUnfinished(id);
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    this.restore(id);
  }

  #patch(id: string, change: Partial<UnfinishedEntry>): void {
    this.#entries = this.#entries.map((entry) =>
      entry.id === id ? { ...entry, ...change } : entry,
    );
  }
}
