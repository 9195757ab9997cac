/** Passkeys (WebAuthn): a device one has, opened by a finger, a face or a PIN: two factors at once. */
import { Hono } from 'hono';
import type { AppContext } from '../app-types.ts';
import { addPasskeySchema, signInWithPasskeySchema, type PasskeyView } from '../contract/people.ts';
import { body, refuse } from '../requests.ts';
import { tell } from './account-routes.ts';
import { createAuth } from './better-auth.ts';
import { notePerson } from './note.ts';
import { limitByAddress, orRefused } from './refusals.ts';
import { ownSessionOnly, requireConfirmed, settingsOf } from './session.ts';
import { copyCookies, finishSignIn } from './start-session.ts';
import { hasOtherWayIn } from './ways-in.ts';

interface Row {
  id: string;
  name: string | null;
  created_at: string | null;
}

const mostPasskeys = 20;

export const passkeyRoutes = new Hono<AppContext>()
  .get('/passkeys', ownSessionOnly, async (context) => {
    const { results } = await context.env.DB.prepare(
      'select id, name, created_at from passkeys where person_id = ? order by created_at',
    )
      .bind(context.var.person!.id)
      .all<Row>();
    const passkeys = results.map((row): PasskeyView => ({
      id: row.id,
      name: row.name ?? '',
      createdAt: Date.parse(row.created_at ?? ''),
    }));
    return context.json({ passkeys });
  })
  /** What `navigator.credentials.create` is called with. */
  .post('/passkeys/options', requireConfirmed, async (context) => {
    const auth = createAuth(context.env, settingsOf(context));
    const { headers, response } = await auth.api.generatePasskeyRegistrationOptions({
      headers: context.req.raw.headers,
      returnHeaders: true,
    });
    copyCookies(context, headers);
    return context.json(response);
  })
  .post('/passkeys', requireConfirmed, body(addPasskeySchema), async (context) => {
    const { env } = context;
    const person = context.var.person!;
    const { name, credential } = context.req.valid('json');
    const count = await env.DB.prepare('select count(*) as n from passkeys where person_id = ?')
      .bind(person.id)
      .first<{ n: number }>();
    if ((count?.n ?? 0) >= mostPasskeys) {
      return refuse(context, 409, 'conflict', `${mostPasskeys} passkeys at most`);
    }
    const auth = createAuth(env, settingsOf(context));
    const answer = await orRefused(() =>
      auth.api.verifyPasskeyRegistration({
        body: { response: credential, name },
        headers: context.req.raw.headers,
        returnHeaders: true,
      }),
    );
    if (!answer) return refuse(context, 400, 'passkey-refused', 'the passkey is not accepted');
    const { id } = answer.response;
    await notePerson(context, person.id, 'person.passkey-added', {
      target: { kind: 'passkey', id },
    });
    tell(context, person.email, 'passkey-added');
    return context.json({ id }, 201);
  })
  .delete('/passkeys/:passkeyId', requireConfirmed, async (context) => {
    const { env } = context;
    const person = context.var.person!;
    const id = context.req.param('passkeyId');
    if (!(await hasOtherWayIn(env, person.id, { passkey: id }))) {
      return refuse(context, 409, 'last-way-in', 'there would be no way to sign in');
    }
    const { meta } = await env.DB.prepare('delete from passkeys where id = ? and person_id = ?')
      .bind(id, person.id)
      .run();
    if (meta.changes === 0) return refuse(context, 404, 'not-found', 'no such passkey');
    await notePerson(context, person.id, 'person.passkey-removed', {
      target: { kind: 'passkey', id },
    });
    tell(context, person.email, 'passkey-removed');
    return context.json({ removed: 1 });
  })
  /** What `navigator.credentials.get` is called with: no list of passkeys, so nobody's is told. */
  .post('/passkeys/sign-in/options', limitByAddress('passkeyByAddress'), async (context) => {
    const auth = createAuth(context.env, settingsOf(context));
    const { headers, response } = await auth.api.generatePasskeyAuthenticationOptions({
      headers: withoutCookies(context.req.raw.headers),
      returnHeaders: true,
    });
    copyCookies(context, headers);
    return context.json({ ...response, userVerification: 'required' as const });
  })
  .post(
    '/passkeys/sign-in',
    limitByAddress('passkeyByAddress'),
    body(signInWithPasskeySchema),
    async (context) => {
      const auth = createAuth(context.env, settingsOf(context));
      const { credential } = context.req.valid('json');
      const answer = await orRefused(() =>
        auth.api.verifyPasskeyAuthentication({
          body: { response: credential },
          headers: context.req.raw.headers,
          returnHeaders: true,
        }),
      );
      if (!answer) {
        await notePerson(context, null, 'person.signed-in', {
          outcome: 'denied',
          detail: { method: 'passkey' },
        });
        return refuse(context, 401, 'passkey-refused', 'the passkey is not accepted');
      }
      copyCookies(context, answer.headers);
      const { token } = answer.response.session;
      await finishSignIn(context, { token, method: 'passkey', twoFactor: true });
      return context.json({ next: 'signed-in' as const });
    },
  );

function withoutCookies(from: Headers): Headers {
  const headers = new Headers(from);
  headers.delete('cookie');
  return headers;
}
