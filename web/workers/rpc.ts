/**
 * Calls into a worker. A worker serves a plain object of async functions, each taking one
 * structured-cloneable input and a JobContext; the object's type is the protocol.
 * Abort is cooperative: the signal reaches the method; where wasm cannot stop, the caller
 * passes `killAfterMs` and the worker is terminated and started again at the next call.
 */
import { AppError, fromEnvelope, toEnvelope, type ErrorEnvelope } from '../core/errors.ts';
import type { JobContext, OnProgress, Progress } from '../core/progress.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the input type is each method's own
export type Methods = Record<string, (input: any, context: JobContext) => unknown>;

type Request = { id: number; call: string; input: unknown } | { id: number; abort: true };
type Response =
  | { id: number; progress: Progress }
  | { id: number; result: unknown }
  | { id: number; error: ErrorEnvelope };

const transfers = new WeakMap<object, Transferable[]>();
/** Marks buffers of a value as moved, not copied, when it crosses the boundary. */
export function transfer<T extends object>(value: T, buffers: Transferable[]): T {
  transfers.set(value, buffers);
  return value;
}
const transferList = (value: unknown): Transferable[] =>
  (typeof value === 'object' && value !== null && transfers.get(value)) || [];

interface WorkerScope {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<Request>) => void): void;
}

/** In the worker: answers calls until the worker ends. */
export function serve(methods: Methods, scope = globalThis as unknown as WorkerScope): void {
  const running = new Map<number, AbortController>();
  const post = (message: Response, list: Transferable[] = []) => scope.postMessage(message, list);

  scope.addEventListener('message', async ({ data }) => {
    if ('abort' in data) {
      running.get(data.id)?.abort();
      return;
    }
    const { id, call, input } = data;
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const method = methods[call];
      if (!method) throw new Error(`no worker method ${call}`);
      const result = await method(input, {
        signal: controller.signal,
        progress: (progress) => post({ id, progress }),
      });
      post({ id, result }, transferList(result));
    } catch (error) {
      const envelope = toEnvelope(error);
      if (envelope.code === 'unexpected') console.error(error);
      post({ id, error: envelope });
    } finally {
      running.delete(id);
    }
  });
}

export interface CallOptions {
  signal?: AbortSignal;
  progress?: OnProgress;
  /** After an abort, wait this long for the method to stop by itself, then end the worker. */
  killAfterMs?: number;
}
export type Client<M extends Methods> = {
  [K in keyof M]: (
    input: Parameters<M[K]>[0],
    options?: CallOptions,
  ) => Promise<Awaited<ReturnType<M[K]>>>;
};
export interface Connection<M extends Methods> {
  readonly call: Client<M>;
  /** Ends the worker; pending calls are rejected as aborted. A later call starts it again. */
  close(): void;
}

interface Pending {
  resolve: (value: never) => void;
  reject: (error: Error) => void;
  progress?: OnProgress | undefined;
  cleanUp: () => void;
}

/**
 * Starts the worker at the first call and drops it after `idleMs` without work; null keeps it, for
 * workers that remember from one call to the next.
 */
export function connect<M extends Methods>(
  start: () => Worker,
  { idleMs = 30_000 }: { idleMs?: number | null } = {},
): Connection<M> {
  let worker: Worker | null = null;
  let nextId = 1;
  let idleTimer: ReturnType<typeof setTimeout> | undefined;
  const pending = new Map<number, Pending>();

  function end(reason: Error) {
    worker?.terminate();
    worker = null;
    clearTimeout(idleTimer);
    for (const { reject, cleanUp } of pending.values()) {
      cleanUp();
      reject(reason);
    }
    pending.clear();
  }

  function settle(id: number): Pending | undefined {
    const entry = pending.get(id);
    pending.delete(id);
    entry?.cleanUp();
    if (pending.size === 0 && idleMs !== null) idleTimer = setTimeout(() => end(aborted()), idleMs);
    return entry;
  }

  function open(): Worker {
    if (worker) return worker;
    worker = start();
    worker.addEventListener('message', ({ data }: MessageEvent<Response>) => {
      if ('progress' in data) pending.get(data.id)?.progress?.(data.progress);
      else if ('error' in data) settle(data.id)?.reject(fromEnvelope(data.error));
      else settle(data.id)?.resolve(data.result as never);
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      end(new AppError('worker-crashed', event.message || 'the worker failed to start'));
    });
    worker.addEventListener('messageerror', () =>
      end(new AppError('worker-crashed', 'a message could not be read')),
    );
    return worker;
  }

  function invoke(call: string, input: unknown, options: CallOptions = {}): Promise<never> {
    const { signal, progress, killAfterMs } = options;
    if (signal?.aborted) return Promise.reject(aborted());
    clearTimeout(idleTimer);
    const target = open();
    const id = nextId++;
    return new Promise<never>((resolve, reject) => {
      let killTimer: ReturnType<typeof setTimeout> | undefined;
      const onAbort = () => {
        target.postMessage({ id, abort: true } satisfies Request);
        if (killAfterMs !== undefined) {
          killTimer = setTimeout(() => pending.has(id) && end(aborted()), killAfterMs);
        }
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const cleanUp = () => {
        clearTimeout(killTimer);
        signal?.removeEventListener('abort', onAbort);
      };
      pending.set(id, { resolve, reject, progress, cleanUp });
      try {
        target.postMessage({ id, call, input } satisfies Request, transferList(input));
      } catch (error) {
        settle(id);
        reject(error as Error);
      }
    });
  }

  const call = new Proxy({} as Client<M>, {
    get: (_, name: string) => (input: unknown, options?: CallOptions) =>
      invoke(name, input, options),
  });
  return { call, close: () => end(aborted()) };
}

const aborted = () => new DOMException('cancelled', 'AbortError');
