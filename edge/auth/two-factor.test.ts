import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { capturedMails, type CapturedMail } from '../mail/capture.ts';
import { Browser, browserOf, createPerson, goodPassword, mailTo, tokenIn } from '../test/people.ts';
import { take } from './limits.ts';
import { hotp, stepMs } from './totp.ts';

const email = 'hedy@example.org';
let home: Browser;
let secret = '';
let backupCodes: string[] = [];

const stepNow = () => Math.floor(Date.now() / stepMs);
/** A code that was not used yet: codes are good once, and tests are faster than half a minute. */
async function freshCode() {
  await env.DB.prepare('update two_factors set last_step = 0').run();
  return hotp(secret, stepNow());
}
const signIn = (browser: Browser, password = goodPassword) =>
  browser.post('/api/auth/sign-in', { email, password });
const personOf = async (browser: Browser) =>
  (await (await browser.get('/api/auth/session')).json<{ person: { twoFactor: boolean } | null }>())
    .person;

/** The secret of an `otpauth:` address, which holds it in base32 (RFC 4648). */
function secretIn(address: string) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const digits = new URL(address).searchParams.get('secret')!.replace(/=+$/, '');
  const bits = [...digits].map((one) => alphabet.indexOf(one).toString(2).padStart(5, '0'));
  const bytes = bits.join('').match(/.{8}/g)!;
  return bytes.map((byte) => String.fromCharCode(parseInt(byte, 2))).join('');
}

test('codes are those of RFC 4226, appendix D', async () => {
  const codes = await Promise.all([0, 1, 2, 9].map((at) => hotp('12345678901234567890', at)));
  expect(codes).toEqual(['755224', '287082', '359152', '520489']);
});

beforeAll(async () => {
  home = new Browser('198.51.100.1');
  await createPerson({ email, password: true });
  // By the route: only then the browser is one that the account knows.
  await signIn(home);
  const elsewhere = new Browser('198.51.100.2');
  await signIn(elsewhere);
  const begun = await home.post('/api/auth/two-factor/begin', { password: goodPassword });
  const offered = await begun.json<{ address: string; backupCodes: string[] }>();
  secret = secretIn(offered.address);
  backupCodes = offered.backupCodes;
  const wrong = await home.post('/api/auth/two-factor/enable', { code: '000000' });
  expect(wrong.status).toBe(403);
  const on = await home.post('/api/auth/two-factor/enable', { code: await freshCode() });
  expect(await on.json()).toEqual({ enabled: true });
  // The session goes on as one with two factors; those from before end.
  expect(await personOf(home)).toMatchObject({ twoFactor: true });
  expect(await personOf(elsewhere)).toBeNull();
});

describe('turning it on', () => {
  test('is told by mail, and the secret is stored encrypted, the codes as hashes', async () => {
    await mailTo(email, (mail) => mail.text.includes('turned on'));
    const row = await env.DB.prepare('select * from two_factors').first();
    const stored = JSON.stringify(row);
    expect(stored).not.toContain(secret);
    for (const code of backupCodes) {
      expect(code.split('-').map((part) => part.length)).toEqual([5, 5, 5, 5]);
      expect(stored).not.toContain(code.replaceAll('-', ''));
    }
    expect(await (await home.get('/api/auth/two-factor')).json()).toEqual({
      enabled: true,
      backupCodesLeft: 10,
    });
  });

  test('needs the password', async () => {
    const other = browserOf(await createPerson({ password: true }));
    for (const body of [{}, { password: 'wrong-as-can-be-1' }]) {
      const answer = await other.post('/api/auth/two-factor/begin', body);
      expect(await answer.json()).toMatchObject({ code: 'credentials-wrong' });
    }
  });
});

test('who has no password needs none to turn it on, but a fresh session', async () => {
  const person = await createPerson({ method: 'passkey' });
  const browser = browserOf(person);
  expect((await browser.post('/api/auth/two-factor/begin', {})).status).toBe(200);
  const longAgo = Date.now() - 3_600_000;
  await env.DB.prepare('update sessions set created_at = ?, confirmed_at = 0 where person_id = ?')
    .bind(new Date(longAgo).toISOString(), person.id)
    .run();
  const stale = await browser.post('/api/auth/two-factor/begin', {});
  expect(await stale.json()).toMatchObject({ code: 'confirm-needed' });
});

describe('signing in', () => {
  test('gives nothing before the code, and two factors after it', async () => {
    const browser = new Browser('198.51.100.4');
    expect(await (await signIn(browser)).json()).toEqual({ next: 'second-factor' });
    expect([...browser.cookies.keys()].join()).not.toContain('session_token');
    expect(await personOf(browser)).toBeNull();
    const done = await browser.post('/api/auth/second-factor', { code: await freshCode() });
    expect(await done.json()).toEqual({ next: 'signed-in' });
    expect(await personOf(browser)).toMatchObject({ twoFactor: true });
  });

  test('a code alone is no way in', async () => {
    const answer = await new Browser().post('/api/auth/second-factor', { code: '123456' });
    expect(await answer.json()).toMatchObject({ code: 'challenge-gone' });
  });

  test('a code is good once: not again, not the one before it', async () => {
    const [first, second] = [new Browser('198.51.100.5'), new Browser('198.51.100.6')];
    await signIn(first);
    await signIn(second);
    const code = await freshCode();
    const before = await hotp(secret, stepNow() - 1);
    expect((await first.post('/api/auth/second-factor', { code })).status).toBe(200);
    for (const replay of [code, before]) {
      const answer = await second.post('/api/auth/second-factor', { code: replay });
      expect(await answer.json()).toMatchObject({ code: 'code-wrong' });
    }
  });

  test('of many at once with the same code one comes in', async () => {
    const browsers = Array.from({ length: 5 }, (_, i) => new Browser(`198.51.100.${30 + i}`));
    for (const browser of browsers) await signIn(browser);
    const code = await freshCode();
    const answers = await Promise.all(
      browsers.map((one) => one.post('/api/auth/second-factor', { code })),
    );
    expect(answers.filter((one) => one.status === 200)).toHaveLength(1);
  });

  test('a challenge is good for one sign-in', async () => {
    const browser = new Browser('198.51.100.7');
    await signIn(browser);
    const kept = new Map(browser.cookies);
    await browser.post('/api/auth/second-factor', { code: await freshCode() });
    const again = new Browser('198.51.100.7');
    again.cookies = kept;
    const answer = await again.post('/api/auth/second-factor', { code: await freshCode() });
    expect(answer.status).toBe(401);
    expect(await personOf(again)).toBeNull();
  });

  test('a backup code is good once, also at once, however it is typed', async () => {
    const [one, two] = [new Browser('198.51.100.8'), new Browser('198.51.100.9')];
    await signIn(one);
    await signIn(two);
    const code = backupCodes[0]!;
    const answers = await Promise.all([
      one.post('/api/auth/second-factor/backup', { code }),
      two.post('/api/auth/second-factor/backup', { code: code.replaceAll('-', '') }),
    ]);
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    const third = new Browser('198.51.100.10');
    await signIn(third);
    expect((await third.post('/api/auth/second-factor/backup', { code })).status).toBe(401);
    const other = { code: `  ${backupCodes[1]!.replaceAll('-', ' ')}` };
    expect((await third.post('/api/auth/second-factor/backup', other)).status).toBe(200);
  });
});

test('a new password leaves the second factor as it is', async () => {
  const browser = new Browser('198.51.100.11');
  await browser.post('/api/auth/request-reset', { email });
  const token = tokenIn(await mailTo(email, (mail) => mail.subject.startsWith('Set a new')));
  const reset = { token, password: goodPassword };
  const answer = await browser.post('/api/auth/reset-password', reset);
  expect(await answer.json()).toEqual({ next: 'sign-in' });
  expect(await personOf(browser)).toBeNull();
  expect(await (await signIn(browser)).json()).toEqual({ next: 'second-factor' });
  expect(await personOf(home)).toBeNull();
  await signIn(home);
  await home.post('/api/auth/second-factor', { code: await freshCode() });
});

describe('guessing codes', () => {
  test('is limited over all addresses, told to the owner, and does not keep them out', async () => {
    const { id } = (await env.DB.prepare('select id from people where email = ?')
      .bind(email)
      .first<{ id: string }>())!;
    // The tries of others before these, without the seconds that their passwords take to check.
    for (let i = 0; i < 17; i += 1) await take(env, 'codeByAccount', [id]);
    const statuses: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const guesser = new Browser(`192.0.2.${i + 1}`);
      await signIn(guesser);
      statuses.push((await guesser.post('/api/auth/second-factor', { code: '000000' })).status);
    }
    expect(statuses.at(-1)).toBe(429);
    await mailTo(email, (mail) => mail.subject.startsWith('Wrong codes'));
    await signIn(home);
    const own = await home.post('/api/auth/second-factor', { code: await freshCode() });
    expect(own.status).toBe(200);

    // In a new browser they come in once the guesser's password is worth nothing any more.
    const fresh = new Browser('198.51.100.60');
    await signIn(fresh);
    const code = { code: await freshCode() };
    expect((await fresh.post('/api/auth/second-factor', code)).status).toBe(429);
    const before = tokenIn(await mailTo(email, (mail) => mail.subject.startsWith('Set a new')));
    await fresh.post('/api/auth/request-reset', { email });
    const isNew = (mail: CapturedMail) => !['', before].includes(tokenIn(mail));
    const token = tokenIn(await mailTo(email, isNew));
    await fresh.post('/api/auth/reset-password', { token, password: goodPassword });
    await signIn(fresh);
    const again = { code: await freshCode() };
    expect((await fresh.post('/api/auth/second-factor', again)).status).toBe(200);
    await signIn(home);
    await home.post('/api/auth/second-factor', { code: await freshCode() });
  }, 120_000);
});

describe('turning it off', () => {
  test('takes the password and a code', async () => {
    const off = (body: object) => home.post('/api/auth/two-factor/disable', body);
    const password = goodPassword;
    expect((await off({ password })).status).toBe(400);
    expect(await (await off({ password, code: '000000' })).json()).toMatchObject({
      code: 'code-wrong',
    });
    expect(await (await off({ code: await freshCode() })).json()).toMatchObject({
      code: 'credentials-wrong',
    });
    expect(await (await off({ password, code: await freshCode() })).json()).toEqual({
      enabled: false,
    });
    expect(await personOf(home)).toMatchObject({ twoFactor: false });
    const mails = (await capturedMails(env, email)).map((mail) => mail.text);
    await mailTo(email, (mail) => mail.text.includes('turned off'));
    expect(mails.join()).not.toContain(secret);
  });
});
