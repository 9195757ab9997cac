import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { capturedMails } from '../mail/capture.ts';
import app from '../index.ts';
import { Browser, goodPassword, mailTo, origin, signUpIn, tokenIn } from '../test/people.ts';

const ask = (browser: Browser, email: string, more: object = {}) =>
  browser.post('/api/auth/sign-up', { name: 'Ada', email, password: goodPassword, ...more });

const confirmMailTo = (email: string) => mailTo(email, (m) => m.subject.startsWith('Confirm'));

test('by mail, then in and out with the password', async () => {
  const browser = new Browser();
  const person = await signUpIn(browser, 'ada@example.org');
  const session = await browser.get('/api/auth/session');
  expect(await session.json()).toEqual({
    person: {
      id: person.id,
      email: 'ada@example.org',
      name: 'Test',
      twoFactor: false,
      method: 'password',
    },
  });
  expect((await browser.post('/api/auth/sign-out')).status).toBe(200);
  expect(await (await browser.get('/api/auth/session')).json()).toEqual({ person: null });
  const wrong = { email: 'ada@example.org', password: 'not-the-right-one-1' };
  expect((await browser.post('/api/auth/sign-in', wrong)).status).toBe(401);
  const right = { email: 'ADA@example.org ', password: goodPassword };
  const signedIn = await browser.post('/api/auth/sign-in', right);
  expect(await signedIn.json()).toEqual({ next: 'signed-in' });
});

test('a known address gets the same answer as an unknown one; only the mail differs', async () => {
  await signUpIn(new Browser(), 'known@example.org');
  const known = await ask(new Browser(), 'known@example.org');
  const unknown = await ask(new Browser(), 'unknown@example.org');
  expect(known.status).toBe(unknown.status);
  expect(await known.text()).toBe(await unknown.text());
  expect(headersOf(known)).toEqual(headersOf(unknown));
  await mailTo('known@example.org', (mail) => mail.subject.includes('already'));
  await confirmMailTo('unknown@example.org');
});

/** All but what is random in every answer. */
function headersOf(response: Response) {
  const lines = [...response.headers].filter(([name]) => name !== 'x-request-id');
  return lines.map(([name, value]) => [name, value.replace(/=[0-9a-f]{64}[^;]*/, '=token')]);
}

describe('the link', () => {
  test('is good once, of two at the same time too', async () => {
    const browser = new Browser();
    await ask(browser, 'once@example.org');
    const token = tokenIn(await confirmMailTo('once@example.org'));
    const both = await Promise.all([
      browser.post('/api/auth/verify-email', { token }),
      browser.post('/api/auth/verify-email', { token }),
    ]);
    expect(both.map((one) => one.status).sort()).toEqual([200, 400]);
    expect((await new Browser().post('/api/auth/verify-email', { token })).status).toBe(400);
  });

  test('needs the chosen password in another browser', async () => {
    await ask(new Browser(), 'other@example.org');
    const token = tokenIn(await confirmMailTo('other@example.org'));
    const other = new Browser();
    const bare = await other.post('/api/auth/verify-email', { token });
    expect(await bare.json()).toMatchObject({ code: 'password-needed' });
    const wrong = await other.post('/api/auth/verify-email', { token, password: 'a guess of 1' });
    expect(await wrong.json()).toMatchObject({ code: 'credentials-wrong' });
    const right = await other.post('/api/auth/verify-email', { token, password: goodPassword });
    expect(right.status).toBe(200);
  });

  test('is no good after an hour, and is not kept itself', async () => {
    await ask(new Browser(), 'late@example.org');
    const token = tokenIn(await confirmMailTo('late@example.org'));
    const rows = await env.DB.prepare('select * from pending_sign_ups where email = ?')
      .bind('late@example.org')
      .all();
    expect(JSON.stringify(rows.results)).not.toContain(token);
    await env.DB.prepare('update pending_sign_ups set expires_at = ? where email = ?')
      .bind(Date.now() - 1, 'late@example.org')
      .run();
    const late = await new Browser().post('/api/auth/verify-email', {
      token,
      password: goodPassword,
    });
    expect(await late.json()).toMatchObject({ code: 'link-invalid' });
  });
});

describe('what is refused', () => {
  test.each([
    ['short', 'Ab1!efghijk', 'password-too-short'],
    ['breached', 'Password1234', 'password-common'],
    ['the address', 'plain@example', 'password-common'],
  ])('a password that is %s', async (_, password, code) => {
    const answer = await ask(new Browser(), 'plain@example.org', { password });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code });
  });

  test.each(['a@b', 'a b@c.de', 'x@y.z\r\nBcc: v@w.de', '"a"@b.de', 'a@b.de,c@d.de', '<a@b.de>'])(
    'the address %j',
    async (email) => {
      expect((await ask(new Browser(), email)).status).toBe(400);
    },
  );

  test('signing up without an invitation where the operator says so', async () => {
    const waits: Promise<unknown>[] = [];
    const context = {
      waitUntil: (work: Promise<unknown>) => waits.push(work),
      passThroughOnException: () => undefined,
      props: {},
    };
    const request = (body: object) =>
      app.request(
        `${origin}/api/auth/sign-up`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin },
          body: JSON.stringify(body),
        },
        { ...env, SIGN_UP: 'invitation' },
        context as unknown as ExecutionContext,
      );
    const person = { name: 'Eve', email: 'eve@example.org', password: goodPassword };
    const closed = await request(person);
    expect(closed.status).toBe(403);
    expect(await closed.json()).toMatchObject({ code: 'sign-up-closed' });
    const invalid = await request({ ...person, invitation: 'f'.repeat(64) });
    expect(await invalid.json()).toMatchObject({ code: 'invitation-invalid' });
    await Promise.all(waits);
    expect(await capturedMails(env, 'eve@example.org')).toEqual([]);
  });
});
