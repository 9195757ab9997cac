import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { recordEvent } from './record.ts';
import { removeChain, removeOldEntries } from './retention.ts';
import { anchorOf, readChain, verifyChain } from './verify.ts';

const write = (workspaceId: string, at: number) =>
  recordEvent(
    env,
    {
      ...{ workspaceId, actorId: null, action: 'guide.viewed', outcome: 'success' },
      ...{ address: null, requestId: null },
    },
    at,
  );

async function sequences(chain: string) {
  const found: number[] = [];
  for await (const entry of readChain(env, chain)) found.push(entry.sequence);
  return found;
}

test('old entries go, the log says so, and the chain still checks from its anchor', async () => {
  for (const at of [10, 20, 30, 40]) await write('team', at);
  expect(await removeOldEntries(env, 'team', 30, 1000)).toBe(2);
  expect(await sequences('team')).toEqual([3, 4, 5]);
  expect(await anchorOf(env, 'team')).toMatchObject({ sequence: 2 });
  expect(await verifyChain(env, 'team')).toMatchObject({ ok: true, entries: 3 });
  const entries = [];
  for await (const entry of readChain(env, 'team')) entries.push(entry);
  expect(entries.at(-1)).toMatchObject({ action: 'audit.removed', detail: { until: 2 } });
  expect(await removeOldEntries(env, 'team', 30, 1000)).toBe(0);
  expect(await sequences('team')).toEqual([3, 4, 5]);
});

test('an old entry behind a young one waits for it', async () => {
  for (const at of [10, 50, 20]) await write('late', at);
  expect(await removeOldEntries(env, 'late', 30, 60)).toBe(1);
  expect((await sequences('late')).slice(0, 2)).toEqual([2, 3]);
});

test('a chain whose entries are all old goes on behind its anchor', async () => {
  for (const at of [10, 20]) await write('quiet', at);
  expect(await removeOldEntries(env, 'quiet', 1000, 2000)).toBe(2);
  await write('quiet', 3000);
  expect(await sequences('quiet')).toEqual([3, 4]);
  expect(await verifyChain(env, 'quiet')).toMatchObject({ ok: true, entries: 2 });
});

test('a whole chain goes with its workspace', async () => {
  for (const at of [10, 20, 30]) await write('deleted', at);
  await write('kept', 10);
  expect(await removeChain(env, 'deleted', 50)).toBe(3);
  expect(await sequences('deleted')).toEqual([]);
  expect(await sequences('kept')).toEqual([1]);
});
