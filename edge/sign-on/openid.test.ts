import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { Browser, createPerson } from '../test/people.ts';
import { newId } from '../workspaces/random.ts';
import {
  addresses,
  browserOf,
  company,
  connect,
  openIdCompany,
  outcome,
  personOf,
  signOn,
  start,
  throughProvider,
  type Connected,
} from './company.ts';

const someone = (at: Connected, over: object = {}) => ({
  sub: newId(),
  email: `ada@${at.domain}`,
  email_verified: true,
  name: 'Ada',
  ...over,
});

const roleIn = (workspaceId: string, personId: string) =>
  env.DB.prepare('select role from members where workspace_id = ? and person_id = ?')
    .bind(workspaceId, personId)
    .first<string>('role');

describe('with a real provider', () => {
  test('somebody new becomes a member, comes back as the same, and sees this workspace only', async () => {
    const at = await openIdCompany({ defaultRole: 'editor' });
    const who = someone(at);
    const browser = new Browser();
    const done = await signOn(browser, at, who, '?returnTo=/library');
    expect(done.headers.get('location')).toBe('/library');
    const person = (await personOf(browser))!;
    expect(person).toMatchObject({ email: who.email, method: 'sso' });
    expect(await roleIn(at.workspaceId, person.id)).toBe('editor');
    const list = await (await browser.get('/api/workspaces')).json();
    expect(list).toMatchObject({ workspaces: [{ id: at.workspaceId, role: 'editor' }] });
    expect((await browser.post('/api/workspaces', { name: 'Mine' })).status).toBe(403);

    // A new address at the provider is still the same person.
    const again = new Browser();
    expect(outcome(await signOn(again, at, { ...who, email: `l@${at.domain}` }))).toBe('ok');
    expect((await personOf(again))!.id).toBe(person.id);
  });

  test.each(['client_secret_post', 'none'])('%s works as well', async (method) => {
    const at = await openIdCompany({}, method);
    expect(outcome(await signOn(new Browser(), at, someone(at)))).toBe('ok');
  });

  test('a session of one workspace opens no other, though the person is a member there', async () => {
    const at = await openIdCompany();
    const browser = new Browser();
    await signOn(browser, at, someone(at));
    const { id } = (await personOf(browser))!;
    const other = await company();
    await env.DB.prepare(
      `insert into members (workspace_id, person_id, role, joined_at) values (?, ?, 'owner', 0)`,
    )
      .bind(other.workspaceId, id)
      .run();
    const answer = await browser.get(`/api/workspaces/${other.workspaceId}`);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'policy-other-workspace' });
    const list = await (await browser.get('/api/workspaces')).json<{ workspaces: unknown[] }>();
    expect(list.workspaces).toHaveLength(1);
  });

  test.each([
    [
      'an address of a domain that is not proven',
      { email: 'ada@elsewhere.example' },
      'domain-not-proven',
    ],
    ['a subdomain of one that is', { email: 'ada@sub.DOMAIN' }, 'domain-not-proven'],
    ['an address that the provider has not verified', { email_verified: false }, 'address-missing'],
    ['no address', { email: undefined }, 'address-missing'],
  ])('%s is refused', async (_, over, expected) => {
    const at = await openIdCompany();
    const who = someone(at, over);
    if (who.email?.includes('DOMAIN')) who.email = who.email.replace('DOMAIN', at.domain);
    const browser = new Browser();
    expect(outcome(await signOn(browser, at, who))).toBe(expected);
    expect(await personOf(browser)).toBeNull();
    expect(
      await env.DB.prepare('select 1 from people where email = ?')
        .bind(who.email ?? '')
        .first(),
    ).toBeNull();
  });

  test('where signing on does not join, only members and invited people come in', async () => {
    const at = await openIdCompany({ joins: false });
    const who = someone(at);
    expect(outcome(await signOn(new Browser(), at, who))).toBe('not-a-member');
    await at.ask('POST', '/invitations', { email: who.email, role: 'admin' });
    const browser = new Browser();
    expect(outcome(await signOn(browser, at, who))).toBe('ok');
    expect(await roleIn(at.workspaceId, (await personOf(browser))!.id)).toBe('admin');
  });

  test('who was removed does not come back by signing on, but by an invitation', async () => {
    const at = await openIdCompany();
    const who = someone(at);
    const browser = new Browser();
    await signOn(browser, at, who);
    const { id } = (await personOf(browser))!;
    await at.ask('DELETE', `/members/${id}`);
    expect((await browser.get(`/api/workspaces/${at.workspaceId}`)).status).toBe(404);
    expect(outcome(await signOn(new Browser(), at, who))).toBe('suspended');
    await at.ask('POST', '/invitations', { email: who.email, role: 'viewer' });
    expect(outcome(await signOn(new Browser(), at, who))).toBe('ok');
  });
});

describe('an account that has the address already', () => {
  const linkOf = (response: Response) => response.headers.get('location')!.split('#')[1]!;

  test('is not taken over: its owner links it, signed in, in the same browser', async () => {
    const at = await openIdCompany();
    const who = someone(at);
    const own = await createPerson({ email: who.email });
    const stranger = await createPerson();

    const browser = new Browser();
    const refused = await signOn(browser, at, who);
    expect(outcome(refused)).toBe('link-needed');
    expect(await personOf(browser)).toBeNull();
    const ticket = linkOf(refused);

    // In another browser the ticket is worth nothing, and with another account neither.
    expect((await browserOf(own).post('/api/sign-on/link', { ticket })).status).toBe(404);
    const asStranger = browserOf(stranger);
    const strangers = linkOf(await signOn(asStranger, at, who));
    const denied = await asStranger.post('/api/sign-on/link', { ticket: strangers });
    expect(await denied.json()).toEqual({ code: 'sign-on-refused', message: 'address-not-proven' });

    const mine = browserOf(own);
    const mineTicket = linkOf(await signOn(mine, at, who));
    const linked = await mine.post('/api/sign-on/link', { ticket: mineTicket });
    expect(await linked.json()).toEqual({ workspaceId: at.workspaceId, returnTo: '/' });
    expect((await mine.post('/api/sign-on/link', { ticket: mineTicket })).status).toBe(404);
    expect(await roleIn(at.workspaceId, own.id)).toBe('viewer');

    const later = new Browser();
    expect(outcome(await signOn(later, at, who))).toBe('ok');
    expect((await personOf(later))!.id).toBe(own.id);
  });

  test('another workspace’s provider cannot speak for it at all', async () => {
    const [at, evil] = [await openIdCompany(), await openIdCompany()];
    const victim = someone(at);
    await signOn(new Browser(), at, victim);
    // The very subject and address, from a provider that another workspace connected.
    expect(outcome(await signOn(new Browser(), evil, victim))).toBe('domain-not-proven');
  });
});

describe('the way back', () => {
  const begin = async () => {
    const at = await openIdCompany();
    const browser = new Browser();
    const begun = await start(browser, at);
    const back = new URL(await throughProvider(begun.headers.get('location')!, someone(at)));
    return { at, browser, back };
  };

  test('works once', async () => {
    const { browser, back } = await begin();
    expect(outcome(await browser.get(back.pathname + back.search))).toBe('ok');
    expect(outcome(await browser.get(back.pathname + back.search))).toBe('expired');
  });

  test('works in the browser that began only', async () => {
    const { back } = await begin();
    const other = new Browser();
    await start(other, await openIdCompany());
    expect(outcome(await other.get(back.pathname + back.search))).toBe('expired');
    expect(outcome(await new Browser().get(back.pathname + back.search))).toBe('expired');
  });

  test('works with the connection that began only', async () => {
    const { browser, back, at } = await begin();
    const other = await openIdCompany();
    const path = back.pathname.replace(at.connection.id, other.connection.id);
    expect(outcome(await browser.get(path + back.search))).toBe('expired');
  });

  test.each([
    ['state', 'expired'],
    ['code', 'not-trusted'],
    ['iss', 'not-trusted'],
  ])('with another %s ends: %s', async (name, expected) => {
    const { browser, back } = await begin();
    back.searchParams.set(name, name === 'iss' ? 'https://evil.example' : newId());
    expect(outcome(await browser.get(back.pathname + back.search))).toBe(expected);
    expect(await personOf(browser)).toBeNull();
  });

  test('ends after ten minutes', async () => {
    const { browser, back } = await begin();
    await env.DB.prepare('update sign_on_attempts set expires_at = ?').bind(Date.now()).run();
    expect(outcome(await browser.get(back.pathname + back.search))).toBe('expired');
  });

  test('that says no is said so', async () => {
    const { browser, back } = await begin();
    back.searchParams.delete('code');
    back.searchParams.set('error', 'access_denied');
    expect(outcome(await browser.get(back.pathname + back.search))).toBe('refused-by-provider');
  });

  test.each(['//evil.example', 'https://evil.example', '/\\evil.example', '/a b', 'javascript:1'])(
    'never leads to %s',
    async (returnTo) => {
      const at = await openIdCompany();
      const begun = await start(new Browser(), at, `?returnTo=${encodeURIComponent(returnTo)}`);
      expect(begun.status).toBe(400);
    },
  );
});

describe('with a provider that lies', () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const base64url = (data: Uint8Array | string) =>
    btoa(typeof data === 'string' ? data : String.fromCharCode(...data))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '');

  const newKey = async (kid: string) => {
    const pair = (await crypto.subtle.generateKey(algorithm, true, [
      'sign',
      'verify',
    ])) as CryptoKeyPair;
    const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey);
    return { pair, jwk: { ...jwk, kid, alg: 'ES256', use: 'sig' } };
  };
  type Key = Awaited<ReturnType<typeof newKey>>;

  const signed = async (claims: object, key: Key, header: object = {}) => {
    const head = { alg: 'ES256', kid: key.jwk.kid, ...header };
    const text = `${base64url(JSON.stringify(head))}.${base64url(JSON.stringify(claims))}`;
    const bytes = new TextEncoder().encode(text);
    const signature = await crypto.subtle.sign(algorithm, key.pair.privateKey, bytes);
    return `${text}.${base64url(new Uint8Array(signature))}`;
  };

  async function rogue() {
    const issuer = `${addresses.rogue}/${newId()}`;
    const set = (path: string, document: object) =>
      fetch(`${issuer}/document${path}`, { method: 'PUT', body: JSON.stringify(document) });
    const discovery = {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      id_token_signing_alg_values_supported: ['ES256'],
    };
    const publish = (...keys: Key[]) => set('/keys', { keys: keys.map((key) => key.jwk) });
    const discover = (over: object = {}) =>
      set('/.well-known/openid-configuration', { ...discovery, ...over });
    const key = await newKey('one');
    await Promise.all([discover(), publish(key)]);
    const provider = { kind: 'openid' as const, issuer, clientId: 'cairn' };
    const at = await connect(await company(), provider, { clientSecret: 'secret' });
    /** Signs on with whatever ID token `make` returns. */
    const enter = async (make: (good: Record<string, unknown>) => Promise<string>) => {
      const browser = new Browser();
      const begun = await start(browser, at);
      const sent = new URL(begun.headers.get('location')!).searchParams;
      const now = Math.floor(Date.now() / 1000);
      const good = {
        ...{ iss: issuer, aud: 'cairn', iat: now, exp: now + 300, nonce: sent.get('nonce') },
        ...{ sub: newId(), email: `eve@${at.domain}`, email_verified: true },
      };
      const query = new URLSearchParams({ state: sent.get('state')!, code: await make(good) });
      return outcome(
        await browser.get(`/api/sign-on/${at.connection.id}/callback?${query.toString()}`),
      );
    };
    return { issuer, at, key, publish, discover, enter };
  }

  test('the good token passes, so that the others fail for their own fault', async () => {
    const { enter, key } = await rogue();
    expect(await enter((good) => signed(good, key))).toBe('ok');
  });

  test.each([
    ['another audience', { aud: 'somebody-else' }],
    ['another issuer', { iss: 'https://accounts.google.com' }],
    ['another nonce', { nonce: 'replayed' }],
    ['no nonce', { nonce: undefined }],
    ['an hour too late', { exp: Math.floor(Date.now() / 1000) - 3600 }],
    ['no end', { exp: undefined }],
    ['no subject', { sub: undefined }],
    ['several audiences without saying which', { aud: ['cairn', 'somebody-else'] }],
  ])('%s: refused', async (_, over) => {
    const { enter, key } = await rogue();
    expect(await enter((good) => signed({ ...good, ...over }, key))).toBe('not-trusted');
  });

  test('a key that is not published: refused', async () => {
    const { enter } = await rogue();
    const other = await newKey('one');
    expect(await enter((good) => signed(good, other))).toBe('not-trusted');
  });

  test.each(['none', 'HS256'])('algorithm %s: refused', async (alg) => {
    const { enter, key } = await rogue();
    expect(await enter((good) => signed(good, key, { alg }))).toBe('not-trusted');
    const unsigned = async (good: object) =>
      `${base64url(JSON.stringify({ alg }))}.${base64url(JSON.stringify(good))}.`;
    expect(await enter(unsigned)).toBe('not-trusted');
  });

  test('a turned bit: refused', async () => {
    const { enter, key } = await rogue();
    const turned = async (good: Record<string, unknown>) => {
      const [head, , signature] = (await signed(good, key)).split('.');
      const body = base64url(JSON.stringify({ ...good, sub: 'somebody-else' }));
      return [head, body, signature].join('.');
    };
    expect(await enter(turned)).toBe('not-trusted');
  });

  test('keys are taken anew each time: the next one is good at once, the last one no more', async () => {
    const { enter, key, publish } = await rogue();
    const next = await newKey('two');
    await publish(key, next);
    expect(await enter((good) => signed({ ...good, email: undefined, sub: 's' }, next))).toBe(
      'address-missing',
    );
    await publish(next);
    expect(await enter((good) => signed(good, next))).toBe('ok');
    expect(await enter((good) => signed(good, key))).toBe('not-trusted');
  });

  test('another name in its own description: refused before anybody is sent there', async () => {
    const { at, discover, issuer } = await rogue();
    await discover({ issuer: 'https://accounts.google.com' });
    expect(outcome(await start(new Browser(), at))).toBe('not-trusted');
    await discover({ issuer });
    expect(outcome(await start(new Browser(), at))).toBe('ok');
  });

  test('endpoints inside the network: not asked', async () => {
    const { enter, key, discover } = await rogue();
    await discover({ token_endpoint: 'http://169.254.169.254/token' });
    expect(await enter((good) => signed(good, key))).toBe('not-trusted');
  });

  test('a second factor that it vouches for counts, others do not', async () => {
    const { at, enter, key } = await rogue();
    const factor = () =>
      env.DB.prepare(
        `select second_factor from sign_on_sessions where workspace_id = ? order by rowid desc limit 1`,
      )
        .bind(at.workspaceId)
        .first<number>('second_factor');
    await enter((good) => signed({ ...good, amr: ['pwd'] }, key));
    expect(await factor()).toBe(0);
    await enter((good) =>
      signed({ ...good, sub: 'two', email: `two@${at.domain}`, amr: ['pwd', 'mfa'] }, key),
    );
    expect(await factor()).toBe(1);
  });
});
