import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SessionView } from '../contract/people.ts';
import {
  Browser,
  browserOf,
  createPerson,
  createSession,
  goodPassword,
  mailTo,
  tokenIn,
} from '../test/people.ts';
import { idleTimeMs } from './session.ts';

const email = 'lise@example.org';
let home: Browser;
let id = '';
beforeAll(async () => {
  const person = await createPerson({ email, password: true });
  ({ id } = person);
  home = browserOf(person, '198.51.100.1');
});

const browserWith = (cookie: string) => browserOf({ cookie }, '198.51.100.2');
const isIn = async (browser: Browser) =>
  (await (await browser.get('/api/auth/session')).json<{ person: unknown }>()).person !== null;
const listed = async (browser: Browser) =>
  (await (await browser.get('/api/auth/sessions')).json<{ sessions: SessionView[] }>()).sessions;

describe('sessions', () => {
  test('are listed, and end one by one', async () => {
    const other = browserWith(await createSession(id));
    const sessions = await listed(home);
    expect(sessions).toHaveLength(2);
    expect(sessions.filter((one) => one.current)).toHaveLength(1);
    const foreign = sessions.find((one) => !one.current)!;
    expect(
      (await home.fetch(`/api/auth/sessions/${foreign.id}`, { method: 'DELETE' })).status,
    ).toBe(200);
    expect(await isIn(other)).toBe(false);
    expect(await isIn(home)).toBe(true);
  });

  test('of others cannot be ended', async () => {
    const stranger = browserWith((await createPerson()).cookie);
    const [own] = await listed(home);
    const answer = await stranger.fetch(`/api/auth/sessions/${own!.id}`, { method: 'DELETE' });
    expect(answer.status).toBe(404);
    expect(await isIn(home)).toBe(true);
  });

  test('end all at once', async () => {
    const person = await createPerson();
    const all = [browserWith(person.cookie), browserWith(await createSession(person.id))];
    const answer = await all[0]!.fetch('/api/auth/sessions', { method: 'DELETE' });
    expect(await answer.json()).toEqual({ ended: 2 });
    expect(await Promise.all(all.map(isIn))).toEqual([false, false]);
  });

  test('end when unused for a week, and after thirty days whatever happens', async () => {
    const person = await createPerson();
    const [idle, old] = [browserWith(person.cookie), browserWith(await createSession(person.id))];
    expect(await isIn(idle)).toBe(true);
    const long = Date.now() - idleTimeMs - 1;
    await env.DB.prepare('update sessions set seen_at = ?1, created_at = ?2 where person_id = ?3')
      .bind(long, new Date(long).toISOString(), person.id)
      .run();
    expect(await isIn(idle)).toBe(false);
    await env.DB.prepare('update sessions set seen_at = ?1, expires_at = ?2 where person_id = ?3')
      .bind(Date.now(), new Date(Date.now() - 1).toISOString(), person.id)
      .run();
    expect(await isIn(old)).toBe(false);
  });

  test('of a workspace’s provider may not touch the account', async () => {
    const person = await createPerson();
    const sso = browserWith(await createSession(person.id, { method: 'sso' }));
    const tries = [
      sso.post('/api/auth/passkeys/options'),
      sso.post('/api/auth/change-email', { email: 'thief@example.org' }),
      sso.post('/api/auth/two-factor/begin', {}),
      sso.post('/api/auth/confirm', { password: goodPassword }),
      sso.get('/api/auth/passkeys'),
      sso.fetch('/api/auth/profile', { method: 'PATCH', json: { name: 'Thief' } }),
      sso.post('/api/auth/google/link'),
    ];
    for (const answer of await Promise.all(tries)) {
      expect(await answer.json()).toMatchObject({ code: 'session-of-one-workspace' });
    }
  });
});

test('from a session of a workspace’s provider only those of that provider are reached', async () => {
  const person = await createPerson();
  const own = browserWith(person.cookie);
  const [first, second] = [
    await createSession(person.id, { method: 'sso' }),
    await createSession(person.id, { method: 'sso' }),
  ];
  await env.DB.batch([
    env.DB.prepare(
      "insert into workspaces (id, name, created_at, created_by) values ('w1', 'W', 0, '')",
    ),
    env.DB.prepare(
      "insert into workspaces (id, name, created_at, created_by) values ('w2', 'W', 0, '')",
    ),
    env.DB.prepare(
      `insert into sign_on_sessions (session_id, workspace_id, connection_id, second_factor, created_at)
       select id, case when rowid = (select max(rowid) from sessions) then 'w2' else 'w1' end, 'c', 0, 0
       from sessions where person_id = ? and method = 'sso'`,
    ).bind(person.id),
  ]);
  const sso = browserWith(first);
  expect(await listed(sso)).toHaveLength(1);
  expect(await listed(own)).toHaveLength(3);
  const foreign = (await listed(own)).find((one) => one.current)!;
  const denied = await sso.fetch(`/api/auth/sessions/${foreign.id}`, { method: 'DELETE' });
  expect(denied.status).toBe(404);
  await sso.fetch('/api/auth/sessions', { method: 'DELETE' });
  expect(await Promise.all([own, sso, browserWith(second)].map(isIn))).toEqual([true, false, true]);
});

describe('a proof of who one is', () => {
  test('is asked for again after a quarter of an hour, for what changes how one signs in', async () => {
    const longAgo = Date.now() - 16 * 60_000;
    await env.DB.prepare('update sessions set confirmed_at = ?, created_at = ? where person_id = ?')
      .bind(longAgo, new Date(longAgo).toISOString(), id)
      .run();
    const stale = await home.post('/api/auth/passkeys/options');
    expect(await stale.json()).toMatchObject({ code: 'confirm-needed' });
    const wrong = await home.post('/api/auth/confirm', { password: 'not-this-one-77' });
    expect(wrong.status).toBe(403);
    const right = await home.post('/api/auth/confirm', { password: goodPassword });
    expect(right.status).toBe(200);
    expect((await home.post('/api/auth/passkeys/options')).status).toBe(200);
  });
});

describe('a new password', () => {
  const change = (current: string, password: string) =>
    home.post('/api/auth/change-password', { current, password });

  test('takes the old one, keeps the rule, ends the other sessions', async () => {
    const other = browserWith(await createSession(id));
    expect((await change('not-the-old-one-1', 'brave-new-words-9')).status).toBe(403);
    const plain = await change(goodPassword, 'aaaaaaaaaaaaaaaa');
    expect(await plain.json()).toMatchObject({ code: 'password-common' });
    expect(await (await change(goodPassword, goodPassword)).json()).toMatchObject({
      code: 'password-unchanged',
    });
    const before = home.cookies.get('__Host-cairn.session_token');
    expect((await change(goodPassword, 'brave-new-words-9')).status).toBe(200);
    expect(home.cookies.get('__Host-cairn.session_token')).not.toBe(before);
    expect(await isIn(home)).toBe(true);
    expect(await isIn(other)).toBe(false);
    const signIn = { email, password: 'brave-new-words-9' };
    expect((await new Browser().post('/api/auth/sign-in', signIn)).status).toBe(200);
    await mailTo(email, (mail) => mail.text.includes('password of your Cairn account was changed'));
  });

  test('by mail: the same answer for all, a link good once, all sessions end', async () => {
    const stranger = new Browser('198.51.100.9');
    const [known, unknown] = [
      await stranger.post('/api/auth/request-reset', { email }),
      await stranger.post('/api/auth/request-reset', { email: 'nobody@example.org' }),
    ];
    expect(known.status).toBe(unknown.status);
    expect(await known.text()).toBe(await unknown.text());
    const names = (response: Response) => [...response.headers.keys()].sort();
    expect(names(known)).toEqual(names(unknown));
    const token = tokenIn(await mailTo(email, (mail) => mail.subject.startsWith('Set a new')));
    const reset = (password: string) =>
      stranger.post('/api/auth/reset-password', { token, password });
    expect(await (await reset('tooshort')).json()).toMatchObject({ code: 'password-too-short' });
    const both = await Promise.all([reset('fresh-start-today-5'), reset('other-start-today-5')]);
    expect(both.map((one) => one.status).sort()).toEqual([200, 400]);
    expect(await isIn(home)).toBe(false);
    expect((await reset('third-start-today-5')).status).toBe(400);
  });

  test('by a link that is too old, or was followed by another, is refused', async () => {
    const stranger = new Browser('198.51.100.10');
    const before = (await env.DB.prepare('select count(*) as n from captured_mails').first(
      'n',
    )) as number;
    await stranger.post('/api/auth/request-reset', { email });
    await stranger.post('/api/auth/request-reset', { email });
    for (let i = 0; i < 200; i += 1) {
      const now = (await env.DB.prepare('select count(*) as n from captured_mails').first(
        'n',
      )) as number;
      if (now >= before + 2) break;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    const tokens = await env.DB.prepare(
      `select text from captured_mails where subject like 'Set a new%' order by at desc, rowid desc limit 2`,
    ).all<{ text: string }>();
    const [newer, older] = tokens.results.map((mail) => /token=(\w+)/.exec(mail.text)![1]);
    const reset = (token: string | undefined) =>
      stranger.post('/api/auth/reset-password', { token, password: 'never-to-be-set-5' });
    const held = await env.DB.prepare('select count(*) as n from mail_tokens').first('n');
    expect(held).toBe(1);
    await env.DB.prepare('update mail_tokens set expires_at = ?').bind(Date.now()).run();
    expect((await reset(older)).status).toBe(400);
    expect((await reset(newer)).status).toBe(400);
  });
});

test('a new address needs a link sent to it, and the old one is told', async () => {
  const browser = browserOf(await createPerson({ email: 'before@example.org' }));
  await browser.post('/api/auth/change-email', { email: 'after@example.org' });
  const token = tokenIn(await mailTo('after@example.org'));
  const thief = browserWith((await createPerson()).cookie);
  const stolen = await thief.post('/api/auth/confirm-email', { token });
  expect(stolen.status).toBe(400);
  await browser.post('/api/auth/change-email', { email: 'after@example.org' });
  const again = tokenIn(await mailTo('after@example.org', (mail) => tokenIn(mail) !== token));
  const done = await browser.post('/api/auth/confirm-email', { token: again });
  expect(await done.json()).toEqual({ email: 'after@example.org' });
  await mailTo('before@example.org', (mail) => mail.text.includes('another address'));
});
