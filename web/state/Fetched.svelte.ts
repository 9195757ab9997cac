/** Something that lies at the edge: not there yet, there, or why it could not be had. */
import { isAbort, toAppError, type AppError } from '../core/errors.ts';

export class Fetched<T> {
  #value = $state.raw<T | null>(null);
  #error = $state.raw<AppError | null>(null);
  #read: () => Promise<T>;
  #turn = 0;

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  /** Null until it is there. */
  get value(): T | null {
    return this.#value;
  }
  get error(): AppError | null {
    return this.#error;
  }

  /** What came before stays until the new value is there; the newest call wins. */
  async load(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const value = await this.#read();
      if (turn !== this.#turn) return;
      this.#value = value;
      this.#error = null;
    } catch (error) {
      if (turn === this.#turn && !isAbort(error)) this.#error = toAppError(error);
    }
  }

  /** What the edge just answered to a change. */
  set(value: T): void {
    this.#turn++;
    this.#value = value;
    this.#error = null;
  }
}
