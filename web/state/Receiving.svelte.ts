/** A recording on its way from the extension into this library. */
import { AppError, isAbort, toAppError } from '../core/errors.ts';
import { analyserVersions } from '../core/evidence.ts';
import type { Recording } from '../core/recording.ts';
import { database } from '../storage/database.ts';
import type { ProjectChoice } from '../transfer/import-project.ts';
import { portName, type MessagePortLike } from '../transfer/hand-over/protocol.ts';
import { receive } from '../transfer/hand-over/receive.ts';
import { TimeLeft } from './time-left.ts';

export type ReceivingPhase = 'running' | 'done' | 'failed' | 'cancelled';

/** `#<id of the extension>/<token>` of the address. */
const addressed = /^#([a-p]{32})\/([0-9a-f-]{36})$/;

/** What the browser gives to pages that an extension lets speak to it. */
interface ExtensionRuntime {
  connect(extensionId: string, info: { name: string }): MessagePortLike;
}

export class Receiving {
  #phase = $state<ReceivingPhase>('running');
  #fraction = $state(0);
  #secondsLeft = $state<number | null>(null);
  #offer = $state.raw<{ name: string; size: number } | null>(null);
  #error = $state.raw<AppError | null>(null);
  #conflict = $state.raw<{
    recording: Recording;
    settle: (choice: ProjectChoice) => void;
  } | null>(null);
  #controller = new AbortController();

  get phase(): ReceivingPhase {
    return this.#phase;
  }
  get fraction(): number {
    return this.#fraction;
  }
  get secondsLeft(): number | null {
    return this.#secondsLeft;
  }
  /** Name and bytes; null until the extension answers. */
  get offer(): { name: string; size: number } | null {
    return this.#offer;
  }
  get error(): AppError | null {
    return this.#error;
  }
  /** Waits for the person to say which edits to keep. */
  get conflict(): { recording: Recording; settle: (choice: ProjectChoice) => void } | null {
    return this.#conflict;
  }

  /** Resolves with the recording, and whether it still has to be analysed; null when it failed or was stopped. */
  async run(hash: string): Promise<{ recordingId: string; isNew: boolean } | null> {
    const timeLeft = new TimeLeft();
    this.#phase = 'running';
    this.#error = null;
    this.#controller = new AbortController();
    try {
      const [, extensionId, token] = addressed.exec(hash) ?? [];
      if (!extensionId || !token) throw new AppError('hand-over-refused', 'an incomplete address');
      const { recording } = await receive({
        token,
        connect: () => connect(extensionId),
        signal: this.#controller.signal,
        onOffer: (offer) => (this.#offer = offer),
        progress: ({ fraction }) => {
          this.#fraction = fraction;
          this.#secondsLeft = timeLeft.update(fraction);
        },
        choose: (about) => this.#choose(about),
      });
      this.#phase = 'done';
      const steps = await database.evidence.get([recording.id, 'steps']);
      return { recordingId: recording.id, isNew: steps?.version !== analyserVersions.steps };
    } catch (error) {
      if (isAbort(error)) this.#phase = 'cancelled';
      else {
        console.error(error);
        this.#error = toAppError(error);
        this.#phase = 'failed';
      }
      return null;
    }
  }

  stop(): void {
    this.#conflict?.settle('keep');
    this.#controller.abort();
  }

  #choose(recording: Recording): Promise<ProjectChoice> {
    return new Promise((resolve) => {
      this.#conflict = {
        recording,
        settle: (choice) => {
          this.#conflict = null;
          resolve(choice);
        },
      };
    });
  }
}

/** Without the extension, or in another browser, there is nobody to speak to. */
function connect(extensionId: string): MessagePortLike {
  const { chrome } = globalThis as unknown as { chrome?: { runtime?: ExtensionRuntime } };
  if (!chrome?.runtime) throw new AppError('hand-over-refused', 'no extension speaks to this page');
  return chrome.runtime.connect(extensionId, { name: portName });
}
