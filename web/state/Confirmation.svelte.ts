/**
 * Some changes ask for a fresh proof of who one is. `around` tries the change, waits for the proof
 * when the edge asks for one, and tries again.
 */
import { confirmIdentity } from '../api/own-account.ts';
import { AppError } from '../core/errors.ts';

export class Confirmation {
  #answer = $state.raw<((confirmed: boolean) => void) | null>(null);

  /** Whether a proof is waited for: the dialog is open then. */
  get isAsked(): boolean {
    return this.#answer !== null;
  }

  /** Throws AbortError when the person gave up. */
  async around<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'confirm-needed') throw error;
    }
    if (!(await this.ask())) throw new DOMException('not confirmed', 'AbortError');
    return work();
  }

  /** Waits for the proof; false when the person gave up. */
  ask(): Promise<boolean> {
    return new Promise((resolve) => (this.#answer = resolve));
  }

  async confirm(proof: { password: string } | { code: string }): Promise<void> {
    await confirmIdentity(proof);
    this.#settle(true);
  }

  giveUp(): void {
    this.#settle(false);
  }

  #settle(confirmed: boolean): void {
    const answer = this.#answer;
    this.#answer = null;
    answer?.(confirmed);
  }
}
