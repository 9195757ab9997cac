/** Where the person is signed in. */
import type { SessionView } from '../../edge/contract/people.ts';
import { endSession, listSessions } from '../api/own-account.ts';
import type { AppError } from '../core/errors.ts';
import { Fetched } from './Fetched.svelte.ts';

export class Sessions {
  #list = new Fetched(listSessions);

  /** This browser first, then by last use; null until known. */
  get list(): readonly SessionView[] | null {
    return (
      this.#list.value?.toSorted(
        (a, b) => Number(b.current) - Number(a.current) || b.lastSeenAt - a.lastSeenAt,
      ) ?? null
    );
  }
  get error(): AppError | null {
    return this.#list.error;
  }

  load(): Promise<void> {
    return this.#list.load();
  }

  async end(id: string): Promise<void> {
    await endSession(id);
    this.#list.set((this.#list.value ?? []).filter((session) => session.id !== id));
  }
}
