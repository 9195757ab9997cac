import { flushSync } from 'svelte';
import { expect, test, vi } from 'vitest';
import { toasts } from './toasts.svelte.ts';

test('a toast shown from an effect is shown once', () => {
  const shown = vi.fn();
  const stop = $effect.root(() => {
    $effect(() => {
      shown();
      toasts.show('A new version is ready.', { durationMs: 0 });
    });
  });
  flushSync();
  expect(shown).toHaveBeenCalledTimes(1);
  expect(toasts.list.map((t) => t.text)).toEqual(['A new version is ready.']);
  stop();
  toasts.close(toasts.list[0]!.id);
});

test('a toast that newer ones push out has gone away like any other', () => {
  const onexpire = vi.fn();
  toasts.show('“Talk” deleted.', { onexpire });
  for (let i = 0; i < 3; i++) toasts.show(String(i));
  expect(onexpire).not.toHaveBeenCalled();
  toasts.show('one more');
  expect(onexpire).toHaveBeenCalledTimes(1);
  expect(toasts.list).toHaveLength(4);
});
