/**
 * Sign in with Google by OpenID Connect: authorisation code, PKCE, state and nonce. The issuer is a
 * setting, so that tests run this very code against another certified provider.
 */
import { Hono, type Context } from 'hono';
import type { AppContext } from '../app-types.ts';
import { startGoogleSchema } from '../contract/people.ts';
import { body, refuse } from '../requests.ts';
import { finishOpenId, startOpenId } from '../sign-on/openid.ts';
import { reportError } from '../logs/errors.ts';
import { routeOf } from '../logs/requests.ts';
import { tell } from './account-routes.ts';
import { cookieName, readCookie, removeCookie, writeCookie } from './cookies.ts';
import { personOfIdentity, type Identity } from './google-identity.ts';
import { notePerson } from './note.ts';
import { randomToken } from './random.ts';
import { limitByAddress } from './refusals.ts';
import { ownSessionOnly, requireConfirmed, settingsOf } from './session.ts';
import type { AuthSettings } from './settings.ts';
import { startSession } from './start-session.ts';
import { hasOtherWayIn } from './ways-in.ts';

const attemptCookie = cookieName('google');
const attemptSeconds = 600;
const callbackPath = '/api/auth/google/callback';

/** What the browser keeps while it is away. Signed by us, and read by nobody else. */
interface Attempt {
  state: string;
  nonce: string;
  verifier: string;
  returnTo: string;
  invitation: string | null;
  /** Set when a person who is signed in adds Google to the account. */
  linkTo: string | null;
}

const providerOf = ({ google }: AuthSettings) =>
  google && { kind: 'openid' as const, issuer: google.issuer, clientId: google.clientId };

/** Null when it fails, which is reported: Google may be away, or not be Google. */
async function orReported<T>(context: Context<AppContext>, work: () => Promise<T>) {
  try {
    return await work();
  } catch (error) {
    const { requestId } = context.var;
    await reportError(context.env, error, { route: routeOf(context), requestId });
    return null;
  }
}

async function start(
  context: Context<AppContext>,
  wanted: Pick<Attempt, 'returnTo' | 'invitation' | 'linkTo'>,
) {
  const settings = settingsOf(context);
  const provider = providerOf(settings);
  if (!provider) return refuse(context, 503, 'google-not-configured', 'Google is not set up here');
  const state = randomToken();
  const callback = settings.origin + callbackPath;
  const request = { state, callback, email: undefined };
  const begun = await orReported(context, () => startOpenId(context.env, provider, request));
  if (!begun) return refuse(context, 503, 'google-refused', 'Google does not answer');
  const { location, verifier, nonce } = begun;
  const attempt: Attempt = { ...wanted, state, nonce, verifier };
  const value = JSON.stringify(attempt);
  await writeCookie(context, attemptCookie, value, settings.secret, attemptSeconds);
  return context.json({ location });
}

/** The attempt that this browser began and that the answer belongs to. Ends it. */
async function takeAttempt(context: Context<AppContext>): Promise<Attempt | null> {
  const value = await readCookie(context, attemptCookie, settingsOf(context).secret);
  removeCookie(context, attemptCookie);
  const attempt = value ? (JSON.parse(value) as Attempt) : null;
  return attempt && attempt.state === context.req.query('state') ? attempt : null;
}

/** Null when Google, or who pretends to be, says anything that does not fit. */
async function identityOf(context: Context<AppContext>, attempt: Attempt) {
  const settings = settingsOf(context);
  const secret = settings.google!.clientSecret;
  return orReported(context, async (): Promise<Identity> => {
    const { subject, email, name } = await finishOpenId(
      context.env,
      providerOf(settings)!,
      secret,
      {
        url: new URL(context.req.url),
        callback: settings.origin + callbackPath,
        ...{ state: attempt.state, verifier: attempt.verifier, nonce: attempt.nonce },
      },
    );
    return { subject, email: email?.toLowerCase() ?? null, name };
  });
}

export const googleRoutes = new Hono<AppContext>()
  /** The browser goes to `location`, and comes back signed in or with `?error=` at the sign-in screen. */
  .post('/google/start', limitByAddress('passkeyByAddress'), body(startGoogleSchema), (context) => {
    const { returnTo, invitation } = context.req.valid('json');
    return start(context, { returnTo, invitation: invitation ?? null, linkTo: null });
  })
  .post('/google/link', requireConfirmed, (context) =>
    start(context, { returnTo: '/account', invitation: null, linkTo: context.var.person!.id }),
  )
  .get('/google', ownSessionOnly, async (context) => {
    const row = await context.env.DB.prepare(
      "select id from accounts where person_id = ? and provider_id = 'google'",
    )
      .bind(context.var.person!.id)
      .first();
    const isOffered = settingsOf(context).google !== null;
    return context.json({ offered: isOffered, linked: row !== null });
  })
  .delete('/google', requireConfirmed, async (context) => {
    const { env } = context;
    const person = context.var.person!;
    if (!(await hasOtherWayIn(env, person.id, { provider: 'google' }))) {
      return refuse(context, 409, 'last-way-in', 'there would be no way to sign in');
    }
    await env.DB.prepare("delete from accounts where person_id = ? and provider_id = 'google'")
      .bind(person.id)
      .run();
    await notePerson(context, person.id, 'person.account-unlinked');
    tell(context, person.email, 'google-unlinked');
    return context.json({ linked: false });
  })
  .get('/google/callback', limitByAddress('passkeyByAddress'), async (context) => {
    const back = (error: string) => context.redirect(`/sign-in?error=${error}`, 303);
    if (!settingsOf(context).google) return back('google-not-configured');
    const attempt = await takeAttempt(context);
    const identity = attempt && (await identityOf(context, attempt));
    if (!attempt || !identity) {
      await notePerson(context, null, 'person.signed-in', {
        outcome: 'denied',
        detail: { method: 'google' },
      });
      return back('google-refused');
    }
    // Who began to link is still the one who is signed in: else it would be somebody else's account.
    if (attempt.linkTo && attempt.linkTo !== context.var.person?.id) return back('google-refused');
    const found = await personOfIdentity(context, identity, attempt);
    if ('error' in found) return back(found.error);
    if (attempt.linkTo) return context.redirect(attempt.returnTo, 303);
    const { personId } = found;
    const { step } = await startSession(context, {
      personId,
      method: 'google',
      secondFactor: 'ask',
    });
    if (step === 'signed-in') return context.redirect(attempt.returnTo, 303);
    const next = encodeURIComponent(attempt.returnTo);
    return context.redirect(`/account/two-factor?next=${next}`, 303);
  });
