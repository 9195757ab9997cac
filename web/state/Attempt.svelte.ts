/** One thing at a time that a person asked the edge for: whether it runs, and what went wrong. */
import { isAbort, toAppError, type AppError } from '../core/errors.ts';

export class Attempt {
  #busy = $state(false);
  #error = $state.raw<AppError | null>(null);

  get busy(): boolean {
    return this.#busy;
  }
  /** Of the last try. */
  get error(): AppError | null {
    return this.#error;
  }

  /** The result, or null when it failed (see `error`) or another try is still under way. */
  async run<T>(work: () => Promise<T>): Promise<{ value: T } | null> {
    if (this.#busy) return null;
    this.#busy = true;
    this.#error = null;
    try {
      return { value: await work() };
    } catch (error) {
      if (!isAbort(error)) this.#error = toAppError(error);
      return null;
    } finally {
      this.#busy = false;
    }
  }

  clear(): void {
    this.#error = null;
  }
}
