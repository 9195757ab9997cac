/** Writes what changed soon after it changed, so that a killed tab loses at most half a second. */
export type SaveState = 'saved' | 'pending' | 'failed';

const quietMs = 250;
const longestMs = 500;

export class Autosave {
  readonly #write: () => Promise<void>;
  readonly #onState: (state: SaveState, error?: unknown) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #since: number | null = null;
  #running: Promise<void> = Promise.resolve();
  readonly #flushNow = () => void this.flush();
  readonly #flushHidden = () => {
    if (document.visibilityState === 'hidden') void this.flush();
  };

  constructor(write: () => Promise<void>, onState: (state: SaveState, error?: unknown) => void) {
    this.#write = write;
    this.#onState = onState;
    addEventListener('pagehide', this.#flushNow);
    document.addEventListener('visibilitychange', this.#flushHidden);
  }

  /** Something changed: saved when it is quiet for a moment, or at the latest after `longestMs`. */
  schedule(): void {
    const now = performance.now();
    this.#since ??= now;
    clearTimeout(this.#timer);
    const wait = Math.max(0, Math.min(quietMs, this.#since + longestMs - now));
    this.#timer = setTimeout(this.#flushNow, wait);
    this.#onState('pending');
  }

  /** Saves what is pending. Never rejects; a failure is told and tried again with the next change. */
  async flush(): Promise<void> {
    if (this.#since !== null) {
      clearTimeout(this.#timer);
      this.#since = null;
      this.#running = this.#running.then(async () => {
        try {
          await this.#write();
          if (this.#since === null) this.#onState('saved');
        } catch (error) {
          this.#onState('failed', error);
        }
      });
    }
    await this.#running;
  }

  /** Drops what is pending: another tab's version counts now. */
  discard(): void {
    clearTimeout(this.#timer);
    this.#since = null;
  }

  close(): Promise<void> {
    removeEventListener('pagehide', this.#flushNow);
    document.removeEventListener('visibilitychange', this.#flushHidden);
    return this.flush();
  }
}
