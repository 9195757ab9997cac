/** One workspace, and what the person who is signed in may do there. */
import type { WorkspaceView } from '../../edge/contract/workspaces.ts';
import { mayDo, type Action } from '../../edge/workspaces/permissions.ts';
import {
  deleteWorkspace,
  leaveWorkspace,
  readWorkspace,
  renameWorkspace,
  restoreWorkspace,
  transferWorkspace,
} from '../api/workspaces.ts';
import type { AppError } from '../core/errors.ts';
import { Fetched } from './Fetched.svelte.ts';
import type { Workspaces } from './Workspaces.svelte.ts';

export class Workspace {
  readonly id: string;
  #view: Fetched<WorkspaceView>;
  #all: Workspaces;

  constructor(id: string, all: Workspaces) {
    this.id = id;
    this.#all = all;
    this.#view = new Fetched(() => readWorkspace(id));
  }

  /** Null until known. */
  get view(): WorkspaceView | null {
    return this.#view.value;
  }
  get error(): AppError | null {
    return this.#view.error;
  }
  /** Waits to be deleted: only its owners see it, and they may keep it. */
  get isClosed(): boolean {
    return this.view?.purgeAt != null;
  }

  may(action: Action): boolean {
    return this.view !== null && mayDo(this.view.role, action);
  }

  load(): Promise<void> {
    return this.#view.load();
  }

  async rename(name: string): Promise<void> {
    this.#take(await renameWorkspace(this.id, name));
  }

  /** `name` must be the workspace's own. */
  async delete(name: string): Promise<void> {
    this.#take(await deleteWorkspace(this.id, name));
  }

  async restore(): Promise<void> {
    this.#take(await restoreWorkspace(this.id));
  }

  /** Makes another member owner; who was, becomes admin. */
  async transfer(personId: string): Promise<void> {
    await transferWorkspace(this.id, personId);
    await this.load();
    if (this.view) this.#all.put(this.view);
  }

  async leave(): Promise<void> {
    await leaveWorkspace(this.id);
    this.#all.drop(this.id);
  }

  #take(view: WorkspaceView): void {
    this.#view.set(view);
    this.#all.put(view);
  }
}
