/**
 * Whether somebody is signed in here, as far as this device knows. It asks nobody: the library shows
 * "Sign in" or a name without a request. The account screens write it when they learn more.
 */
import { database } from '../storage/database.ts';

const key = 'signed-in';

export class SignedIn {
  #name = $state.raw<string | null>(null);

  /** Of the person; null when nobody is signed in. */
  get name(): string | null {
    return this.#name;
  }

  async load(): Promise<void> {
    const row = await database.settings.get(key);
    this.#name = typeof row?.value === 'string' ? row.value : null;
  }

  async set(name: string | null): Promise<void> {
    this.#name = name;
    if (name === null) await database.settings.delete(key);
    else await database.settings.put({ key, value: name });
  }
}
