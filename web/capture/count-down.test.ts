import { expect, test, vi } from 'vitest';
import { countDown } from './count-down.ts';

test('counts seconds down to one', async () => {
  vi.useFakeTimers();
  const ticks: number[] = [];
  const done = countDown(3, new AbortController().signal, (left) => ticks.push(left));
  await vi.advanceTimersByTimeAsync(2999);
  expect(ticks).toEqual([3, 2, 1]);
  await vi.advanceTimersByTimeAsync(1);
  await done;
  vi.useRealTimers();
});

test('ends at once when it is broken off, even where there is nothing to count', async () => {
  const controller = new AbortController();
  const running = countDown(60, controller.signal, () => undefined);
  controller.abort();
  await expect(running).rejects.toThrow(/abort/i);
  await expect(countDown(0, controller.signal, () => undefined)).rejects.toThrow(/abort/i);
});
