/** The end of every way to sign in: marks the session, gives out its cookie, tells who must know. */
import type { Context } from 'hono';
import type { AppContext, SignInMethod } from '../app-types.ts';
import type { SignInStep } from '../contract/people.ts';
import { openMailer } from '../mail/mailer.ts';
import { newSignInMail } from '../mail/letters.ts';
import { inBackground } from './background.ts';
import { createAuth } from './better-auth.ts';
import { cookieName, sessionCookie, writeCookie } from './cookies.ts';
import { knows, readDevice, remember } from './device.ts';
import { notePerson } from './note.ts';
import { settingsOf } from './session.ts';
import { challengeMs } from './sign-in-plugin.ts';

/** Copies the cookies that the library set; its bodies, which hold the session's token, never. */
export function copyCookies(context: Context, headers: Headers): void {
  for (const cookie of headers.getSetCookie()) {
    context.header('Set-Cookie', cookie, { append: true });
  }
}

/** The token in the session cookie that the library set. */
export function sessionTokenIn(headers: Headers): string {
  const begin = `${sessionCookie}=`;
  const cookie = headers.getSetCookie().findLast((line) => line.startsWith(begin)) ?? '';
  const value = decodeURIComponent(cookie.slice(begin.length).split(';')[0] ?? '');
  return value.slice(0, value.lastIndexOf('.'));
}

export interface Begun {
  token: string;
  method: SignInMethod;
  /** Whether two factors were proven. */
  twoFactor: boolean;
}

/**
 * To be called with every session that the library began. The session that the browser had before
 * ends. Returns the ids of person and session.
 */
export async function finishSignIn(context: Context<AppContext>, begun: Begun) {
  const settings = settingsOf(context);
  const now = Date.now();
  const session = await context.env.DB.prepare(
    `update sessions set method = ?, two_factor = ?, seen_at = ?, confirmed_at = ?
     where token = ? returning id, person_id as personId`,
  )
    .bind(begun.method, Number(begun.twoFactor), now, now, begun.token)
    .first<{ id: string; personId: string }>();
  if (!session) throw new Error('a session that began is gone');
  const before = context.var.person;
  if (before) {
    await context.env.DB.prepare('delete from sessions where id = ?').bind(before.sessionId).run();
  }
  const device = await readDevice(context, settings.secret);
  const isKnown = await knows(device, session.personId);
  await remember(context, settings.secret, session.personId);
  context.set('person', null);
  await notePerson(context, session.personId, 'person.signed-in', {
    detail: { method: begun.method, twoFactor: begun.twoFactor, newBrowser: !isKnown },
  });
  if (!isKnown) inBackground(context, () => tellOfNewBrowser(context, session.personId));
  return session;
}

/** Not of the very first session: who has just signed up knows. */
async function tellOfNewBrowser(context: Context<AppContext>, personId: string): Promise<void> {
  const person = await context.env.DB.prepare(
    `select email, created_at as createdAt from people where id = ?`,
  )
    .bind(personId)
    .first<{ email: string; createdAt: string }>();
  if (!person || Date.now() - Date.parse(person.createdAt) < 60_000) return;
  const { origin } = settingsOf(context);
  await openMailer(context.env)?.send(newSignInMail(person.email, origin, Date.now()));
}

const methodCookie = cookieName('first_factor');

/** Remembers what the first factor was while the second is asked for. */
export const rememberFirstFactor = (context: Context<AppContext>, method: SignInMethod) =>
  writeCookie(context, methodCookie, method, settingsOf(context).secret, challengeMs / 1000);

export { methodCookie as firstFactorCookie };

/**
 * Signs a person in whom Google or a workspace's provider vouched for. With two factors on, `ask`
 * asks for the second one. `skip` is for a provider whose session is good for its workspace only.
 */
export async function startSession(
  context: Context<AppContext>,
  input: { personId: string; method: SignInMethod; secondFactor: 'ask' | 'skip' },
): Promise<{ step: SignInStep; sessionId: string | null }> {
  const auth = createAuth(context.env, settingsOf(context));
  const { headers, response } = await auth.api.startSession({
    body: { personId: input.personId, secondFactor: input.secondFactor },
    headers: context.req.raw.headers,
    returnHeaders: true,
  });
  if (!response.token && !response.challenged) throw new Error('no such person');
  copyCookies(context, headers);
  if (!response.token) {
    await rememberFirstFactor(context, input.method);
    return { step: 'second-factor', sessionId: null };
  }
  const { token } = response;
  const session = await finishSignIn(context, { token, method: input.method, twoFactor: false });
  return { step: 'signed-in', sessionId: session.id };
}

export { sessionCookie };
