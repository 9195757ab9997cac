import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AppError } from '../core/errors.ts';
import { pauseBefore, persistently } from './patience.ts';

beforeEach(() => {
  vi.useFakeTimers();
  // What a window has and Node has not.
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('removeEventListener', () => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const { signal } = new AbortController();

test('pauses double, are spread, and end at half a minute', () => {
  expect([1, 2, 3, 7, 20].map((n) => pauseBefore(n, 1))).toEqual([500, 1000, 2000, 30_000, 30_000]);
  expect(pauseBefore(3, 0)).toBe(1000);
});

test('what passes is waited for, what does not is told at once', async () => {
  let calls = 0;
  const twice = persistently(async () => {
    calls += 1;
    if (calls < 3) throw new AppError('network-unreachable');
    return 'answer';
  }, signal);
  await vi.runAllTimersAsync();
  expect([await twice, calls]).toEqual(['answer', 3]);
  const full = () => Promise.reject(new AppError('storage-full'));
  await expect(persistently(full, signal)).rejects.toMatchObject({ code: 'storage-full' });
});

test('waits as long as the edge says, and gives up in the end', async () => {
  const began = Date.now();
  let calls = 0;
  const limited = persistently(async () => {
    calls += 1;
    if (calls === 1) throw new AppError('too-many-tries', '', { details: { seconds: 40 } });
    return Date.now() - began;
  }, signal);
  await vi.runAllTimersAsync();
  expect(await limited).toBe(40_000);
  const never = persistently(() => Promise.reject(new AppError('storage-unreachable')), signal);
  const outcome = expect(never).rejects.toMatchObject({ code: 'storage-unreachable' });
  await vi.runAllTimersAsync();
  await outcome;
});

test('ends when cancelled, while it waits', async () => {
  const controller = new AbortController();
  const failing = () => Promise.reject(new AppError('network-unreachable'));
  const waiting = persistently(failing, controller.signal);
  const outcome = expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  await vi.advanceTimersByTimeAsync(10);
  controller.abort();
  await outcome;
});
