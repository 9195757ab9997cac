/**
 * Single sign-on, for who is not signed in. A sign-on begins and ends in one browser, which a cookie
 * proves; every connection has addresses of its own, so that no provider can answer for another.
 */
import { Hono, type Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import * as v from 'valibot';
import type { AppContext } from '../app-types.ts';
import { cookieAttributes, cookieName } from '../auth/cookies.ts';
import { limitByAddress, withAccounts } from '../auth/refusals.ts';
import { requirePerson, settingsOf } from '../auth/session.ts';
import {
  findSignOnSchema,
  startQuerySchema,
  ticketSchema,
  type SamlProvider,
  type SignOnFailure,
} from '../contract/sign-on.ts';
import { logError } from '../logs/log.ts';
import { OutboundError } from '../outbound.ts';
import { body, query, refuse } from '../requests.ts';
import { noteIn } from '../workspaces/note.ts';
import { workspaceOfSession } from '../workspaces/person.ts';
import { newId, newToken } from '../workspaces/random.ts';
import {
  attemptMilliseconds,
  beginAttempt,
  peekAttempt,
  storeClaims,
  takeAttempt,
  takeTicket,
  type Attempt,
  type Claims,
} from './attempts.ts';
import {
  addressesOf,
  connectionsFor,
  openConnection,
  secretOf,
  type Connection,
} from './connections.ts';
import { findPerson, linkPerson } from './identities.ts';
import { finishOpenId, startOpenId } from './openid.ts';
import { finishSaml, largestAnswer, samlMetadata, startSaml, UntrustedAnswer } from './saml.ts';
import { openSession } from './session.ts';

const bindingCookie = cookieName('sign_on');
const isToken = (text: string | undefined): text is string => /^[0-9a-f]{64}$/.test(text ?? '');

/** The browser's secret, made when it has none. Several sign-ons may run beside each other. */
function bindBrowser(context: Context<AppContext>): string {
  const kept = getCookie(context, bindingCookie);
  const binding = isToken(kept) ? kept : newToken();
  setCookie(context, bindingCookie, binding, {
    ...cookieAttributes,
    maxAge: attemptMilliseconds / 1000,
  });
  return binding;
}

const bindingOf = (context: Context<AppContext>) => getCookie(context, bindingCookie) ?? '';

/** Back to the app's sign-in page, which says in words what went wrong. */
async function fail(
  context: Context<AppContext>,
  connection: Connection,
  failure: SignOnFailure,
  more: { ticket?: string; why?: string } = {},
) {
  // Who brings no sign-on that we began is nobody: they write nothing into a workspace's log.
  const chain = failure === 'expired' ? null : connection.workspaceId;
  await noteIn(context, chain, 'person.signed-in', {
    outcome: failure === 'link-needed' ? 'error' : 'denied',
    target: { kind: 'sign-on', id: connection.id },
    detail: { method: 'sso', reason: failure, ...(more.why ? { why: more.why } : {}) },
  });
  const ticket = more.ticket ? `#${more.ticket}` : '';
  return context.redirect(`/sign-in?sign-on=${failure}${ticket}`, 303);
}

/** For the owners' log: our own words and codes; what else errors say may hold content. */
function whyOf(error: unknown): string {
  if (error instanceof UntrustedAnswer || error instanceof OutboundError) return error.message;
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : String(name);
}

/** With what the provider said: into a session, or back with the reason why not. */
async function enter(
  context: Context<AppContext>,
  connection: Connection,
  attempt: Attempt,
  claims: Claims,
) {
  const now = Date.now();
  const found = await findPerson(context.env, connection, claims, now);
  if ('failure' in found) {
    if (found.failure !== 'link-needed') return fail(context, connection, found.failure);
    const ticket = await keepForLink(context, connection, attempt, claims, now);
    return fail(context, connection, 'link-needed', { ticket });
  }
  if (found.joined) {
    await noteIn(context, connection.workspaceId, 'member.joined', {
      target: { kind: 'person', id: found.personId },
      detail: { by: 'sign-on', connection: connection.id },
    });
  }
  await openSession(context, connection, { personId: found.personId, claims }, now);
  return context.redirect(attempt.returnTo, 303);
}

/** A fresh attempt of the same browser that holds what the provider said, for `link`. */
async function keepForLink(
  context: Context<AppContext>,
  connection: Connection,
  { returnTo }: Attempt,
  claims: Claims,
  now: number,
): Promise<string> {
  const kept = { id: newId(), verifier: null, nonce: null, requestId: null, returnTo };
  const binding = bindBrowser(context);
  await beginAttempt(context.env, connection, { ...kept, binding }, now);
  const attempt = await peekAttempt(context.env, connection.id, kept.id, now);
  return (await storeClaims(context.env, attempt!, claims, now))!;
}

type SamlConnection = Connection & { provider: SamlProvider };
const isSaml = (connection: Connection | null): connection is SamlConnection =>
  connection?.provider.kind === 'saml';

const missing = (context: Context<AppContext>) =>
  refuse(context, 404, 'not-found', 'no such sign-on');

/**
 * Mounted before the check of origins: the browser posts the provider's answer from the provider's
 * page. No cookie comes with it, so it opens no session; `finish` does, in the browser that began.
 */
export const samlAnswerRoutes = new Hono<AppContext>().post(
  '/:connectionId/acs',
  withAccounts,
  limitByAddress('signOnByAddress'),
  async (context) => {
    const connection = await openConnection(context.env, context.req.param('connectionId'));
    if (!isSaml(connection)) return missing(context);
    const length = Number(context.req.header('content-length') ?? Infinity);
    const type = context.req.header('content-type') ?? '';
    if (!(length <= 2 * largestAnswer) || !type.startsWith('application/x-www-form-urlencoded')) {
      return refuse(context, 400, 'invalid-request', 'not an answer of a provider');
    }
    // Read as bytes: the runtime warns of text in a body that is not called text.
    const form = new URLSearchParams(new TextDecoder().decode(await context.req.arrayBuffer()));
    const [SAMLResponse, state] = [form.get('SAMLResponse') ?? '', form.get('RelayState') ?? ''];
    const now = Date.now();
    const attempt = await peekAttempt(context.env, connection.id, state, now);
    if (!attempt?.requestId) return fail(context, connection, 'expired');
    const { origin } = settingsOf(context);
    try {
      const answer = { SAMLResponse, requestId: attempt.requestId };
      const claims = await finishSaml(context.env, connection, origin, answer, now);
      const ticket = await storeClaims(context.env, attempt, claims, now);
      if (!ticket) return await fail(context, connection, 'expired');
      return context.redirect(`/api/sign-on/${connection.id}/finish?ticket=${ticket}`, 303);
    } catch (error) {
      logError('an answer of a SAML provider is not trusted', error);
      return fail(context, connection, 'not-trusted', { why: whyOf(error) });
    }
  },
);

export const signOnRoutes = new Hono<AppContext>()
  .use(withAccounts)
  .post('/find', limitByAddress('signOnByAddress'), body(findSignOnSchema), async (context) => {
    const { email } = context.req.valid('json');
    return context.json({ connections: await connectionsFor(context.env, email) });
  })
  .post('/link', requirePerson, body(ticketSchema), async (context) => {
    const now = Date.now();
    const { ticket } = context.req.valid('json');
    if (await workspaceOfSession(context)) {
      return refuse(context, 403, 'session-of-one-workspace', 'sign in with your own account');
    }
    const kept = await takeTicket(context.env, { ticket, binding: bindingOf(context) }, now);
    const connection = kept && (await openConnection(context.env, kept.connectionId));
    if (!kept || !connection) return refuse(context, 404, 'link-invalid', 'begin once more');
    const person = context.var.person!;
    const found = await linkPerson(context.env, connection, kept.claims, person, now);
    if ('failure' in found) {
      await noteIn(context, connection.workspaceId, 'person.account-linked', {
        outcome: 'denied',
        detail: { reason: found.failure, connection: connection.id },
      });
      return refuse(context, 403, 'sign-on-refused', found.failure);
    }
    await noteIn(context, connection.workspaceId, 'person.account-linked', {
      target: { kind: 'person', id: person.id },
      detail: { connection: connection.id },
    });
    return context.json({ workspaceId: connection.workspaceId, returnTo: kept.returnTo });
  })
  .get(
    '/:connectionId/start',
    limitByAddress('signOnByAddress'),
    query(startQuerySchema),
    async (context) => {
      const connection = await openConnection(context.env, context.req.param('connectionId'));
      if (!connection) return missing(context);
      const { returnTo, email } = context.req.valid('query');
      const { origin } = settingsOf(context);
      const { provider } = connection;
      const ours = addressesOf(origin, connection.id, provider.kind);
      const state = newId();
      try {
        let begun: Pick<Attempt, 'verifier' | 'nonce' | 'requestId'>;
        let location: string;
        if (provider.kind === 'openid') {
          const request = { state, callback: ours.callback, email };
          const { verifier, nonce, ...to } = await startOpenId(context.env, provider, request);
          begun = { verifier, nonce, requestId: null };
          location = to.location;
        } else {
          // An XML name does not begin with a digit.
          const requestId = `_${newId()}`;
          begun = { verifier: null, nonce: null, requestId };
          location = await startSaml(provider, ours, { state, requestId });
        }
        const attempt = { id: state, returnTo, binding: bindBrowser(context), ...begun };
        await beginAttempt(context.env, connection, attempt, Date.now());
        return context.redirect(location, 303);
      } catch (error) {
        logError('a sign-on could not begin', error);
        return fail(context, connection, 'not-trusted', { why: whyOf(error) });
      }
    },
  )
  .get('/:connectionId/callback', limitByAddress('signOnByAddress'), async (context) => {
    const connection = await openConnection(context.env, context.req.param('connectionId'));
    if (connection?.provider.kind !== 'openid') return missing(context);
    const state = context.req.query('state') ?? '';
    const from = { id: state, binding: bindingOf(context) };
    const attempt = await takeAttempt(context.env, connection.id, from, Date.now());
    if (!attempt?.verifier || !attempt.nonce) return fail(context, connection, 'expired');
    if (context.req.query('error')) return fail(context, connection, 'refused-by-provider');
    const { origin } = settingsOf(context);
    const { callback } = addressesOf(origin, connection.id, 'openid');
    let claims: Claims;
    try {
      const { verifier, nonce } = attempt;
      const answer = { url: new URL(context.req.url), callback, state, verifier, nonce };
      const secret = await secretOf(context.env, connection);
      claims = await finishOpenId(context.env, connection.provider, secret, answer);
    } catch (error) {
      logError('an answer of an OpenID provider is not trusted', error);
      return fail(context, connection, 'not-trusted', { why: whyOf(error) });
    }
    return enter(context, connection, attempt, claims);
  })
  .get(
    '/:connectionId/finish',
    limitByAddress('signOnByAddress'),
    query(v.object(ticketSchema.entries)),
    async (context) => {
      const connection = await openConnection(context.env, context.req.param('connectionId'));
      if (!connection) return missing(context);
      const { ticket } = context.req.valid('query');
      const kept = await takeTicket(
        context.env,
        { ticket, binding: bindingOf(context) },
        Date.now(),
      );
      if (kept?.connectionId !== connection.id) return fail(context, connection, 'expired');
      return enter(context, connection, kept, kept.claims);
    },
  )
  .get('/:connectionId/metadata', async (context) => {
    const connection = await openConnection(context.env, context.req.param('connectionId'));
    if (!isSaml(connection)) return missing(context);
    const ours = addressesOf(settingsOf(context).origin, connection.id, 'saml');
    context.header('Content-Type', 'application/samlmetadata+xml');
    return context.body(samlMetadata(connection.provider, ours));
  });
