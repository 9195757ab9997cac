/** What the operator decided about accounts, read from the environment and checked. */
import type { Env } from '../env.ts';

export interface AuthSettings {
  /** Signs cookies and encrypts what must be read back. At least 32 characters. */
  secret: string;
  /** `https://host`, without a slash at the end: what links begin with and `Origin` must equal. */
  origin: string;
  /** A machine of one's own: mail is captured and shown at /dev/inbox. */
  isLocal: boolean;
  /** Whether people may sign up without an invitation. */
  openSignUp: boolean;
  google: { issuer: string; clientId: string; clientSecret: string } | null;
}

export const shortestSecret = 32;
const googleIssuer = 'https://accounts.google.com';

export const isLocalHost = (hostname: string) =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);

export const isLocalMode = (env: Env) => env.LOCAL_MODE === 'on';

/** The address is fixed, since it is written into mails; only a local one follows the request. */
function originOf(env: Env, requestUrl: string): string | null {
  if (env.APP_ORIGIN) {
    const url = URL.parse(env.APP_ORIGIN);
    return url?.protocol === 'https:' ? url.origin : null;
  }
  const url = new URL(requestUrl);
  return isLocalMode(env) && isLocalHost(url.hostname) ? url.origin : null;
}

/** Null when accounts are not set up, or not safely: then there are none, and all else works. */
export function readAuthSettings(env: Env, requestUrl: string): AuthSettings | null {
  const secret = env.BETTER_AUTH_SECRET ?? '';
  const origin = originOf(env, requestUrl);
  if (secret.length < shortestSecret || !origin) return null;
  const { GOOGLE_CLIENT_ID: clientId, GOOGLE_CLIENT_SECRET: clientSecret } = env;
  return {
    secret,
    origin,
    isLocal: isLocalMode(env),
    openSignUp: env.SIGN_UP === 'open',
    google:
      clientId && clientSecret
        ? { issuer: env.GOOGLE_ISSUER || googleIssuer, clientId, clientSecret }
        : null,
  };
}
