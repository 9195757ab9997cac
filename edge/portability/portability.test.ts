import { env } from 'cloudflare:workers';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import { findEntries } from '../audit/find.ts';
import { verifyEntries, type Anchor } from '../audit/verify.ts';
import type { ChainedEntry } from '../audit/chain.ts';
import app from '../index.ts';
import { runDueJobs } from '../scheduled.ts';
import { objectsJob } from '../storage/remove.ts';
import { createPerson, createSession, origin, type TestPerson } from '../test/people.ts';
import { storages, withStorage } from '../test/storages.ts';
import { storeObject, storeWorkspace } from '../test/stored.ts';
import { purgeJob } from './remove.ts';
import { tables } from './tables.ts';

const storage = storages[0]!;
const environment = withStorage(storage);
const day = 86_400_000;
const readyAt = Date.now() - 1000;

const call = (person: TestPerson, path: string, init: { method?: string; json?: unknown } = {}) =>
  app.request(
    `${origin}${path}`,
    {
      method: init.method ?? 'GET',
      headers: {
        ...{ cookie: person.cookie, origin, 'cf-connecting-ip': '203.0.113.9' },
        ...(init.json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(init.json === undefined ? {} : { body: JSON.stringify(init.json) }),
    },
    environment,
  );

async function unzip(response: Response) {
  expect(response.status).toBe(200);
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
  const text = (name: string) => new TextDecoder().decode(files[name]);
  return {
    names: Object.keys(files),
    text,
    json: (name: string) => JSON.parse(text(name)) as Record<string, never>,
  };
}

interface Column {
  name: string;
  type: string;
  notnull: number;
  dflt_value: string | null;
}

/** Inserts a row; columns that must have a value and are not named get one that says nothing. */
async function insert(table: string, values: Record<string, string | number | null>) {
  const { results } = await env.DB.prepare('select * from pragma_table_info(?)')
    .bind(table)
    .all<Column>();
  const row = { ...values };
  for (const { name, type, notnull, dflt_value } of results) {
    if (name in row || !notnull || dflt_value !== null) continue;
    row[name] = type.toLowerCase() === 'text' ? `filler-${name}` : 1;
  }
  const names = Object.keys(row);
  await env.DB.prepare(
    `insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`,
  )
    .bind(...Object.values(row))
    .run();
}

/** A row about the person in every table that can hold one. */
async function seed({ id: person_id, email }: TestPerson, workspace_id: string) {
  // Another than the one that the test calls with: it becomes one of a workspace's provider.
  await createSession(person_id);
  const session_id = await env.DB.prepare(
    'select id from sessions where person_id = ? order by rowid desc',
  )
    .bind(person_id)
    .first<string>('id');
  await insert('accounts', {
    ...{ id: 'a1', person_id, account_id: person_id, provider_id: 'credential' },
    ...{ password: 'canary-hash', access_token: 'canary-token' },
  });
  await insert('verifications', { identifier: 'canary-identifier', value: person_id });
  await insert('two_factors', {
    ...{ person_id, secret: 'canary-secret', backup_codes: 'canary-codes' },
  });
  await insert('passkeys', { person_id, name: 'Key', public_key: 'canary-public' });
  await insert('mail_tokens', { token_hash: 'canary-mail', purpose: 'change-email', person_id });
  await insert('pending_sign_ups', {
    ...{ token_hash: 'canary-pending', email, password: 'canary-password' },
  });
  await insert('captured_mails', { recipient: email, text: 'canary-text', html: 'canary-html' });
  await insert('password_rules_met', { person_id, rule: '12:1' });
  await insert('member_removals', { workspace_id, person_id });
  const invitation = { workspace_id, role: 'editor' };
  await insert('invitations', { ...invitation, id: 'i1', token_hash: 'canary-i1', email });
  await insert('invitations', {
    ...{ ...invitation, id: 'i2', token_hash: 'canary-i2' },
    ...{ created_by: person_id, accepted_by: person_id },
  });
  await insert('sign_on_connections', {
    ...{ id: 's1', workspace_id, provider: '{}', sealed_secret: 'canary-sealed' },
    default_role: 'viewer',
  });
  const connection = { connection_id: 's1', workspace_id };
  await insert('sign_on_identities', { ...connection, person_id });
  await insert('sign_on_sessions', { ...connection, session_id });
  await insert('workspace_domains', {
    ...{ workspace_id, domain: 'example.org', token: 'canary-domain' },
  });
  await insert('alerts', { subject_id: person_id });
}

const allTables = async () => {
  const { results } = await env.DB.prepare(
    `select name from sqlite_master where type = 'table' and name not glob '_cf_*'
     and name not glob 'sqlite_*'`,
  ).all<{ name: string }>();
  return results.map(({ name }) => name);
};

/** Names of the tables, and of their columns, in which a value holds `text`. */
async function placesOf(text: string): Promise<string[]> {
  const places = new Set<string>();
  for (const table of await allTables()) {
    const { results } = await env.DB.prepare(`select * from "${table}"`).all();
    for (const row of results) {
      for (const [column, value] of Object.entries(row)) {
        if (String(value).includes(text)) places.add(`${table}.${column}`);
      }
    }
  }
  return [...places].sort();
}

test('every table of the database is in the list, and nothing else is', async () => {
  expect(Object.keys(tables).sort()).toEqual((await allTables()).sort());
  for (const [name, rule] of Object.entries(tables)) {
    expect(rule.person ?? rule.workspace ?? rule.why, name).toBeTruthy();
  }
});

describe('one person among others', () => {
  let person: TestPerson;
  let other: TestPerson;
  let shared: string;
  let own: string;
  let inShared: Awaited<ReturnType<typeof storeObject>>;
  let inOwn: Awaited<ReturnType<typeof storeObject>>;
  let ofOther: Awaited<ReturnType<typeof storeObject>>;

  beforeAll(async () => {
    person = await createPerson({ email: 'canary-mail@example.org', name: 'Canary Name' });
    other = await createPerson();
    shared = await storeWorkspace(env, {
      members: [
        [other.id, 'owner'],
        [person.id, 'editor'],
      ],
    });
    own = await storeWorkspace(env, { members: [[person.id, 'owner']], name: 'Canary Space' });
    await seed(person, shared);
    const store = (workspaceId: string, createdBy: string, content: string) =>
      storeObject(environment, storage, {
        ...{ workspaceId, kind: 'article', readyAt, createdBy, content },
      });
    inShared = await store(shared, person.id, 'mine, shared');
    inOwn = await store(own, person.id, 'mine alone');
    ofOther = await store(shared, other.id, 'not mine');
    await call(person, `/api/workspaces/${shared}`);
    await call(person, `/api/workspaces/${shared}/audit`);
  });

  test('the test has a row for every rule, so that none is tested by nothing', async () => {
    for (const [table, { person: rules = [] }] of Object.entries(tables)) {
      for (const { where } of rules) {
        const sql = `select count(*) as count from ${table} where ${where}`;
        const statement = env.DB.prepare(sql);
        const bound = sql.includes('?2')
          ? statement.bind(person.id, person.email)
          : statement.bind(person.id);
        expect(await bound.first('count'), `${table}: ${where}`).toBeGreaterThan(0);
      }
    }
  });

  test('media of a workspace whose policy refuses the session stay there, and it is named', async () => {
    const setPolicy = (policy: object) =>
      env.DB.prepare('update workspaces set policy = ? where id = ?')
        .bind(JSON.stringify(policy), shared)
        .run();
    const before = await env.DB.prepare('select policy from workspaces where id = ?')
      .bind(shared)
      .first<string>('policy');
    await setPolicy({ addressRanges: ['198.51.100.0/24'] });
    const zip = await unzip(await call(person, '/api/person/export'));
    const media = zip.json('media.json') as unknown as { files: { id: string }[] };
    expect(media.files.map((file) => file.id)).toEqual([inOwn.id]);
    expect(media).toMatchObject({ closedWorkspaces: [shared] });
    await setPolicy(JSON.parse(before!) as object);
  });

  test('takes everything along: records, activity and media, and no secret', async () => {
    const summary = await call(person, '/api/person/export/summary');
    expect(await summary.json()).toEqual({ objects: 2, bytes: 22, parts: 1 });
    const zip = await unzip(await call(person, '/api/person/export'));
    expect(zip.json('export.json')).toMatchObject({
      ...{ format: 'cairn-export', version: 1, kind: 'person', id: person.id, parts: 1 },
    });
    const records = zip.json('records.json') as Record<string, unknown[]>;
    expect(records['people']).toMatchObject([{ email: person.email, name: 'Canary Name' }]);
    expect(records['sessions']).toHaveLength(2);
    expect(records['workspaces']).toHaveLength(2);
    const media = zip.json('media.json') as unknown as { files: { id: string; path: string }[] };
    expect(media.files.map((file) => file.id).sort()).toEqual([inShared.id, inOwn.id].sort());
    const contents = media.files.map((file) => zip.text(file.path)).sort();
    expect(contents).toEqual(['mine alone', 'mine, shared']);
    const activity = zip.text('activity.json');
    expect(activity).toContain('request.denied');
    expect(activity).toContain('person.exported');
    const all = zip.names.map((name) => zip.text(name)).join('\n');
    expect(all).not.toMatch(
      /canary-(hash|token|secret|codes|public|pending|password|text|html|i1|i2|identifier)/,
    );
    expect(all).not.toContain('not mine');
    expect(all).not.toContain(decodeURIComponent(person.cookie.split('=')[1]!).split('.')[0]!);
  });

  test('a workspace is taken along by its owner, log and media included', async () => {
    expect((await call(person, `/api/workspaces/${shared}/export`)).status).toBe(403);
    const stranger = await createPerson();
    expect((await call(stranger, `/api/workspaces/${shared}/export`)).status).toBe(404);
    const zip = await unzip(await call(other, `/api/workspaces/${shared}/export`));
    const records = zip.json('records.json') as Record<string, Record<string, unknown>[]>;
    expect(records['members']).toHaveLength(2);
    expect(records['members']!.map(({ email }) => email)).toContain(person.email);
    expect(JSON.stringify(records)).not.toMatch(/canary-(sealed|i1|i2|domain)/);
    const media = zip.json('media.json') as unknown as { files: { path: string }[] };
    expect(media.files.map(({ path }) => zip.text(path)).sort()).toEqual([
      'mine, shared',
      'not mine',
    ]);
    const [log] = JSON.parse(zip.text('activity.json')) as [
      { anchor: Anchor | null; entries: ChainedEntry[] },
    ];
    expect(log.entries.at(-1)).toMatchObject({ action: 'workspace.exported', actorId: other.id });
    expect(await verifyEntries(log.entries, log.anchor ?? undefined)).toMatchObject({ ok: true });
  });

  test('an object that storage lost is named, and the rest is there', async () => {
    const lost = await storeObject(environment, storage, {
      ...{ workspaceId: shared, kind: 'video', readyAt, createdBy: other.id },
    });
    const { openTestStorage } = await import('../test/storages.ts');
    await openTestStorage(storage).remove(`w/${shared}/${lost.id}`);
    const zip = await unzip(await call(other, `/api/workspaces/${shared}/export`));
    expect(zip.json('media.json')).toMatchObject({ missing: [lost.id] });
    await env.DB.prepare(`delete from objects where id = ?`).bind(lost.id).run();
  });

  test.each(['?part=0', '?part=2', '?part=x', '?other=1'])('no export for %s', async (search) => {
    const { status } = await call(person, `/api/person/export${search}`);
    expect(status).toBe(search === '?part=2' ? 404 : 400);
  });

  test('an account is deleted only by its person, on purpose and freshly proven', async () => {
    const signedOut = { ...person, cookie: '' };
    const json = { email: person.email };
    expect((await call(signedOut, '/api/person', { method: 'DELETE', json })).status).toBe(401);
    const wrong = await call(person, '/api/person', {
      ...{ method: 'DELETE', json: { email: other.email } },
    });
    expect(wrong.status).toBe(409);
    const old = await createPerson();
    await env.DB.prepare('update sessions set created_at = ? where person_id = ?')
      .bind(new Date(Date.now() - day).toISOString(), old.id)
      .run();
    const late = await call(old, '/api/person', { method: 'DELETE', json: { email: old.email } });
    expect(await late.json()).toMatchObject({ code: 'confirm-needed' });
    const alone = await call(other, '/api/person', {
      method: 'DELETE',
      json: { email: other.email },
    });
    expect(alone.status).toBe(409);
    expect(await alone.json()).toMatchObject({ code: 'last-owner', workspaces: [shared] });
  });

  test('after deletion nothing is left but a random id in the log', async () => {
    const answer = await call(person, '/api/person', {
      ...{ method: 'DELETE', json: { email: person.email } },
    });
    expect(await answer.json()).toEqual({ removed: true });
    expect(answer.headers.get('set-cookie')).toMatch(/Max-Age=0/i);
    expect((await call(person, '/api/person/export')).status).toBe(401);
    const token = decodeURIComponent(person.cookie.split('=')[1]!).split('.')[0]!;
    for (const text of [person.email, 'Canary Name', 'Canary Space', token]) {
      expect(await placesOf(text), text).toEqual([]);
    }
    // Until storage has let the objects go, minutes later, their rows still say whose they were.
    await objectsJob.run(environment, Date.now());
    await objectsJob.run(environment, Date.now() + day);
    expect(await placesOf(person.id)).toEqual(['audit_events.actor_id', 'audit_events.target_id']);
    expect(await placesOf(own)).toEqual(['audit_anchors.chain', 'audit_events.target_id']);
    expect(await inOwn.isStored()).toBe(false);
    expect([await inShared.isStored(), await ofOther.isStored()]).toEqual([true, true]);
    const [entry] = await findEntries(env, shared, { action: 'person.deleted' }, { limit: 1 });
    expect(entry).toMatchObject({ actorId: person.id, address: '203.0.113.9' });
  });
});

test('a workspace is gone with rows, objects and log when its days of grace are over', async () => {
  const owner = await createPerson();
  const id = await storeWorkspace(env, { members: [[owner.id, 'owner']], name: 'Canary Ending' });
  const object = await storeObject(environment, storage, {
    ...{ workspaceId: id, kind: 'video', readyAt, createdBy: owner.id },
  });
  const asked = await call(owner, `/api/workspaces/${id}`, {
    ...{ method: 'DELETE', json: { name: 'Canary Ending' } },
  });
  expect(asked.status).toBe(202);
  const now = Date.now();
  const due = [purgeJob, objectsJob];
  await runDueJobs(environment, now + 6 * day, due);
  expect(await object.isStored()).toBe(true);
  expect((await call(owner, `/api/workspaces/${id}/export`)).status).toBe(200);
  await runDueJobs(environment, now + 7 * day + 3_600_000, due);
  expect(await object.isStored()).toBe(false);
  await runDueJobs(environment, now + 8 * day, due);
  expect(await placesOf('Canary Ending')).toEqual([]);
  expect(await placesOf(id)).toEqual(['audit_anchors.chain', 'audit_events.target_id']);
  const [entry] = await findEntries(
    ...([env, 'installation', { action: 'workspace.purged', search: id }, { limit: 1 }] as const),
  );
  expect(entry).toMatchObject({ targetId: id, detail: { objects: 1 } });
});
