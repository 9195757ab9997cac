import { isAbort } from './errors.ts';

/** As Promise.all, but waits for the slower ones to stop, and prefers a real failure over the aborts it caused. */
export async function settleAll<T extends readonly unknown[]>(promises: {
  [K in keyof T]: Promise<T[K]>;
}): Promise<T> {
  const results = await Promise.allSettled(promises);
  const failures = results.filter((r) => r.status === 'rejected').map((r) => r.reason as unknown);
  if (failures.length > 0) {
    throw failures.find((failure) => !isAbort(failure)) ?? failures[0];
  }
  return results.map((r) => (r as PromiseFulfilledResult<unknown>).value) as unknown as T;
}
