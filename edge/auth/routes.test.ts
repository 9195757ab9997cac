import { createExecutionContext, env } from 'cloudflare:test';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Env } from '../env.ts';
import app from '../index.ts';
import { auditActions } from '../audit/actions.ts';
import { Browser, browserOf, createPerson, goodPassword, origin } from '../test/people.ts';
import { authRoutes } from './routes.ts';

const ask = (path: string, init: RequestInit, more: Partial<Env>, base = origin) =>
  app.request(`${base}${path}`, init, { ...env, ...more }, createExecutionContext());
const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };

describe('where accounts are not set up', () => {
  test.each([
    ['no secret', { BETTER_AUTH_SECRET: undefined }],
    ['a short secret', { BETTER_AUTH_SECRET: 'short' }],
    ['no address', { APP_ORIGIN: '', LOCAL_MODE: '' }],
    ['an address without TLS', { APP_ORIGIN: 'http://cairn.test' }],
    ['an address that is none', { APP_ORIGIN: 'cairn' }],
  ])('for %s, there are none, and the app works', async (_, more) => {
    for (const path of ['/sign-in', '/sign-up', '/passkeys/sign-in/options']) {
      const answer = await ask(`/api/auth${path}`, post, more);
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({ code: 'accounts-not-configured' });
    }
    const offer = await ask('/api/auth/settings', {}, more);
    expect(await offer.json()).toMatchObject({ accounts: false });
    const { cookie } = await createPerson();
    const withCookie = await ask('/api/auth/settings', { headers: { cookie } }, more);
    expect(withCookie.status).toBe(200);
    expect((await ask('/record', {}, more)).status).toBe(200);
  });

  test('a local address is taken in local mode alone', async () => {
    const more = { APP_ORIGIN: '' };
    const local = await ask('/api/auth/settings', {}, more, 'http://localhost:5173');
    expect(await local.json()).toMatchObject({ accounts: true });
    const other = await ask('/api/auth/settings', {}, more, 'http://evil.test');
    expect(await other.json()).toMatchObject({ accounts: false });
  });

  test('without mail nobody can sign up, but sign in', async () => {
    const none = { MAILER: '' };
    expect((await ask('/api/auth/sign-up', post, none)).status).toBe(503);
    const { email } = await createPerson({ password: true });
    const body = JSON.stringify({ email, password: goodPassword });
    expect((await ask('/api/auth/sign-in', { ...post, body }, none)).status).toBe(200);
  });
});

/** Every route with its method; parameters filled in. */
const routes = [
  ...new Map(
    authRoutes.routes
      .filter(({ method, path }) => method !== 'ALL' && path !== '/*')
      .map(({ method, path }) => [`${method} ${path}`, { method, path }]),
  ).values(),
].map(({ method, path }) => ({ method, path: `/api/auth${path.replace(/:\w+/g, 'x')}` }));

const anything = fc.oneof(
  fc.anything({ withNullPrototype: false }).map((value) => JSON.stringify(value) ?? ''),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .record(
      {
        email: fc.oneof(fc.emailAddress(), fc.string()),
        password: fc.string(),
        name: fc.string(),
        token: fc.oneof(fc.string(), fc.constant('a'.repeat(64))),
        code: fc.oneof(fc.string(), fc.constant('123456')),
        invitation: fc.string(),
        returnTo: fc.string(),
        current: fc.string(),
        credential: fc.anything(),
      },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value)),
);

describe('whatever comes in', () => {
  test('there are as many routes as we know of', () => {
    expect(routes.length).toBeGreaterThan(25);
  });

  test('the answer is ours: never a fault, never a stack', async () => {
    const person = await createPerson();
    const some = fc.constantFrom(...routes);
    await fc.assert(
      fc.asyncProperty(some, anything, fc.boolean(), async ({ method, path }, body, isIn) => {
        const browser = isIn ? browserOf(person) : new Browser();
        const hasBody = method !== 'GET' && method !== 'HEAD';
        const response = await browser.fetch(path, {
          method,
          headers: { 'content-type': 'application/json' },
          ...(hasBody ? { body } : {}),
        });
        expect(response.status).toBeLessThan(500 + (path.includes('google') ? 4 : 0));
        const text = await response.text();
        expect(text).not.toMatch(/\bat \w+.*:\d+:\d+|node_modules|sqlite/i);
        expect(response.headers.get('cache-control')).toBe('no-store');
      }),
      { numRuns: 250 },
    );
  });

  test.each(routes.filter(({ method }) => method !== 'GET'))(
    '$method $path of another site is refused',
    async ({ method, path }) => {
      const response = await browserOf(await createPerson()).fetch(path, {
        method,
        headers: { origin: 'https://evil.test' },
        json: {},
      });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'wrong-origin' });
    },
  );
});

test('what people do is in the audit log, with where from, and without what is secret', async () => {
  const person = await createPerson({ password: true });
  const browser = new Browser('203.0.113.50');
  const signIn = (password: string) =>
    browser.post('/api/auth/sign-in', { email: person.email, password });
  await signIn('a canary that sings 1');
  await signIn(goodPassword);
  await browser.post('/api/auth/sign-out');
  for (let tries = 0; tries < 200; tries += 1) {
    const count = await env.DB.prepare('select count(*) as n from audit_events where target_id = ?')
      .bind(person.id)
      .first<number>('n');
    if ((count ?? 0) >= 3) break;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  const { results } = await env.DB.prepare(
    'select action, outcome, address, request_id, detail from audit_events where target_id = ?',
  )
    .bind(person.id)
    .all<{ action: string; outcome: string; address: string; request_id: string }>();
  const seen = results.map(({ action, outcome }) => `${action} ${outcome}`).sort();
  expect(seen).toEqual([
    'person.signed-in denied',
    'person.signed-in success',
    'person.signed-out success',
  ]);
  for (const row of results) {
    expect(row.address).toBe('203.0.113.50');
    expect(row.request_id).toMatch(/^[0-9a-f]{32}$/);
    expect(auditActions).toContain(row.action);
  }
  const all = JSON.stringify(results);
  expect(all).not.toContain('canary');
  expect(all).not.toContain(person.email);
});
