/** Turning two-factor sign-in on and off, and its backup codes. */
import { Hono, type Context } from 'hono';
import type { AppContext } from '../app-types.ts';
import { codeSchema, disableTwoFactorSchema, withPasswordSchema } from '../contract/people.ts';
import { body, refuse } from '../requests.ts';
import { tell } from './account-routes.ts';
import { createAuth, type Auth } from './better-auth.ts';
import { notePerson } from './note.ts';
import { endSessions } from './people.ts';
import { confirmTry, orRefused, tooMany } from './refusals.ts';
import { ownSessionOnly, requireConfirmed, settingsOf } from './session.ts';
import { copyCookies, sessionTokenIn } from './start-session.ts';
import { useCode } from './totp.ts';

interface Row {
  enabled: number;
  backup_codes: string | null;
}

const stateOf = (context: Context<AppContext>) =>
  context.env.DB.prepare(
    `select two_factor_enabled as enabled, backup_codes
     from people left join two_factors on two_factors.person_id = people.id where people.id = ?`,
  )
    .bind(context.var.person!.id)
    .first<Row>();

/**
 * The library begins a new session when two factors go on or off. It gets what the old one had; every
 * other session of the person ends, since it was begun by the rules of before.
 */
async function afterChange(context: Context<AppContext>, headers: Headers, isOn: boolean) {
  const { env } = context;
  const person = context.var.person!;
  copyCookies(context, headers);
  const now = Date.now();
  const renewed = await env.DB.prepare(
    `update sessions set method = ?, two_factor = ?, seen_at = ?, confirmed_at = ?
     where token = ? returning id`,
  )
    .bind(
      ...[person.method, Number(isOn || person.method === 'passkey'), now, now],
      sessionTokenIn(headers),
    )
    .first<{ id: string }>();
  if (!renewed) throw new Error('the library began no session');
  await endSessions(env, person.id, renewed.id);
}

type Tried<T> = { headers: Headers; response: T } | null;

/** One try to prove oneself to the library, by the password if the person has one. */
async function tryLibrary<T>(
  context: Context<AppContext>,
  call: (auth: Auth) => Promise<{ headers: Headers; response: T }>,
) {
  let answer: Tried<T> = null;
  const auth = createAuth(context.env, settingsOf(context));
  const verdict = await confirmTry(context, async () => {
    answer = await orRefused(() => call(auth));
    return answer !== null;
  });
  return { verdict, answer: answer as Tried<T> };
}

export const twoFactorRoutes = new Hono<AppContext>()
  .get('/two-factor', ownSessionOnly, async (context) => {
    const state = await stateOf(context);
    const isOn = state?.enabled === 1;
    const codes = JSON.parse(state?.backup_codes ?? '[]') as string[];
    return context.json({ enabled: isOn, backupCodesLeft: isOn ? codes.length : 0 });
  })
  /** Gives out the secret and the backup codes, once. Nothing is on until a code was given. */
  .post('/two-factor/begin', requireConfirmed, body(withPasswordSchema), async (context) => {
    const state = await stateOf(context);
    if (state?.enabled === 1) return refuse(context, 409, 'two-factor-is-on', 'it is on already');
    const { password } = context.req.valid('json');
    const { headers } = context.req.raw;
    const { verdict, answer } = await tryLibrary(context, (auth) =>
      auth.api.enableTwoFactor({ body: { password }, headers, returnHeaders: true }),
    );
    if (verdict !== 'right' && verdict !== 'wrong') return tooMany(context, verdict);
    if (!answer || answer.response.method !== 'totp') {
      return refuse(context, 403, 'credentials-wrong', 'the password is wrong');
    }
    const { totpURI, backupCodes } = answer.response;
    return context.json({ address: totpURI, backupCodes });
  })
  .post('/two-factor/enable', requireConfirmed, body(codeSchema), async (context) => {
    const { env } = context;
    const person = context.var.person!;
    const { code } = context.req.valid('json');
    const settings = settingsOf(context);
    const { headers } = context.req.raw;
    const isRight = () => useCode(env, settings, person.id, code, { setup: true });
    const verdict = await confirmTry(context, isRight);
    if (verdict !== 'right' && verdict !== 'wrong') return tooMany(context, verdict);
    const auth = createAuth(env, settings);
    const answer =
      verdict === 'right' &&
      (await orRefused(() =>
        auth.api.verifyTOTP({ body: { code }, headers, returnHeaders: true }),
      ));
    if (!answer) return refuse(context, 403, 'code-wrong', 'the code is wrong');
    await afterChange(context, answer.headers, true);
    await notePerson(context, person.id, 'person.two-factor-enabled');
    tell(context, person.email, 'two-factor-on');
    return context.json({ enabled: true });
  })
  /** Takes the password, if there is one, and a code: one alone must not take the other away. */
  .post('/two-factor/disable', requireConfirmed, body(disableTwoFactorSchema), async (context) => {
    const { env } = context;
    const person = context.var.person!;
    const { password, code } = context.req.valid('json');
    const state = await stateOf(context);
    if (state?.enabled !== 1) return refuse(context, 409, 'two-factor-is-off', 'it is off already');
    const settings = settingsOf(context);
    const hasCode = await confirmTry(context, () => useCode(env, settings, person.id, code));
    if (hasCode === 'wrong') return refuse(context, 403, 'code-wrong', 'the code is wrong');
    if (hasCode !== 'right') return tooMany(context, hasCode);
    const { headers } = context.req.raw;
    const { verdict, answer } = await tryLibrary(context, (auth) =>
      auth.api.disableTwoFactor({ body: { password }, headers, returnHeaders: true }),
    );
    if (verdict !== 'right' && verdict !== 'wrong') return tooMany(context, verdict);
    if (!answer) return refuse(context, 403, 'credentials-wrong', 'the password is wrong');
    await afterChange(context, answer.headers, false);
    await notePerson(context, person.id, 'person.two-factor-disabled');
    tell(context, person.email, 'two-factor-off');
    return context.json({ enabled: false });
  })
  /** New codes; the old ones are void. */
  .post('/two-factor/backup-codes', requireConfirmed, body(withPasswordSchema), async (context) => {
    const person = context.var.person!;
    const state = await stateOf(context);
    if (state?.enabled !== 1) return refuse(context, 409, 'two-factor-is-off', 'it is off');
    const { password } = context.req.valid('json');
    const { headers } = context.req.raw;
    const { verdict, answer } = await tryLibrary(context, (auth) =>
      auth.api.generateBackupCodes({ body: { password }, headers, returnHeaders: true }),
    );
    if (verdict !== 'right' && verdict !== 'wrong') return tooMany(context, verdict);
    if (!answer) return refuse(context, 403, 'credentials-wrong', 'the password is wrong');
    await notePerson(context, person.id, 'person.backup-codes-made');
    tell(context, person.email, 'backup-codes');
    return context.json({ backupCodes: answer.response.backupCodes });
  });
