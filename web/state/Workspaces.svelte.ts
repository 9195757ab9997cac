/** The workspaces of the person who is signed in. */
import type { WorkspaceView } from '../../edge/contract/workspaces.ts';
import { createWorkspace, listWorkspaces } from '../api/workspaces.ts';
import type { AppError } from '../core/errors.ts';
import { Fetched } from './Fetched.svelte.ts';

export class Workspaces {
  #list = new Fetched(listWorkspaces);

  /** Null until known. */
  get list(): readonly WorkspaceView[] | null {
    return this.#list.value;
  }
  get error(): AppError | null {
    return this.#list.error;
  }

  load(): Promise<void> {
    return this.#list.load();
  }

  async create(name: string): Promise<WorkspaceView> {
    const made = await createWorkspace(name);
    this.put(made);
    return made;
  }

  /** Takes in what the edge answered about one of them. */
  put(workspace: WorkspaceView): void {
    const list = this.list ?? [];
    const known = list.some(({ id }) => id === workspace.id);
    this.#list.set(
      known ? list.map((w) => (w.id === workspace.id ? workspace : w)) : [...list, workspace],
    );
  }

  drop(workspaceId: string): void {
    this.#list.set((this.list ?? []).filter(({ id }) => id !== workspaceId));
  }
}
