import { env } from 'cloudflare:workers';
import { beforeAll, expect, test } from 'vitest';
import { findEntries } from '../audit/find.ts';
import { recordEvent } from '../audit/record.ts';
import { verifyChain } from '../audit/verify.ts';
import { objectKinds, type ObjectKind } from '../contract/objects.ts';
import { runDueJobs } from '../scheduled.ts';
import { storages, withStorage } from '../test/storages.ts';
import { storeObject, storeWorkspace } from '../test/stored.ts';
import { enforceLogRetention, logRetentionJob, retentionJob } from './enforce.ts';

const storage = storages[0]!;
const environment = withStorage(storage);
const hour = 3_600_000;
const day = 24 * hour;
const begin = Date.UTC(2026, 0, 1);

type Stored = Awaited<ReturnType<typeof storeObject>> & { kind: ObjectKind };

async function storeEachKind(workspaceId: string): Promise<Stored[]> {
  const stored: Stored[] = [];
  for (const kind of objectKinds) {
    const object = await storeObject(environment, storage, { workspaceId, kind, readyAt: begin });
    stored.push({ ...object, kind });
  }
  return stored;
}

async function kindsLeft(stored: Stored[]): Promise<ObjectKind[]> {
  const left: ObjectKind[] = [];
  for (const object of stored) if (await object.isStored()) left.push(object.kind);
  return left;
}

let mixed: string;
let standard: string;
let ofMixed: Stored[];
let ofStandard: Stored[];

beforeAll(async () => {
  mixed = await storeWorkspace(env, {
    members: [['owner', 'owner']],
    settings: {
      retention: {
        ...{ article: 'hour', video: 'day', image: 'week', attachment: 'month' },
        transcript: 'nothing',
      },
    },
  });
  standard = await storeWorkspace(env, { members: [['owner', 'owner']] });
  ofMixed = await storeEachKind(mixed);
  ofStandard = await storeEachKind(standard);
});

const everything = ['article', 'video', 'image', 'attachment', 'transcript'];
const media = everything.slice(0, 4);

test.each([
  ['one minute', 60_000, media, everything],
  ['just under an hour', hour - 1, media, everything],
  ['an hour', hour, media.slice(1), everything],
  ['just under a day', day - 1, media.slice(1), everything],
  ['a day', day, media.slice(2), everything],
  ['just under a week', 7 * day - 1, media.slice(2), everything],
  ['a week', 7 * day, media.slice(3), media],
  ['a month', 30 * day, [], media],
  ['just under a year', 365 * day - 1, [], media],
  ['a year', 365 * day, [], []],
])('after %s only what may be kept is left', async (_, later, mixedKinds, standardKinds) => {
  await env.DB.prepare('delete from job_runs').run();
  await runDueJobs(environment, begin + later, [retentionJob]);
  expect(await kindsLeft(ofMixed)).toEqual(mixedKinds);
  expect(await kindsLeft(ofStandard)).toEqual(standardKinds);
});

test('every removal is in the log of its workspace, with its time and reason', async () => {
  const entries = await findEntries(env, mixed, { action: 'object.deleted' }, { limit: 100 });
  const facts = entries.map(({ at, targetId, detail }) => [targetId, at - begin, detail]).reverse();
  const idOf = (kind: ObjectKind) => ofMixed.find((object) => object.kind === kind)!.id;
  expect(facts).toEqual([
    [idOf('transcript'), 60_000, { reason: 'retention', kind: 'transcript', period: 'nothing' }],
    [idOf('article'), hour, { reason: 'retention', kind: 'article', period: 'hour' }],
    [idOf('video'), day, { reason: 'retention', kind: 'video', period: 'day' }],
    [idOf('image'), 7 * day, { reason: 'retention', kind: 'image', period: 'week' }],
    [idOf('attachment'), 30 * day, { reason: 'retention', kind: 'attachment', period: 'month' }],
  ]);
  expect(await verifyChain(env, mixed)).toMatchObject({ ok: true });
});

test('an object that storage does not give up is tried again until it does', async () => {
  const workspaceId = await storeWorkspace(env, {
    members: [['owner', 'owner']],
    settings: { retention: { video: 'hour' } },
  });
  const object = await storeObject(environment, storage, {
    ...{ workspaceId, kind: 'video' as const, readyAt: begin },
  });
  const unreachable = { ...env, STORAGE_LOCATIONS: '[]' };
  await retentionJob.run(unreachable, begin + 2 * hour);
  expect(await object.isStored()).toBe(true);
  const { objectsJob } = await import('../storage/remove.ts');
  await objectsJob.run(environment, begin + 4 * hour);
  expect(await object.isStored()).toBe(false);
});

test('the audit log has its own time: a year, or a month where the workspace says so', async () => {
  const short = await storeWorkspace(env, {
    members: [['owner', 'owner']],
    settings: { retention: { audit: 'month' } },
  });
  const long = await storeWorkspace(env, { members: [['owner', 'owner']] });
  const note = (workspaceId: string | null) =>
    recordEvent(
      env,
      {
        ...{ workspaceId, actorId: null, action: 'guide.viewed', outcome: 'success' },
        ...{ address: null, requestId: null },
      },
      begin,
    );
  for (const chain of [short, long, null]) await note(chain);
  const left = async () => {
    const counts: number[] = [];
    for (const chain of [short, long, 'installation']) {
      const found = await findEntries(env, chain, { action: 'guide.viewed' }, { limit: 10 });
      counts.push(found.length);
    }
    return counts;
  };
  await enforceLogRetention(env, begin + 30 * day - 1);
  expect(await left()).toEqual([1, 1, 1]);
  await enforceLogRetention(env, begin + 30 * day + 1);
  expect(await left()).toEqual([0, 1, 1]);
  await logRetentionJob.run(env, begin + 365 * day + 1);
  expect(await left()).toEqual([0, 0, 0]);
  const [removed] = await findEntries(env, long, { action: 'audit.removed' }, { limit: 1 });
  expect(removed).toMatchObject({ at: begin + 365 * day + 1, detail: { until: 1 } });
});
