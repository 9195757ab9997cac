/** Single sign-on of a workspace: providers, and the domains they speak for. */
import type { ConnectionInput, ConnectionView, DomainView } from '../../edge/contract/sign-on.ts';
import {
  addConnection,
  addDomain,
  changeConnection,
  listConnections,
  listDomains,
  proveDomain,
  removeConnection,
  removeDomain,
} from '../api/sign-on.ts';
import type { AppError } from '../core/errors.ts';
import { Fetched } from './Fetched.svelte.ts';

export class SignOn {
  #workspaceId: string;
  #connections: Fetched<ConnectionView[]>;
  #domains: Fetched<DomainView[]>;

  constructor(workspaceId: string) {
    this.#workspaceId = workspaceId;
    this.#connections = new Fetched(() => listConnections(workspaceId));
    this.#domains = new Fetched(() => listDomains(workspaceId));
  }

  /** Null until known. */
  get connections(): readonly ConnectionView[] | null {
    return this.#connections.value;
  }
  get domains(): readonly DomainView[] | null {
    return this.#domains.value;
  }
  get error(): AppError | null {
    return this.#connections.error ?? this.#domains.error;
  }

  async load(): Promise<void> {
    await Promise.all([this.#connections.load(), this.#domains.load()]);
  }

  /** Adds a provider, or changes the one with this id. */
  async save(input: ConnectionInput, id: string | null): Promise<ConnectionView> {
    const list = this.connections ?? [];
    if (!id) {
      const added = await addConnection(this.#workspaceId, input);
      this.#connections.set([...list, added]);
      return added;
    }
    const changed = await changeConnection(this.#workspaceId, id, input);
    this.#connections.set(list.map((one) => (one.id === id ? changed : one)));
    return changed;
  }

  async remove(id: string): Promise<void> {
    await removeConnection(this.#workspaceId, id);
    this.#connections.set((this.connections ?? []).filter((one) => one.id !== id));
  }

  async addDomain(name: string): Promise<void> {
    const added = await addDomain(this.#workspaceId, name);
    const others = (this.domains ?? []).filter(({ domain }) => domain !== added.domain);
    this.#domains.set([...others, added]);
  }

  /** Looks for the record; throws `domain-not-proven` while it is not there. */
  async proveDomain(name: string): Promise<void> {
    const proven = await proveDomain(this.#workspaceId, name);
    this.#domains.set((this.domains ?? []).map((one) => (one.domain === name ? proven : one)));
  }

  async removeDomain(name: string): Promise<void> {
    await removeDomain(this.#workspaceId, name);
    this.#domains.set((this.domains ?? []).filter(({ domain }) => domain !== name));
  }
}
