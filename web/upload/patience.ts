/** Waiting before trying again. */
import { AppError } from '../core/errors.ts';

const longest = 30_000;

/** Milliseconds before try `attempt` (from 1): doubling from half a second, spread, at most 30 s. */
export const pauseBefore = (attempt: number, random = Math.random()): number =>
  Math.min(longest, 500 * 2 ** (attempt - 1)) * (0.5 + random / 2);

/** Ends early when the network comes back; throws AbortError when cancelled. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener('online', done);
    signal.addEventListener('abort', done);
  });
}

const passing: readonly AppError['code'][] = [
  'network-unreachable',
  'storage-unreachable',
  'too-many-tries',
];
const mostTries = 8;

/** Calls the edge until it answers: some two minutes of no network are waited for. */
export async function persistently<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const isPassing = error instanceof AppError && passing.includes(error.code);
      if (!isPassing || attempt === mostTries) throw error;
      const { seconds } = error.details;
      await pause(typeof seconds === 'number' ? seconds * 1000 : pauseBefore(attempt), signal);
    }
  }
}
