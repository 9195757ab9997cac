/** People for tests: through the real routes, or straight into the database where only that matters. */
import { env, exports } from 'cloudflare:workers';
import { scryptSync } from 'node:crypto';
import { sessionCookie } from '../auth/cookies.ts';
import { createPerson as storePerson } from '../auth/people.ts';
import { randomId, randomToken } from '../auth/random.ts';
import { sessionLifetimeMs } from '../auth/session.ts';
import type { SignInMethod } from '../app-types.ts';
import { capturedMails, type CapturedMail } from '../mail/capture.ts';

export const origin = 'https://cairn.test';
export const goodPassword = 'otter-piano-7-lantern';

export interface TestPerson {
  /** For the `Cookie` header. */
  cookie: string;
  id: string;
  email: string;
}

/** A browser: keeps cookies, says where its requests come from. */
export class Browser {
  cookies = new Map<string, string>();
  address: string;
  userAgent = 'Mozilla/5.0 (test)';

  constructor(address = '203.0.113.7') {
    this.address = address;
  }

  /** Replaced where a test needs another environment. */
  send = (request: Request): Promise<Response> => exports.default.fetch(request);

  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async fetch(path: string, init: RequestInit & { json?: unknown } = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('cf-connecting-ip', this.address);
    headers.set('user-agent', this.userAgent);
    if (!headers.has('origin')) headers.set('origin', origin);
    if (this.cookies.size > 0) headers.set('cookie', this.cookie);
    if (init.json !== undefined) headers.set('content-type', 'application/json');
    const response = await this.send(
      new Request(new URL(path, origin), {
        redirect: 'manual',
        ...init,
        headers,
        ...(init.json === undefined ? {} : { body: JSON.stringify(init.json) }),
      }),
    );
    this.keep(response);
    return response;
  }

  post = (path: string, json: unknown = {}) => this.fetch(path, { method: 'POST', json });
  get = (path: string) => this.fetch(path);

  keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      const name = pair.slice(0, at);
      if (/max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, pair.slice(at + 1));
    }
  }
}

/** Waits for a mail to `to` that `fits`; mails go out after the answer. */
export async function mailTo(
  to: string,
  fits: (mail: CapturedMail) => boolean = () => true,
): Promise<CapturedMail> {
  for (let tries = 0; tries < 400; tries += 1) {
    const mail = (await capturedMails(env, to)).find(fits);
    if (mail) return mail;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`no such mail to ${to}`);
}

export const tokenIn = (mail: CapturedMail) => /#token=([0-9a-f]{64})/.exec(mail.text)?.[1] ?? '';

/** Signs up through the routes: asks, follows the link, is signed in. */
export async function signUpIn(
  browser: Browser,
  email: string,
  password = goodPassword,
): Promise<TestPerson> {
  const asked = await browser.post('/api/auth/sign-up', { name: 'Test', email, password });
  if (asked.status !== 202) throw new Error(`sign-up: ${asked.status} ${await asked.text()}`);
  const mail = await mailTo(email, (mail) => mail.subject.startsWith('Confirm'));
  const done = await browser.post('/api/auth/verify-email', { token: tokenIn(mail) });
  if (done.status !== 200) throw new Error(`verify: ${done.status} ${await done.text()}`);
  const { person } = await (
    await browser.get('/api/auth/session')
  ).json<{
    person: { id: string };
  }>();
  return { cookie: browser.cookie, id: person.id, email };
}

export const signUp = (email: string, password?: string) =>
  signUpIn(new Browser(), email, password);

interface Wanted {
  /** Gives them `goodPassword`, hashed at a cost that tests can afford. */
  password?: boolean;
  email?: string;
  name?: string;
  method?: SignInMethod;
  twoFactor?: boolean;
}

/** A person and a session of theirs without hashing and mail: some milliseconds. */
export async function createPerson(wanted: Wanted = {}): Promise<TestPerson> {
  const email = wanted.email ?? `${randomId().slice(0, 12)}@example.org`;
  const passwordHash = wanted.password ? cheapHash(goodPassword) : undefined;
  const id = await storePerson(env, { email, name: wanted.name ?? 'Test', passwordHash });
  if (!id) throw new Error(`${email} is taken`);
  return { id, email, cookie: await createSession(id, wanted) };
}

/** As passwords/hash.ts writes it, with other numbers: it checks with those that it reads. */
function cheapHash(password: string): string {
  const key = scryptSync(password, 'salt', 32, { N: 1024, r: 1, p: 1 });
  const salt = Buffer.from('salt').toString('base64');
  return ['scrypt', 1024, 1, 1, salt, key.toString('base64')].join('$');
}

export function browserOf(person: Pick<TestPerson, 'cookie'>, address?: string): Browser {
  const browser = new Browser(address);
  for (const pair of person.cookie.split('; ')) {
    const at = pair.indexOf('=');
    browser.cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return browser;
}

/** Another session of a person; returns its cookie. */
export async function createSession(personId: string, wanted: Wanted = {}): Promise<string> {
  const token = randomToken();
  const now = Date.now();
  await env.DB.prepare(
    `insert into sessions (id, person_id, token, expires_at, created_at, updated_at, method,
       two_factor, seen_at) values (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8)`,
  )
    .bind(
      ...[randomId(), personId, token, new Date(now + sessionLifetimeMs).toISOString()],
      ...[new Date(now).toISOString(), wanted.method ?? 'password'],
      ...[Number(wanted.twoFactor ?? false), now],
    )
    .run();
  return `${sessionCookie}=${encodeURIComponent(`${token}.${await signatureOf(token)}`)}`;
}

async function signatureOf(text: string): Promise<string> {
  const encoder = new TextEncoder();
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const secret = encoder.encode(env.BETTER_AUTH_SECRET);
  const key = await crypto.subtle.importKey('raw', secret, hmac, false, ['sign']);
  const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)));
  return btoa(String.fromCharCode(...bytes));
}
