/** For tests: a workspace with a proven domain and a provider, and browsers that sign on through it. */
import { env } from 'cloudflare:workers';
import { inject } from 'vitest';
import type { ConnectionView, SignOnProvider } from '../contract/sign-on.ts';
import { Browser, createPerson, type TestPerson } from '../test/people.ts';
import { newId } from '../workspaces/random.ts';

export const addresses = inject('addresses');

export interface Company {
  owner: TestPerson;
  workspaceId: string;
  /** Proven for the workspace. */
  domain: string;
  /** As the owner, `path` below the workspace. */
  ask(method: string, path: string, json?: unknown): Promise<Response>;
}

export const browserOf = (person: TestPerson) => {
  const browser = new Browser();
  const at = person.cookie.indexOf('=');
  browser.cookies.set(person.cookie.slice(0, at), person.cookie.slice(at + 1));
  return browser;
};

export async function company(): Promise<Company> {
  const owner = await createPerson({ twoFactor: true });
  const browser = browserOf(owner);
  const { id: workspaceId } = await (
    await browser.post('/api/workspaces', { name: 'Acme' })
  ).json<{ id: string }>();
  const domain = `${newId().slice(0, 12)}.example`;
  const ask = (method: string, path: string, json?: unknown) =>
    browser.fetch(`/api/workspaces/${workspaceId}${path}`, { method, json });
  await ask('POST', '/domains', { domain });
  await env.DB.prepare('update workspace_domains set verified_at = 1 where domain = ?')
    .bind(domain)
    .run();
  return { owner, workspaceId, domain, ask };
}

export interface Connected extends Company {
  connection: ConnectionView;
}

export async function connect(
  at: Company,
  provider: SignOnProvider,
  more: object = {},
): Promise<Connected> {
  const answer = await at.ask('POST', '/sign-on', { name: 'Acme', provider, ...more });
  if (answer.status !== 201) throw new Error(`connect: ${answer.status} ${await answer.text()}`);
  return { ...at, connection: await answer.json<ConnectionView>() };
}

/** Registers a client with the real provider, then the provider with a new workspace. */
export async function openIdCompany(more: object = {}, method = 'client_secret_basic') {
  const at = await connect(await company(), {
    ...{ kind: 'openid', issuer: addresses.openId, clientId: 'not-yet' },
  });
  const registered = await fetch(`${addresses.openId}/reg`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      redirect_uris: [at.connection.ours.callback],
      token_endpoint_auth_method: method,
    }),
  });
  const client = await registered.json<{ client_id: string; client_secret?: string }>();
  const changed = await at.ask('PUT', `/sign-on/${at.connection.id}`, {
    name: 'Acme',
    provider: { kind: 'openid', issuer: addresses.openId, clientId: client.client_id },
    ...(client.client_secret ? { clientSecret: client.client_secret } : {}),
    ...more,
  });
  return { ...at, connection: await changed.json<ConnectionView>() };
}

export interface ProviderPerson {
  sub: string;
  email?: string;
  email_verified?: boolean;
  name?: string;
  amr?: string[];
}

export const start = (browser: Browser, { connection }: Connected, query = '') =>
  browser.get(`${new URL(connection.ours.start).pathname}${query}`);

/** Goes through the real provider as `who`; the answer is the address that it sends back to. */
export async function throughProvider(location: string, who: ProviderPerson): Promise<string> {
  const url = new URL(location);
  url.searchParams.set('login_hint', JSON.stringify(who));
  const cookies = new Map<string, string>();
  let next = url.href;
  while (next.startsWith(addresses.openId)) {
    const response = await fetch(next, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]!.split('=');
      cookies.set(name, value);
    }
    const to = response.headers.get('location');
    if (!to) throw new Error(`the provider stopped: ${response.status} ${await response.text()}`);
    next = new URL(to, next).href;
  }
  return next;
}

/** The whole way; the answer of our callback. */
export async function signOn(browser: Browser, at: Connected, who: ProviderPerson, query = '') {
  const begun = await start(browser, at, query);
  const back = new URL(await throughProvider(begun.headers.get('location')!, who));
  return browser.get(back.pathname + back.search);
}

/** `ok`, or the reason that the sign-in page is told. */
export const outcome = (response: Response) => {
  const location = response.headers.get('location') ?? '';
  return /^\/sign-in\?sign-on=([a-z-]+)/.exec(location)?.[1] ?? (location ? 'ok' : response.status);
};

export const personOf = async (browser: Browser) =>
  (
    await (
      await browser.get('/api/auth/session')
    ).json<{ person: { id: string; email: string; method: string } | null }>()
  ).person;
