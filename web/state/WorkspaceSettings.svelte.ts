/** Where the objects of a workspace lie, how long they are kept, and where they may go. */
import type { StorageView } from '../../edge/contract/objects.ts';
import type { ConnectorSettings, Retention } from '../../edge/contract/settings.ts';
import {
  readSettings,
  writeConnectors,
  writeRetention,
  writeStorage,
  type WorkspaceSettingsView,
} from '../api/policy.ts';
import { readStorage } from '../api/storage.ts';
import type { AppError } from '../core/errors.ts';
import { Fetched } from './Fetched.svelte.ts';

export class WorkspaceSettings {
  #workspaceId: string;
  #settings: Fetched<WorkspaceSettingsView>;
  #storage: Fetched<StorageView>;

  constructor(workspaceId: string) {
    this.#workspaceId = workspaceId;
    this.#settings = new Fetched(() => readSettings(workspaceId));
    this.#storage = new Fetched(() => readStorage(workspaceId));
  }

  get settings(): WorkspaceSettingsView | null {
    return this.#settings.value;
  }
  get error(): AppError | null {
    return this.#settings.error;
  }

  /** What is stored, and where it may be; null until asked for and known. */
  get storage(): StorageView | null {
    return this.#storage.value;
  }
  get storageError(): AppError | null {
    return this.#storage.error;
  }

  load(): Promise<void> {
    return this.#settings.load();
  }

  measure(): Promise<void> {
    return this.#storage.load();
  }

  /** Null: the operator's default. */
  async setLocation(location: string | null): Promise<void> {
    this.#put({ storage: await writeStorage(this.#workspaceId, { location }) });
  }

  async setRetention(change: Partial<Retention>): Promise<void> {
    const { settings } = this;
    if (!settings) return;
    const retention = { ...settings.retention, ...change };
    this.#put({ retention: await writeRetention(this.#workspaceId, retention) });
  }

  async setConnectors(connectors: ConnectorSettings): Promise<void> {
    this.#put({ connectors: await writeConnectors(this.#workspaceId, connectors) });
  }

  #put(change: Partial<WorkspaceSettingsView>): void {
    const { settings } = this;
    if (settings) this.#settings.set({ ...settings, ...change });
  }
}
