/** Two-factor sign-in of the person who is signed in. */
import {
  beginTwoFactor,
  disableTwoFactor,
  enableTwoFactor,
  makeBackupCodes,
  readTwoFactor,
  type TwoFactorSetUp,
  type TwoFactorView,
} from '../api/own-account.ts';
import type { AppError } from '../core/errors.ts';
import { Fetched } from './Fetched.svelte.ts';

export class TwoFactor {
  #view = new Fetched(readTwoFactor);

  /** Null until known. */
  get view(): TwoFactorView | null {
    return this.#view.value;
  }
  get error(): AppError | null {
    return this.#view.error;
  }

  load(): Promise<void> {
    return this.#view.load();
  }

  /** Gives out secret and backup codes, once. `password` where the account has one. */
  begin(password: string): Promise<TwoFactorSetUp> {
    return beginTwoFactor(password || undefined);
  }

  async enable(code: string): Promise<void> {
    await enableTwoFactor(code);
    await this.load();
  }

  async disable(code: string, password: string): Promise<void> {
    await disableTwoFactor(code, password || undefined);
    await this.load();
  }

  /** The old ones are void. */
  async makeCodes(password: string): Promise<string[]> {
    const codes = await makeBackupCodes(password || undefined);
    await this.load();
    return codes;
  }
}
