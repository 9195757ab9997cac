/** The app's end of the line to the extension: questions with answers, told apart by number. */
import { AppError, fromEnvelope } from '../../core/errors.ts';
import type {
  FromApp,
  FromExtension,
  HandOverCall,
  HandOverCalls,
  MessagePortLike,
} from './protocol.ts';

/** Without a word for this long, the extension counts as gone, ms. */
const patience = 20_000;

interface Pending {
  resolve: (result: never) => void;
  reject: (error: Error) => void;
  timer: ReturnType<typeof setTimeout>;
}

export class Connection {
  readonly #port: MessagePortLike;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #end: Error | null = null;

  constructor(port: MessagePortLike, onStop: () => void) {
    this.#port = port;
    port.onMessage.addListener((message: FromExtension) => {
      if ('stop' in message) return onStop();
      const pending = this.#pending.get(message.id);
      if (!pending) return;
      clearTimeout(pending.timer);
      if ('alive' in message) {
        pending.timer = this.#timer();
        return;
      }
      this.#pending.delete(message.id);
      if ('error' in message) pending.reject(fromEnvelope(message.error));
      else pending.resolve(message.result as never);
    });
    port.onDisconnect.addListener(() => this.#fail(new AppError('hand-over-lost')));
  }

  /** Rejects with the extension's AppError, or with `hand-over-lost` when it is gone. */
  ask<C extends HandOverCall>(
    call: C,
    input: HandOverCalls[C]['input'],
  ): Promise<HandOverCalls[C]['output']> {
    if (this.#end) return Promise.reject(this.#end);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, timer: this.#timer() });
      this.#post({ id, call, input } as FromApp);
    });
  }

  tell(message: Extract<FromApp, { fraction: number } | { stop: true }>): void {
    if (!this.#end) this.#post(message);
  }

  close(): void {
    if (!this.#end) this.#port.disconnect();
    this.#fail(new AppError('hand-over-lost', 'closed here'));
  }

  #post(message: FromApp): void {
    try {
      this.#port.postMessage(message);
    } catch (error) {
      this.#fail(new AppError('hand-over-lost', String(error), { cause: error }));
    }
  }

  #timer(): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#fail(new AppError('hand-over-lost', 'silent')), patience);
  }

  #fail(error: Error): void {
    this.#end ??= error;
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#pending.clear();
  }
}
