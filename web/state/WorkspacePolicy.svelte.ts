/** What a workspace asks of its members' sessions. */
import type { Policy } from '../../edge/contract/policy.ts';
import { readPolicy, writePolicy } from '../api/policy.ts';
import type { AppError } from '../core/errors.ts';
import { Fetched } from './Fetched.svelte.ts';

export class WorkspacePolicy {
  #workspaceId: string;
  #policy: Fetched<Policy>;

  constructor(workspaceId: string) {
    this.#workspaceId = workspaceId;
    this.#policy = new Fetched(() => readPolicy(workspaceId));
  }

  get policy(): Policy | null {
    return this.#policy.value;
  }
  get error(): AppError | null {
    return this.#policy.error;
  }

  load(): Promise<void> {
    return this.#policy.load();
  }

  /** Throws `would-lock-out` when the person could not come back in under the new policy. */
  async change(change: Partial<Policy>): Promise<void> {
    const { policy } = this;
    if (policy) this.#policy.set(await writePolicy(this.#workspaceId, { ...policy, ...change }));
  }
}
