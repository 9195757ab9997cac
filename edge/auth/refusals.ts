import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { isAPIError } from 'better-auth/api';
import type { AppContext } from '../app-types.ts';
import { openMailer } from '../mail/mailer.ts';
import { refuse } from '../requests.ts';
import { giveBack, networkOf, take, type LimitName, type Taken } from './limits.ts';
import { readAuthSettings } from './settings.ts';

/** In front of every route of accounts. Answers hold what nobody else may see: never kept. */
export const withAccounts = createMiddleware<AppContext>(async (context, next) => {
  context.header('Cache-Control', 'no-store');
  if (!readAuthSettings(context.env, context.req.url)) {
    return refuse(context, 503, 'accounts-not-configured', 'accounts are not set up here');
  }
  await next();
});

/** In front of routes that cannot do their work without mail. */
export const withMail = createMiddleware<AppContext>(async (context, next) => {
  if (!openMailer(context.env)) {
    return refuse(context, 503, 'mail-not-configured', 'mail is not set up here');
  }
  await next();
});

export function tooMany(context: Context<AppContext>, taken: Taken) {
  context.header('Retry-After', String(taken.retryAfter));
  return refuse(context, 429, 'too-many-tries', `try again in ${taken.retryAfter} seconds`);
}

export const networkSubject = (context: Context<AppContext>) => networkOf(context.var.address);

/** Counts a try of this address and refuses when there were too many. */
export const limitByAddress = (name: LimitName) =>
  createMiddleware<AppContext>(async (context, next) => {
    const taken = await take(context.env, name, [networkSubject(context)]);
    if (!taken.allowed) return tooMany(context, taken);
    await next();
  });

/** The library's refusals come as errors; what is none of those is a fault. */
export async function orRefused<T>(call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (isAPIError(error)) return null;
    throw error;
  }
}

/** Counts a try of the person of this request to prove who they are; gives it back when it was good. */
export async function confirmTry(
  context: Context<AppContext>,
  check: () => Promise<boolean>,
): Promise<'right' | 'wrong' | Taken> {
  const subject = [context.var.person?.id ?? ''];
  const taken = await take(context.env, 'confirmByPerson', subject);
  if (!taken.allowed) return taken;
  if (!(await check())) return 'wrong';
  await giveBack(context.env, 'confirmByPerson', subject);
  return 'right';
}
