import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { Authenticator } from '../test/authenticator.ts';
import { Browser, browserOf, createPerson, mailTo, origin } from '../test/people.ts';

type Creation = Parameters<Authenticator['create']>[0];
type Request_ = Parameters<Authenticator['get']>[0];

async function signedIn() {
  const person = await createPerson();
  return { person, browser: browserOf(person) };
}

async function register(browser: Browser, device: Authenticator) {
  const options = await (await browser.post('/api/auth/passkeys/options')).json<Creation>();
  const credential = await device.create(options);
  return browser.post('/api/auth/passkeys', { name: 'Telephone', credential });
}

async function signIn(browser: Browser, device: Authenticator) {
  const options = await (await browser.post('/api/auth/passkeys/sign-in/options')).json<Request_>();
  const credential = await device.get(options);
  return { answer: await browser.post('/api/auth/passkeys/sign-in', { credential }), credential };
}

const personOf = async (browser: Browser) =>
  (await (await browser.get('/api/auth/session')).json<{ person: object | null }>()).person;

describe('a passkey', () => {
  test('is added, signs in as two factors, is listed and removed', async () => {
    const { person, browser } = await signedIn();
    const device = new Authenticator(origin);
    const added = await register(browser, device);
    expect(added.status).toBe(201);
    await mailTo(person.email, (mail) => mail.text.includes('passkey was added'));
    const other = new Browser('198.51.100.1');
    const { answer } = await signIn(other, device);
    expect(await answer.json()).toEqual({ next: 'signed-in' });
    expect(await personOf(other)).toMatchObject({
      id: person.id,
      method: 'passkey',
      twoFactor: true,
    });
    const { passkeys } = await (
      await other.get('/api/auth/passkeys')
    ).json<{
      passkeys: { id: string; name: string }[];
    }>();
    expect(passkeys).toMatchObject([{ name: 'Telephone' }]);
    const remove = () => other.fetch(`/api/auth/passkeys/${passkeys[0]!.id}`, { method: 'DELETE' });
    expect(await (await remove()).json()).toMatchObject({ code: 'last-way-in' });
    await register(other, new Authenticator(origin));
    expect((await remove()).status).toBe(200);
    expect((await signIn(new Browser(), device)).answer.status).toBe(401);
  });

  test('of a device that did not check who holds it is refused, at both ends', async () => {
    const { browser } = await signedIn();
    const careless = new Authenticator(origin);
    careless.verifies = false;
    expect((await register(browser, careless)).status).toBe(400);
    const device = new Authenticator(origin);
    await register(browser, device);
    device.verifies = false;
    const stranger = new Browser();
    expect((await signIn(stranger, device)).answer.status).toBe(401);
    expect(await personOf(stranger)).toBeNull();
  });

  test('answers one challenge once, of this site, with its own key', async () => {
    const { browser } = await signedIn();
    const device = new Authenticator(origin);
    await register(browser, device);
    const stranger = new Browser();
    const { answer, credential } = await signIn(stranger, device);
    expect(answer.status).toBe(200);
    const replay = await new Browser().post('/api/auth/passkeys/sign-in', { credential });
    expect(replay.status).toBe(401);
    const next = new Browser();
    await next.post('/api/auth/passkeys/sign-in/options');
    expect((await next.post('/api/auth/passkeys/sign-in', { credential })).status).toBe(401);
    device.origin = 'https://evil.test';
    expect((await signIn(new Browser(), device)).answer.status).toBe(401);
    const forged = new Authenticator(origin);
    forged.id = device.id;
    forged.userHandle = device.userHandle;
    expect((await signIn(new Browser(), forged)).answer.status).toBe(401);
  });

  test('of one person cannot be removed by another', async () => {
    const { browser } = await signedIn();
    const { id } = await (
      await register(browser, new Authenticator(origin))
    ).json<{ id: string }>();
    const other = await signedIn();
    await register(other.browser, new Authenticator(origin));
    const answer = await other.browser.fetch(`/api/auth/passkeys/${id}`, { method: 'DELETE' });
    expect(answer.status).toBe(404);
    const left = env.DB.prepare('select count(*) as n from passkeys where id = ?').bind(id);
    expect(await left.first('n')).toBe(1);
  });
});
