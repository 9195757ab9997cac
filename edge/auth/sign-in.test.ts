import { env } from 'cloudflare:workers';
import nodeCrypto from 'node:crypto';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import app from '../index.ts';
import { Browser, createPerson, goodPassword, mailTo, origin, signUpIn } from '../test/people.ts';
import { take } from './limits.ts';

const derive = vi.spyOn(nodeCrypto, 'scrypt');

const email = 'grace@example.org';
const wrong = 'certainly-wrong-9';
const signIn = (browser: Browser, password = goodPassword, address = email) =>
  browser.post('/api/auth/sign-in', { email: address, password });

const home = new Browser('198.51.100.1');
beforeAll(async () => {
  await createPerson({ email, password: true });
  await signIn(home);
});

/** Sends one wrong sign-in and counts what it makes the server do before it answers. */
async function workOf(address: string) {
  const statements: string[] = [];
  const DB = new Proxy(env.DB, {
    get(database, key: keyof D1Database) {
      if (key !== 'prepare') return (database[key] as () => unknown).bind(database);
      return (sql: string) => {
        statements.push(sql.replace(/\s+/g, ' '));
        return database.prepare(sql);
      };
    },
  });
  const later: Promise<unknown>[] = [];
  const context = { waitUntil: (work: Promise<unknown>) => later.push(work) };
  derive.mockClear();
  const response = await app.request(
    `${origin}/api/auth/sign-in`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, 'cf-connecting-ip': '192.0.2.99' },
      body: JSON.stringify({ email: address, password: wrong }),
    },
    { ...env, DB },
    context as unknown as ExecutionContext,
  );
  const headers = [...response.headers.keys()].filter((name) => name !== 'x-request-id');
  const seen = { status: response.status, body: await response.json(), headers };
  const hashes = derive.mock.calls.map((call) => call[3]);
  const before = [...statements];
  await Promise.all(later);
  return { seen, hashes, before };
}

describe('known and unknown addresses', () => {
  test('get the same answer for the same work', async () => {
    await signUpIn(new Browser(), 'real@example.org');
    const known = await workOf('real@example.org');
    const unknown = await workOf('nobody@example.org');
    expect(known.seen).toEqual(unknown.seen);
    expect(known.hashes).toEqual(unknown.hashes);
    expect(known.hashes).toHaveLength(1);
    expect(known.before).toEqual(unknown.before);
  });

  test('and so do those without a password', async () => {
    await env.DB.prepare(
      `insert into people (id, name, email, email_verified, created_at, updated_at)
       values ('nopass', 'N', 'nopass@example.org', 1, '2026-01-01', '2026-01-01')`,
    ).run();
    const without = await workOf('nopass@example.org');
    const unknown = await workOf('nobody@example.org');
    expect(without.seen).toEqual(unknown.seen);
    expect(without.hashes).toEqual(unknown.hashes);
    expect(without.before).toEqual(unknown.before);
  });
});

describe('the cookie', () => {
  test('is for this host alone, and its token is in no body', async () => {
    const browser = new Browser('198.51.100.2');
    const response = await signIn(browser);
    const lines = response.headers.getSetCookie();
    const session = lines.find((line) => line.startsWith('__Host-cairn.session_token='))!;
    expect(session).toMatch(/; Path=\//);
    expect(session).toMatch(/; HttpOnly/);
    expect(session).toMatch(/; Secure/);
    expect(session).toMatch(/; SameSite=Lax/i);
    expect(session).not.toMatch(/Domain/i);
    for (const line of lines) expect(line).toMatch(/^__Host-cairn\./);
    const value = decodeURIComponent(browser.cookies.get('__Host-cairn.session_token')!);
    const [token] = value.split('.');
    expect(token).toMatch(/^\w{32}$/);
    const bodies = [
      await response.text(),
      await (await browser.get('/api/auth/session')).text(),
      await (await browser.get('/api/auth/sessions')).text(),
    ];
    for (const body of bodies) expect(body).not.toContain(token);
  });

  test('is worth nothing with another signature, or none', async () => {
    const browser = new Browser('198.51.100.3');
    await signIn(browser);
    const name = '__Host-cairn.session_token';
    const [token] = decodeURIComponent(browser.cookies.get(name)!).split('.');
    for (const value of [token!, `${token}.${btoa('x'.repeat(32))}`, `${token}.`]) {
      const thief = new Browser();
      thief.cookies.set(name, encodeURIComponent(value));
      expect(await (await thief.get('/api/auth/session')).json()).toEqual({ person: null });
    }
  });

  test('is new at every sign-in, and the session before it ends', async () => {
    const browser = new Browser('198.51.100.4');
    await signIn(browser);
    const before = browser.cookie;
    await signIn(browser);
    const old = new Browser();
    for (const pair of before.split('; ')) {
      const at = pair.indexOf('=');
      old.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    expect(await (await old.get('/api/auth/session')).json()).toEqual({ person: null });
    expect(await (await browser.get('/api/auth/session')).json()).toMatchObject({
      person: { email },
    });
  });
});

describe('requests of other sites', () => {
  const post = (browser: Browser, headers: Record<string, string>) =>
    browser.fetch('/api/auth/sign-in', {
      method: 'POST',
      headers,
      json: { email, password: goodPassword },
    });
  test.each([
    ['another origin', { origin: 'https://evil.test' }],
    ['a subdomain', { origin: 'https://a.cairn.test' }],
    ['http', { origin: 'http://cairn.test' }],
    ['null', { origin: 'null' }],
  ])('are refused: %s', async (_, headers) => {
    expect((await post(new Browser(), headers)).status).toBe(403);
  });
  test('with a cookie, none at all is refused too', async () => {
    const headers = { cookie: home.cookie, 'content-type': 'application/json' };
    const request = (more: object = {}) =>
      app.request(
        `${origin}/api/auth/sign-out`,
        { method: 'POST', headers: { ...headers, ...more }, body: '{}' },
        env,
      );
    expect((await request()).status).toBe(403);
    expect((await request({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await request({ 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect(await (await home.get('/api/auth/session')).json()).toMatchObject({ person: { email } });
  });
  test('and so is a form', async () => {
    const response = await new Browser().fetch('/api/auth/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ email, password: goodPassword }),
    });
    expect(response.status).toBe(415);
  });
});

describe('guessing', () => {
  test('ends after ten tries from one address, and locks nobody else out', async () => {
    const victim = 'victim@example.org';
    const own = new Browser('198.51.100.20');
    await createPerson({ email: victim, password: true });
    await signIn(own, goodPassword, victim);
    const attacker = new Browser('192.0.2.50');
    const subject = [victim, attacker.address];
    for (let i = 0; i < 8; i += 1) await take(env, 'passwordByAccountAndAddress', subject);
    const statuses: number[] = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await signIn(attacker, wrong, victim)).status);
    expect(statuses).toEqual([401, 401, 429]);
    const refused = await signIn(attacker, goodPassword, victim);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    // The owner: elsewhere in a new browser, and at the attacker's own address in a known one.
    expect((await signIn(new Browser('198.51.100.21'), goodPassword, victim)).status).toBe(200);
    own.address = attacker.address;
    expect((await signIn(own, goodPassword, victim)).status).toBe(200);
  }, 60_000);

  test('at once counts as much as one after another', async () => {
    const attacker = new Browser('192.0.2.51');
    const subject = ['many@example.org', attacker.address];
    for (let i = 0; i < 8; i += 1) await take(env, 'passwordByAccountAndAddress', subject);
    const all = await Promise.all(
      Array.from({ length: 8 }, () => signIn(attacker, wrong, 'many@example.org')),
    );
    expect(all.filter((one) => one.status === 401)).toHaveLength(2);
  }, 60_000);

  test('from many addresses leaves each stranger fewer tries, and the owner theirs', async () => {
    const victim = 'target@example.org';
    const own = new Browser('198.51.100.30');
    await createPerson({ email: victim, password: true });
    await signIn(own, goodPassword, victim);
    for (let i = 0; i < 51; i += 1) await take(env, 'passwordByAccount', [victim]);
    const stranger = new Browser('192.0.2.60');
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await signIn(stranger, wrong, victim)).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
    const travelling = new Browser('203.0.113.99');
    expect((await signIn(travelling, goodPassword, victim)).status).toBe(200);
    for (let i = 0; i < 4; i += 1) await signIn(own, wrong, victim);
    expect((await signIn(own, goodPassword, victim)).status).toBe(200);
  }, 60_000);
});

test('a new browser is told to the owner, one known is not', async () => {
  const address = 'told@example.org';
  await createPerson({ email: address, password: true });
  await env.DB.prepare('update people set created_at = ? where email = ?')
    .bind('2026-01-01T00:00:00.000Z', address)
    .run();
  await signIn(new Browser('198.51.100.41'), goodPassword, address);
  const mail = await mailTo(address, (one) => one.subject.startsWith('New sign-in'));
  expect(mail.text).toContain(`${origin}/account`);
});
