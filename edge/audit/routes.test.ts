import { env } from 'cloudflare:workers';
import { Hono } from 'hono';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AppContext, Role } from '../app-types.ts';
import type { AuditPage } from '../contract/audit.ts';
import { withRequest } from '../logs/requests.ts';
import type { ChainedEntry } from './chain.ts';
import { csvField } from './export.ts';
import { recordEvent } from './record.ts';
import { auditRoutes } from './routes.ts';
import { verifyEntries, type Anchor } from './verify.ts';

const mine = '1'.repeat(32);
const other = '2'.repeat(32);

/** The routes behind a person who is signed in. */
const app = new Hono<AppContext>()
  .use(withRequest)
  .use(async (context, next) => {
    const id = context.req.header('x-person');
    context.set(
      'person',
      id
        ? {
            ...{ id, email: `${id}@example.test`, name: id, emailVerified: true, twoFactor: false },
            ...{ sessionId: id, sessionCreatedAt: Date.now(), method: 'password' },
          }
        : null,
    );
    await next();
  })
  .route('/api/workspaces', auditRoutes);

const get = (path: string, person = 'owner', workspace = mine) =>
  app.request(
    `/api/workspaces/${workspace}/audit${path}`,
    { headers: { 'x-person': person } },
    env,
  );
const page = async (path: string) => (await get(path)).json<AuditPage>();

async function workspace(id: string, people: [string, Role][]) {
  await env.DB.prepare(
    'insert into workspaces (id, name, created_at, created_by) values (?, ?, 0, ?)',
  )
    .bind(id, 'Team', 'owner')
    .run();
  for (const [person, role] of people) {
    await env.DB.prepare('insert into members values (?, ?, ?, 0)').bind(id, person, role).run();
  }
}

beforeAll(async () => {
  await workspace(mine, [
    ['owner', 'owner'],
    ['editor', 'editor'],
  ]);
  await workspace(other, [['stranger', 'owner']]);
  for (let number = 1; number <= 120; number += 1) {
    await recordEvent(
      env,
      {
        workspaceId: mine,
        actorId: number % 2 ? 'owner' : '=cmd()',
        action: number % 3 ? 'guide.viewed' : 'member.invited',
        target: { kind: 'guide', id: `guide-${number}` },
        outcome: number % 5 ? 'success' : 'denied',
        address: '192.0.2.7',
        requestId: null,
        detail: { note: `100%_${number}, "quoted"` },
      },
      number * 1000,
    );
  }
});

describe('reading', () => {
  test('comes in pages, newest first, without gaps', async () => {
    const seen: number[] = [];
    let path = '?until=1000000&limit=50';
    for (;;) {
      const { entries, next } = await page(path);
      seen.push(...entries.map((entry) => entry.sequence));
      if (next === null) break;
      path = `?until=1000000&limit=50&before=${next}`;
    }
    expect(seen).toEqual(Array.from({ length: 120 }, (_, index) => 120 - index));
  });

  test.each([
    ['?actor=owner&until=1000000', 60],
    ['?action=member.invited', 40],
    ['?action=member', 40],
    ['?action=mem', 0],
    ['?outcome=denied', 24],
    ['?from=10000&until=20000', 10],
    ['?search=guide-119', 1],
    ['?search=100%25_12%2C', 1],
    ['?search=%25%25', 0],
    ['?search=QUOTED&until=5000', 4],
    [`?search=${'%25_'.repeat(33)}`, 0],
    ['?search=192.0.2&until=5000', 4],
    ["?search='%20or%201=1--", 0],
  ])('filters by %s', async (path, count) => {
    const { entries } = await page(`${path}&limit=200`);
    expect(entries).toHaveLength(count);
  });

  test.each([
    '?limit=0',
    '?limit=201',
    '?limit=x',
    '?from=-1',
    '?action=A',
    '?foo=1',
    '?limit=1&limit=2',
  ])('refuses %s', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid-request' });
  });

  test('is for administrators of this workspace only', async () => {
    expect((await get('', 'editor')).status).toBe(403);
    expect((await get('', 'stranger')).status).toBe(404);
    expect((await get('/export', 'stranger')).status).toBe(404);
    expect((await get('/export', 'editor')).status).toBe(403);
    const signedOut = await app.request(`/api/workspaces/${mine}/audit`, {}, env);
    expect(signedOut.status).toBe(401);
    expect((await get('', 'stranger', other)).status).toBe(200);
  });
});

describe('exporting', () => {
  test('as JSON carries what is needed to check the chain, and is itself in the log', async () => {
    const response = await get('/export');
    expect(response.headers.get('content-disposition')).toContain('audit-log.json');
    const file = await response.json<{
      chain: string;
      anchor: null | Anchor;
      entries: ChainedEntry[];
    }>();
    expect(file.chain).toBe(mine);
    expect(file.entries.length).toBeGreaterThan(120);
    expect(await verifyEntries(file.entries, file.anchor ?? undefined)).toMatchObject({ ok: true });
    expect(file.entries.at(-1)).toMatchObject({ action: 'audit.exported', actorId: 'owner' });
    expect(await (await get('/check')).json()).toMatchObject({ ok: true });
  });

  test('as CSV has one line an entry, and no field that a spreadsheet would run', async () => {
    const response = await get('/export?format=csv&until=1000000');
    expect(response.headers.get('content-type')).toContain('text/csv');
    const lines = (await response.text()).split('\r\n');
    expect(lines).toHaveLength(122);
    expect(lines[0]).toContain('sequence,time,actor');
    expect(lines[2]).toContain(`"'=cmd()"`);
    expect(lines[2]).toContain('100%_2, \\""quoted\\""');
  });

  test.each([
    ['plain', 'plain'],
    ['=1+1', `"'=1+1"`],
    ['@x', `"'@x"`],
    ['-1', `"'-1"`],
    [-1, '-1'],
    ['\tx', `"'\tx"`],
    ['＝1', `"'＝1"`],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    [null, ''],
  ])('field %j becomes %s', (value, field) => expect(csvField(value)).toBe(field));
});
