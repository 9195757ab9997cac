import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { installationChain, originHash, type ChainedEntry } from './chain.ts';
import { recordEvent, type AuditEvent } from './record.ts';
import { readChain, verifyChain, verifyEntries } from './verify.ts';

const event = (workspaceId: string | null, detail?: AuditEvent['detail']): AuditEvent => ({
  workspaceId,
  actorId: 'someone',
  action: 'member.role-changed',
  target: { kind: 'person', id: 'another' },
  outcome: 'success',
  address: '192.0.2.1',
  requestId: 'request',
  ...(detail ? { detail } : {}),
});

async function entriesOf(chain: string): Promise<ChainedEntry[]> {
  const entries: ChainedEntry[] = [];
  for await (const entry of readChain(env, chain, 7)) entries.push(entry);
  return entries;
}

test('entries are numbered and chained, each workspace for itself', async () => {
  await recordEvent(env, event('one', { role: 'admin' }), 1000);
  await recordEvent(env, event('one', { z: 1, a: true }), 2000);
  await recordEvent(env, event('two'), 3000);
  await recordEvent(env, event(null), 4000);
  const one = await entriesOf('one');
  expect(one.map((entry) => entry.sequence)).toEqual([1, 2]);
  expect(one[0]).toMatchObject({ at: 1000, previousHash: originHash, detail: { role: 'admin' } });
  expect(one[1]!.previousHash).toBe(one[0]!.hash);
  expect((await entriesOf('two')).map((entry) => entry.sequence)).toEqual([1]);
  expect((await entriesOf(installationChain)).length).toBe(1);
  expect(await verifyChain(env, 'one')).toMatchObject({ ok: true, entries: 2 });
});

test('twenty-five equal events at once are twenty-five entries of one whole chain', async () => {
  await Promise.all(Array.from({ length: 25 }, () => recordEvent(env, event('busy'), 5000)));
  expect(await verifyChain(env, 'busy')).toMatchObject({
    ok: true,
    entries: 25,
    head: { sequence: 25 },
  });
});

test('the database refuses to change, remove or insert between', async () => {
  await recordEvent(env, event('fixed'));
  await recordEvent(env, event('fixed'));
  const run = (sql: string) => env.DB.prepare(sql).run();
  const where = `where chain = 'fixed'`;
  await expect(run(`update audit_events set outcome = 'error' ${where}`)).rejects.toThrow(
    /not changed/,
  );
  await expect(run(`delete from audit_events ${where} and sequence = 1`)).rejects.toThrow(
    /not removed/,
  );
  await expect(
    run(`insert or replace into audit_events select chain, sequence, at + 1, actor_id, action,
      target_kind, target_id, outcome, address, request_id, detail, previous_hash, hash
      from audit_events ${where} and sequence = 1`),
  ).resolves.toMatchObject({ meta: { changes: 0 } });
  await expect(
    run(`insert into audit_anchors (chain, sequence, hash, at) values ('fixed', 2, 'invented', 0)`),
  ).rejects.toThrow(/names an entry/);
  expect(await verifyChain(env, 'fixed')).toMatchObject({ ok: true, entries: 2 });
});

test('verification finds what was changed, removed or moved', async () => {
  for (const number of [1, 2, 3, 4]) await recordEvent(env, event('checked', { number }));
  const entries = await entriesOf('checked');
  const [first, second, third, fourth] = entries as [
    ChainedEntry,
    ChainedEntry,
    ChainedEntry,
    ChainedEntry,
  ];
  const verdict = (list: ChainedEntry[]) => verifyEntries(list);
  expect(await verdict(entries)).toMatchObject({ ok: true, entries: 4 });
  expect(await verdict([first, { ...second, actorId: 'nobody' }, third])).toMatchObject({
    ok: false,
    brokenAt: 2,
    reason: 'changed',
  });
  expect(await verdict([first, third, fourth])).toMatchObject({ brokenAt: 2, reason: 'missing' });
  expect(await verdict([first, { ...third, sequence: 2 }, second])).toMatchObject({
    brokenAt: 2,
    reason: 'reordered',
  });
  const lost = { sequence: 9, hash: fourth.hash };
  expect(await verifyChain(env, 'checked', lost)).toMatchObject({ ok: false, brokenAt: 9 });
  const known = { sequence: 4, hash: fourth.hash };
  expect(await verifyChain(env, 'checked', known)).toMatchObject({ ok: true });
});

test('long texts are cut', async () => {
  await recordEvent(env, event('long', { name: 'x'.repeat(5000) }));
  expect(((await entriesOf('long'))[0]!.detail!['name'] as string).length).toBe(200);
  expect((await verifyChain(env, 'long')).ok).toBe(true);
});
