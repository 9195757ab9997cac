/**
 * One tab edits a recording; others look on and may take over. The lock goes with its tab, so a
 * closed or crashed one never blocks the next.
 */
import { projectLock } from '../storage/recordings.ts';

export interface LockEvents {
  /** This tab may edit from now on. Read the project again first: another may have changed it. */
  ongain: () => void | Promise<void>;
  /** Another tab wants to edit; save now. The lock is given away when the promise resolves. */
  onlose: () => void | Promise<void>;
}

const answerMs = 1500;

export class ProjectLock {
  readonly #name: string;
  readonly #events: LockEvents;
  readonly #channel: BroadcastChannel;
  readonly #closed = new AbortController();
  #release: (() => void) | null = null;

  constructor(recordingId: string, events: LockEvents) {
    this.#name = projectLock(recordingId);
    this.#events = events;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.addEventListener('message', ({ data }) => {
      if (data === 'take-over' && this.#release) void this.#giveAway();
    });
  }

  get held(): boolean {
    return this.#release !== null;
  }

  /** Takes the lock when it is free, else waits for it in the background. Resolves with whether it is held now. */
  async acquire(): Promise<boolean> {
    const free = await this.#request({ ifAvailable: true });
    if (!free) void this.#request({ signal: this.#closed.signal });
    return free;
  }

  /** Asks the editing tab to save and let go; takes the lock by force when it does not answer. */
  async takeOver(): Promise<void> {
    this.#channel.postMessage('take-over');
    const end = performance.now() + answerMs;
    while (!this.held && performance.now() < end) await new Promise((r) => setTimeout(r, 50));
    if (!this.held && !this.#closed.signal.aborted) await this.#request({ steal: true });
  }

  close(): void {
    this.#closed.abort();
    this.#release?.();
    this.#release = null;
    this.#channel.close();
  }

  async #giveAway(): Promise<void> {
    await this.#events.onlose();
    this.#release?.();
    this.#release = null;
    // Behind the tab that asked, ready for when that one closes.
    if (!this.#closed.signal.aborted) void this.#request({ signal: this.#closed.signal });
  }

  /** Resolves with whether the lock was granted, while it goes on being held. */
  #request(options: LockOptions): Promise<boolean> {
    return new Promise((resolve) => {
      let release: (() => void) | null = null;
      navigator.locks
        .request(this.#name, options, async (lock) => {
          if (!lock || this.#closed.signal.aborted || this.#release) return resolve(false);
          const held = new Promise<void>((done) => (release = done));
          this.#release = release;
          await this.#events.ongain();
          resolve(true);
          await held;
        })
        .catch(async () => {
          // Stolen by another tab, or the waiting was called off.
          if (release && this.#release === release) {
            this.#release = null;
            await this.#events.onlose();
            if (!this.#closed.signal.aborted) void this.#request({ signal: this.#closed.signal });
          }
          resolve(false);
        });
    });
  }
}
