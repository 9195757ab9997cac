/** An invitation as whoever holds its token sees it. */
import { acceptInvitation, lookAtInvitation, type OpenedInvitation } from '../api/invitations.ts';
import { toAppError, type AppError } from '../core/errors.ts';
import type { Workspaces } from './Workspaces.svelte.ts';

export class InvitationToken {
  #token: string | null;
  #opened = $state.raw<OpenedInvitation | null>(null);
  #error = $state.raw<AppError | null>(null);
  #looking = $state(false);

  /** Null: there is none. */
  constructor(token: string | null) {
    this.#token = token;
  }

  get opened(): OpenedInvitation | null {
    return this.#opened;
  }
  /** Why it opens nothing. */
  get error(): AppError | null {
    return this.#error;
  }
  get isLooking(): boolean {
    return this.#looking;
  }

  async look(): Promise<void> {
    if (!this.#token) return;
    this.#looking = true;
    this.#error = null;
    try {
      this.#opened = await lookAtInvitation(this.#token);
    } catch (error) {
      this.#error = toAppError(error);
    } finally {
      this.#looking = false;
    }
  }

  /** Uses it up; answers the id of the workspace. */
  async accept(workspaces: Workspaces): Promise<string> {
    const workspace = await acceptInvitation(this.#token!);
    workspaces.put(workspace);
    return workspace.id;
  }
}
