import { createExecutionContext, env } from 'cloudflare:test';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import app from '../index.ts';
import { throughProvider, type ProviderPerson } from '../sign-on/company.ts';
import { Browser, browserOf, createPerson, mailTo, origin } from '../test/people.ts';
import { randomId } from './random.ts';

const issuer = inject('addresses').openId;
let google = {};
beforeAll(async () => {
  const registered = await fetch(`${issuer}/reg`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: [`${origin}/api/auth/google/callback`] }),
  });
  const client = await registered.json<{ client_id: string; client_secret: string }>();
  google = {
    GOOGLE_ISSUER: issuer,
    GOOGLE_CLIENT_ID: client.client_id,
    GOOGLE_CLIENT_SECRET: client.client_secret,
  };
});

function ready(browser = new Browser(), more: object = {}): Browser {
  browser.send = async (request) =>
    app.fetch(request, { ...env, ...google, ...more }, createExecutionContext());
  return browser;
}

const newPerson = (over: Partial<ProviderPerson> = {}): ProviderPerson => {
  const sub = randomId();
  return { sub, email: `${sub}@gmail.com`, email_verified: true, name: 'Maria', ...over };
};

async function begin(browser: Browser, path = 'start', body: object = {}) {
  const answer = await browser.post(`/api/auth/google/${path}`, body);
  return (await answer.json<{ location: string }>()).location;
}

/** The whole way through the provider and back; the answer of our callback. */
async function through(browser: Browser, who: ProviderPerson, path?: string, body?: object) {
  const back = new URL(await throughProvider(await begin(browser, path, body), who));
  return browser.get(back.pathname + back.search);
}

const to = (response: Response) => response.headers.get('location');
const personOf = async (browser: Browser) =>
  (await (await browser.get('/api/auth/session')).json<{ person: { id: string } | null }>()).person;

describe('signing in with Google', () => {
  test('makes a person, who comes back as the same', async () => {
    const who = newPerson();
    const browser = ready();
    const answer = await through(browser, who, 'start', { returnTo: '/library?sort=new' });
    expect([answer.status, to(answer)]).toEqual([303, '/library?sort=new']);
    const person = await personOf(browser);
    expect(person).toMatchObject({ email: who.email, name: 'Maria', method: 'google' });
    const again = ready();
    // Another address at Google: still the same person.
    await through(again, { ...who, email: `other-${who.email}` });
    expect((await personOf(again))?.id).toBe(person?.id);
  });

  test('asks for the second factor as well', async () => {
    const who = newPerson();
    const browser = ready();
    await through(browser, who);
    const { id } = (await personOf(browser))!;
    await env.DB.prepare('update people set two_factor_enabled = 1 where id = ?').bind(id).run();
    const next = ready();
    const answer = await through(next, who, 'start', { returnTo: '/edit/1' });
    expect(to(answer)).toBe('/account/two-factor?next=%2Fedit%2F1');
    expect(await personOf(next)).toBeNull();
  });

  test('with a mailbox of Google’s own opens the account that has its address', async () => {
    const who = newPerson();
    const owner = await createPerson({ email: who.email });
    const browser = ready();
    await through(browser, who);
    expect((await personOf(browser))?.id).toBe(owner.id);
    await mailTo(who.email!, (mail) => mail.text.includes('with Google'));
  });

  test('with another address does not: it may be somebody else’s by now', async () => {
    const who = newPerson({ email: 'boss@company.example' });
    const owner = await createPerson({ email: who.email });
    const browser = ready();
    expect(to(await through(browser, who))).toBe('/sign-in?error=google-sign-in-first');
    expect(await personOf(browser)).toBeNull();
    // Signed in, the owner can say that it is theirs.
    const own = ready(browserOf(owner));
    expect(to(await through(own, who, 'link'))).toBe('/account');
    await through(browser, who);
    expect((await personOf(browser))?.id).toBe(owner.id);
  });

  test('with an address that Google calls unproven is refused', async () => {
    const answer = await through(ready(), newPerson({ email_verified: false }));
    expect(to(answer)).toBe('/sign-in?error=google-refused');
  });

  test('makes nobody where an invitation is needed', async () => {
    const answer = await through(ready(new Browser(), { SIGN_UP: 'invitation' }), newPerson());
    expect(to(answer)).toBe('/sign-in?error=sign-up-closed');
  });
});

describe('an identity', () => {
  test('of one account cannot be linked to another', async () => {
    const who = newPerson();
    await through(ready(), who);
    const other = ready(browserOf(await createPerson()));
    expect(to(await through(other, who, 'link'))).toBe('/sign-in?error=google-linked-elsewhere');
  });

  test('is linked only to who is still signed in', async () => {
    const owner = ready(browserOf(await createPerson()));
    const back = new URL(await throughProvider(await begin(owner, 'link'), newPerson()));
    owner.cookies.delete('__Host-cairn.session_token');
    expect(to(await owner.get(back.pathname + back.search))).toBe('/sign-in?error=google-refused');
  });

  test('is unlinked unless it is the only way in', async () => {
    const browser = ready();
    await through(browser, newPerson());
    const answer = await browser.fetch('/api/auth/google', { method: 'DELETE' });
    expect(await answer.json()).toMatchObject({ code: 'last-way-in' });
    const both = browserOf(await createPerson({ password: true }));
    ready(both);
    await through(both, newPerson(), 'link');
    expect(await (await both.get('/api/auth/google')).json()).toEqual({
      offered: true,
      linked: true,
    });
    expect((await both.fetch('/api/auth/google', { method: 'DELETE' })).status).toBe(200);
  });
});

describe('an answer', () => {
  test('is refused in a browser that did not ask, with another state, and a second time', async () => {
    const browser = ready();
    const back = new URL(await throughProvider(await begin(browser), newPerson()));
    const path = back.pathname + back.search;
    const refused = '/sign-in?error=google-refused';
    expect(to(await ready().get(path))).toBe(refused);
    const kept = new Map(browser.cookies);
    const forged = new URL(back);
    forged.searchParams.set('state', 'f'.repeat(64));
    expect(to(await browser.get(forged.pathname + forged.search))).toBe(refused);
    browser.cookies = new Map(kept);
    expect(to(await browser.get(path))).toBe('/');
    browser.cookies = new Map(kept);
    expect(to(await browser.get(path))).toBe(refused);
  });

  test('never leads to another site', async () => {
    for (const returnTo of ['//evil.test', 'https://evil.test', '/\\evil.test', '/a\nb', 'edit']) {
      const answer = await ready().post('/api/auth/google/start', { returnTo });
      expect(answer.status).toBe(400);
    }
  });
});

test('while Google does not answer, one is told so', async () => {
  const browser = ready(new Browser(), { GOOGLE_ISSUER: 'http://127.0.0.1:1' });
  const answer = await browser.post('/api/auth/google/start', {});
  expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'google-refused' }]);
});

test('without Google set up, there is none', async () => {
  const answer = await new Browser().post('/api/auth/google/start', {});
  expect(await answer.json()).toMatchObject({ code: 'google-not-configured' });
});
