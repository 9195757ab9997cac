/** `/.well-known/security.txt`, RFC 9116: whom to tell about a weakness. */
import { Hono } from 'hono';
import type { AppContext } from '../app-types.ts';
import type { Env } from '../env.ts';

const day = 86_400_000;
/** RFC 9116 asks for less than a year. Whole days, so that caches and readers see one text a day. */
const goodForDays = 180;

/** Null unless the operator named a contact, as `mailto:` or `https:` address. */
export function securityText(env: Env, origin: string, now: number): string | null {
  const contact = env.SECURITY_CONTACT ?? '';
  if (!/^(mailto:|https:\/\/)[!-~]{3,200}$/.test(contact)) return null;
  const expires = new Date((Math.floor(now / day) + goodForDays) * day).toISOString();
  return [
    `Contact: ${contact}`,
    `Expires: ${expires}`,
    'Preferred-Languages: en, fr, de',
    `Canonical: ${origin}/.well-known/security.txt`,
    '',
  ].join('\n');
}

export const wellKnownRoutes = new Hono<AppContext>().get('/security.txt', (context) => {
  const origin = context.env.APP_ORIGIN || new URL(context.req.url).origin;
  const text = securityText(context.env, origin, Date.now());
  if (text === null) return context.text('Not found', 404);
  return context.body(text, 200, { 'Content-Type': 'text/plain; charset=utf-8' });
});
