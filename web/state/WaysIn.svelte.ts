/** Passkeys, Google and password: how the person who is signed in may sign in. */
import type { PasskeyView } from '../../edge/contract/people.ts';
import {
  changeEmail,
  changePassword,
  linkGoogle,
  listPasskeys,
  readGoogle,
  removePasskey,
  unlinkGoogle,
  type GoogleLink,
} from '../api/own-account.ts';
import { addPasskey, passkeysWork } from '../api/passkeys.ts';
import type { AppError } from '../core/errors.ts';
import { Fetched } from './Fetched.svelte.ts';

export class WaysIn {
  #passkeys = new Fetched(listPasskeys);
  #google = new Fetched(readGoogle);
  readonly passkeysWork = passkeysWork();

  /** Null until known. */
  get passkeys(): readonly PasskeyView[] | null {
    return this.#passkeys.value;
  }
  get google(): GoogleLink | null {
    return this.#google.value;
  }
  get error(): AppError | null {
    return this.#passkeys.error ?? this.#google.error;
  }

  async load(): Promise<void> {
    await Promise.all([this.#passkeys.load(), this.#google.load()]);
  }

  /** Throws AbortError when the person stopped it. */
  async addPasskey(name: string): Promise<void> {
    await addPasskey(name);
    await this.#passkeys.load();
  }

  async removePasskey(id: string): Promise<void> {
    await removePasskey(id);
    await this.#passkeys.load();
  }

  /** Where to go to add Google. */
  linkGoogle(): Promise<string> {
    return linkGoogle();
  }

  async unlinkGoogle(): Promise<void> {
    await unlinkGoogle();
    await this.#google.load();
  }

  /** Ends all other sessions. */
  async changePassword(current: string, password: string): Promise<void> {
    await changePassword(current, password);
  }

  /** A mail with a link goes to the new address. */
  async changeEmail(email: string): Promise<void> {
    await changeEmail(email);
  }
}
