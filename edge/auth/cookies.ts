/** Cookies of the edge: only for this host, only over https, out of reach of scripts. */
import type { Context } from 'hono';
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie';
import type { CookieOptions } from 'hono/utils/cookie';

export const cookiePrefix = '__Host-cairn';
export const sessionCookie = `${cookiePrefix}.session_token`;

/** Lax, not strict: who comes back from Google or from a link in a mail must still be signed in. */
export const cookieAttributes = {
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: 'lax',
} as const satisfies CookieOptions;

export const cookieName = (name: string) => `${cookiePrefix}.${name}`;

/** The value if our signature is on it. */
export async function readCookie(context: Context, name: string, secret: string) {
  return (await getSignedCookie(context, secret, name)) || null;
}

export const writeCookie = (
  context: Context,
  name: string,
  value: string,
  secret: string,
  maxAge: number,
) => setSignedCookie(context, name, value, secret, { ...cookieAttributes, maxAge });

export const removeCookie = (context: Context, name: string) =>
  deleteCookie(context, name, cookieAttributes);
