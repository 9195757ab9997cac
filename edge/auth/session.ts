/** Who a request comes from. */
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { AppContext, Person, SignInMethod } from '../app-types.ts';
import type { Env } from '../env.ts';
import { refuse } from '../requests.ts';
import { readCookie, removeCookie, sessionCookie } from './cookies.ts';
import { readAuthSettings, type AuthSettings } from './settings.ts';

const hour = 3_600_000;
/** A session ends this long after it began, whatever happens … */
export const sessionLifetimeMs = 30 * 24 * hour;
/** … and this long after it was last used (NIST SP 800-63B at level 1 asks for 30 days at most). */
export const idleTimeMs = 7 * 24 * hour;
/** How exactly the last use is known. */
const seenStepMs = hour;
/** How long a proof of identity lets one change how one signs in. */
export const confirmationMs = 15 * 60_000;

interface Row {
  id: string;
  email: string;
  name: string;
  email_verified: number;
  session_id: string;
  session_created_at: string;
  expires_at: string;
  method: SignInMethod;
  two_factor: number;
  seen_at: number;
}

async function findSession(env: Env, token: string, now: number): Promise<Person | null> {
  const row = await env.DB.prepare(
    `select people.id, email, name, email_verified, sessions.id as session_id,
       sessions.created_at as session_created_at, expires_at, method, two_factor, seen_at
     from sessions join people on people.id = sessions.person_id where token = ?`,
  )
    .bind(token)
    .first<Row>();
  if (!row) return null;
  const createdAt = Date.parse(row.session_created_at);
  const lastSeen = Math.max(row.seen_at, createdAt);
  if (now >= Date.parse(row.expires_at) || now >= lastSeen + idleTimeMs) {
    await env.DB.prepare('delete from sessions where id = ?').bind(row.session_id).run();
    return null;
  }
  if (now >= lastSeen + seenStepMs) {
    await env.DB.prepare('update sessions set seen_at = ? where id = ?')
      .bind(now, row.session_id)
      .run();
  }
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    emailVerified: row.email_verified === 1,
    twoFactor: row.two_factor === 1,
    sessionId: row.session_id,
    sessionCreatedAt: createdAt,
    method: row.method,
  };
}

/** Sets `context.var.person`. Without accounts, without a cookie or with a wrong one it is null. */
export const withPerson = createMiddleware<AppContext>(async (context, next) => {
  context.set('person', await personOf(context));
  await next();
});

async function personOf(context: Context<AppContext>): Promise<Person | null> {
  if (!context.req.header('cookie')?.includes(sessionCookie)) return null;
  const settings = readAuthSettings(context.env, context.req.url);
  if (!settings) return null;
  const token = await readCookie(context, sessionCookie, settings.secret);
  const person = token ? await findSession(context.env, token, Date.now()) : null;
  if (!person) removeCookie(context, sessionCookie);
  return person;
}

export const requirePerson = createMiddleware<AppContext>(async (context, next) => {
  if (!context.var.person) return refuse(context, 401, 'not-signed-in', 'sign in first');
  await next();
});

/** A session of a workspace's provider is good for that workspace only, never for the account itself. */
export const ownSessionOnly = createMiddleware<AppContext>(async (context, next) => {
  const { person } = context.var;
  if (!person) return refuse(context, 401, 'not-signed-in', 'sign in first');
  if (person.method === 'sso') {
    const message = 'sign in to the account itself';
    return refuse(context, 403, 'session-of-one-workspace', message);
  }
  await next();
});

/** For what changes how one signs in: the person proved who they are within the last minutes. */
export const requireConfirmed = createMiddleware<AppContext>(async (context, next) => {
  const { person } = context.var;
  if (!person) return refuse(context, 401, 'not-signed-in', 'sign in first');
  if (person.method === 'sso') {
    const message = 'sign in to the account itself';
    return refuse(context, 403, 'session-of-one-workspace', message);
  }
  const row = await context.env.DB.prepare('select confirmed_at as at from sessions where id = ?')
    .bind(person.sessionId)
    .first<{ at: number }>();
  const at = Math.max(row?.at ?? 0, person.sessionCreatedAt);
  if (Date.now() - at > confirmationMs) {
    return refuse(context, 403, 'confirm-needed', 'prove again who you are');
  }
  await next();
});

/** For routes of accounts: the settings, or null and an answer that there are none. */
export function settingsOf(context: Context<AppContext>): AuthSettings {
  const settings = readAuthSettings(context.env, context.req.url);
  if (!settings) throw new AccountsNotConfigured();
  return settings;
}

export class AccountsNotConfigured extends Error {
  constructor() {
    super('accounts are not set up');
    this.name = 'AccountsNotConfigured';
  }
}
