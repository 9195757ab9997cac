import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { as, configured, person, workspaceOfFour } from '../workspaces/probe.ts';
import { Browser } from '../test/people.ts';
import { newId } from '../workspaces/random.ts';
import { addresses, company, openIdCompany, outcome, signOn } from './company.ts';
import { proveDomain } from './domains.ts';

const openId = {
  name: 'Acme',
  provider: { kind: 'openid', issuer: 'https://login.acme.com', clientId: 'cairn' },
};

describe('providers of a workspace', () => {
  test('are added, changed and removed by owners; their secret is never read back', async () => {
    const { workspaceId, people } = await workspaceOfFour();
    const path = `/workspaces/${workspaceId}/sign-on`;
    const clientSecret = 'a-secret-canary';
    expect((await as(people.admin)('POST', path, openId)).body.code).toBe('forbidden');
    const made = await as(people.owner)('POST', path, { ...openId, clientSecret });
    expect(made).toMatchObject({
      status: 201,
      body: { hasSecret: true, defaultRole: 'viewer', joins: true, enabled: true },
    });
    expect(made.body.ours.callback).toBe(`https://cairn.test/api/sign-on/${made.body.id}/callback`);
    const seen = await as(people.admin)('GET', path);
    expect(JSON.stringify([made, seen])).not.toContain(clientSecret);
    const { results } = await env.DB.prepare('select * from sign_on_connections').all();
    expect(JSON.stringify(results)).not.toContain(clientSecret);

    const one = `${path}/${made.body.id}`;
    const changed = await as(people.owner)('PUT', one, { ...openId, defaultRole: 'editor' });
    expect(changed.body).toMatchObject({ hasSecret: true, defaultRole: 'editor' });
    expect((await as(people.admin)('DELETE', one)).status).toBe(403);
    expect((await as(people.owner)('DELETE', one)).status).toBe(200);
    expect((await as(people.owner)('GET', path)).body.connections).toEqual([]);
  });

  test('keep the name they sign with: another one is another provider', async () => {
    const { workspaceId, people } = await workspaceOfFour();
    const path = `/workspaces/${workspaceId}/sign-on`;
    const made = await as(people.owner)('POST', path, openId);
    const other = { ...openId, provider: { ...openId.provider, issuer: 'https://evil.acme.com' } };
    const changed = await as(people.owner)('PUT', `${path}/${made.body.id}`, other);
    expect(changed).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  test.each([
    ['owner as default role', { ...openId, defaultRole: 'owner' }],
    ['no provider', { name: 'A' }],
    ['a kind of its own', { ...openId, provider: { kind: 'ldap' } }],
    [
      'plain http',
      { ...openId, provider: { ...openId.provider, issuer: 'http://login.acme.com' } },
    ],
    ['inside', { ...openId, provider: { ...openId.provider, issuer: 'https://10.0.0.1' } }],
    [
      'no certificate',
      {
        name: 'A',
        provider: {
          ...{ kind: 'saml', entityId: 'urn:a', entryPoint: 'https://a.com/sso' },
          certificates: ['not PEM'],
        },
      },
    ],
  ])('%s is refused', async (_, input) => {
    const { workspaceId, people } = await workspaceOfFour();
    const answer = await as(people.owner)('POST', `/workspaces/${workspaceId}/sign-on`, input);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });

  test('that are switched off let nobody in; of a closed workspace, only who was in before', async () => {
    const at = await openIdCompany();
    const path = new URL(at.connection.ours.start).pathname;
    expect((await new Browser().get(path)).status).toBe(303);
    const { name, provider } = at.connection;
    await at.ask('PUT', `/sign-on/${at.connection.id}`, { name, provider, enabled: false });
    expect((await new Browser().get(path)).status).toBe(404);
    await at.ask('PUT', `/sign-on/${at.connection.id}`, { name, provider });
    const who = { sub: newId(), email: `ada@${at.domain}`, email_verified: true };
    expect(outcome(await signOn(new Browser(), at, who))).toBe('ok');
    await at.ask('DELETE', '', { name: 'Acme' });
    expect(outcome(await signOn(new Browser(), at, who))).toBe('ok');
    const late = { sub: newId(), email: `bob@${at.domain}`, email_verified: true };
    expect(outcome(await signOn(new Browser(), at, late))).toBe('not-a-member');
  });

  test('are found by an address under a proven domain', async () => {
    const at = await openIdCompany();
    const find = async (email: string) =>
      (
        await (
          await new Browser().post('/api/sign-on/find', { email })
        ).json<{ connections: unknown[] }>()
      ).connections;
    expect(await find(`Ada@${at.domain.toUpperCase()}`)).toEqual([
      { id: at.connection.id, name: 'Acme' },
    ]);
    expect(await find(`ada@sub.${at.domain}`)).toEqual([]);
    expect(await find('ada@elsewhere.example')).toEqual([]);
  });
});

describe('domains', () => {
  const record = (name: string, texts: string[]) =>
    fetch(`${addresses.names}/records/${name}`, { method: 'PUT', body: JSON.stringify(texts) });

  test('are proven by a record that holds the workspace’s own text', async () => {
    const [one, two] = [await workspaceOfFour(), await workspaceOfFour()];
    const domain = `${newId().slice(0, 12)}.example`;
    const add = (four: typeof one) =>
      as(four.people.owner)('POST', `/workspaces/${four.workspaceId}/domains`, { domain });
    const prove = (four: typeof one) =>
      as(four.people.owner)('POST', `/workspaces/${four.workspaceId}/domains/${domain}/prove`);
    const [asked, others] = [await add(one), await add(two)];
    expect(asked).toMatchObject({ status: 201, body: { domain, verifiedAt: null } });
    expect(asked.body.record.value).not.toBe(others.body.record.value);

    expect((await prove(one)).body.code).toBe('domain-not-proven');
    await record(asked.body.record.name, ['v=spf1 -all', others.body.record.value]);
    expect((await prove(one)).body.code).toBe('domain-not-proven');
    await record(domain, [asked.body.record.value]);
    expect((await prove(one)).body.code).toBe('domain-not-proven');
    await record(asked.body.record.name, ['v=spf1 -all', asked.body.record.value]);
    expect((await prove(one)).body.verifiedAt).toBeGreaterThan(0);
    expect((await prove(two)).body.code).toBe('domain-not-proven');
    const path = `/workspaces/${one.workspaceId}/domains/${domain}`;
    expect((await as(one.people.owner)('DELETE', path)).status).toBe(200);
    expect((await prove(one)).status).toBe(404);
  });

  test('are confirmed by the operator where there is no resolver', async () => {
    const view = { domain: 'a.example', record: { name: 'a', value: 'b' }, verifiedAt: null };
    const without = { ...configured, NAME_RESOLVER: undefined };
    expect(await proveDomain(without, newId(), view, 0)).toBe('no-resolver');
    const broken = { ...configured, NAME_RESOLVER: `${addresses.rogue}/redirect` };
    expect(await proveDomain(broken, newId(), view, 0)).toBe('no-answer');
  });

  test.each([
    'localhost',
    'com',
    'a..com',
    '-a.com',
    'a.com/x',
    'a b.com',
    '10.0.0.1',
    'x@a.com',
    '',
  ])('%s is none', async (domain) => {
    const { workspaceId, people } = await workspaceOfFour();
    const path = `/workspaces/${workspaceId}/domains`;
    expect((await as(people.owner)('POST', path, { domain })).status).toBe(400);
  });
});

test('single sign-on only can be asked for once somebody has signed on, and then holds', async () => {
  const at = await openIdCompany();
  const policy = { singleSignOnOnly: true };
  expect((await at.ask('PUT', '/policy', policy)).status).toBe(409);
  const browser = new Browser();
  const who = { sub: newId(), email: `ada@${at.domain}`, email_verified: true };
  expect(outcome(await signOn(browser, at, who))).toBe('ok');
  expect((await at.ask('PUT', '/policy', policy)).status).toBe(200);
  expect((await browser.get(`/api/workspaces/${at.workspaceId}/members`)).status).toBe(200);
  // The owner, with password and two factors: the way back in, and nothing else.
  expect((await at.ask('GET', '/policy')).status).toBe(200);
  expect(await (await at.ask('GET', '/members')).json()).toMatchObject({
    code: 'policy-single-sign-on',
  });
  expect((await at.ask('PUT', '/policy', {})).status).toBe(200);
  expect((await at.ask('GET', '/members')).status).toBe(200);
});

test('removing a provider ends what its sessions are good for', async () => {
  const at = await openIdCompany();
  const browser = new Browser();
  const who = { sub: newId(), email: `ada@${at.domain}`, email_verified: true };
  await signOn(browser, at, who);
  const path = `/api/workspaces/${at.workspaceId}`;
  expect((await browser.get(path)).status).toBe(200);
  await at.ask('DELETE', `/sign-on/${at.connection.id}`);
  expect((await browser.get(path)).status).toBe(403);
});

test('other members’ sign-on is nobody’s business', async () => {
  const at = await company();
  expect((await as(person())('GET', `/workspaces/${at.workspaceId}/sign-on`)).status).toBe(404);
});
