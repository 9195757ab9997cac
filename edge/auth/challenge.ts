/** Between the first factor and the second: who is being asked for a code. */
import type { Context } from 'hono';
import type { AppContext, SignInMethod } from '../app-types.ts';
import { cookieName, readCookie, removeCookie } from './cookies.ts';
import { settingsOf } from './session.ts';
import { firstFactorCookie } from './start-session.ts';

export interface Challenge {
  personId: string;
  email: string;
  /** What the first factor was. */
  method: SignInMethod;
}

const challengeCookie = cookieName('two_factor');

/** Null when there is none, or when it is over. */
export async function readChallenge(context: Context<AppContext>): Promise<Challenge | null> {
  const { secret } = settingsOf(context);
  const identifier = await readCookie(context, challengeCookie, secret);
  const method = await readCookie(context, firstFactorCookie, secret);
  if (!identifier || !method) return null;
  const person = await context.env.DB.prepare(
    `select people.id as personId, people.email from verifications
     join people on people.id = verifications.value
     where identifier = ? and verifications.expires_at > ?`,
  )
    .bind(identifier, new Date().toISOString())
    .first<Omit<Challenge, 'method'>>();
  return person && { ...person, method: method as SignInMethod };
}

export function endChallenge(context: Context<AppContext>): void {
  removeCookie(context, challengeCookie);
  removeCookie(context, firstFactorCookie);
}
