/** The second step of signing in: a code of the authenticator app, or one of the backup codes. */
import { Hono, type Context } from 'hono';
import type { AppContext } from '../app-types.ts';
import { backupCodeSchema, codeSchema } from '../contract/people.ts';
import { wrongCodesMail } from '../mail/letters.ts';
import { openMailer } from '../mail/mailer.ts';
import { body, refuse } from '../requests.ts';
import { inBackground } from './background.ts';
import { hashOfBackupCode } from './backup-codes.ts';
import { createAuth } from './better-auth.ts';
import { endChallenge, readChallenge, type Challenge } from './challenge.ts';
import { knows, readDevice } from './device.ts';
import { giveBack, take, type LimitName } from './limits.ts';
import { notePerson } from './note.ts';
import { orRefused, tooMany } from './refusals.ts';
import { settingsOf } from './session.ts';
import { copyCookies, finishSignIn } from './start-session.ts';
import { useCode } from './totp.ts';

/** After so many wrong codes the person is told that somebody has their first factor. */
const wrongCodesUntilMail = 3;

/**
 * Who comes here has the first factor, so wrong codes count for the account from everywhere: guessing
 * from many addresses gains nothing. A browser that the account was signed in with before counts for
 * itself, so that its owner can come in while somebody guesses.
 */
async function counterOf(
  context: Context<AppContext>,
  { personId }: Challenge,
): Promise<[LimitName, string[]]> {
  const device = await readDevice(context, settingsOf(context).secret);
  return (await knows(device, personId))
    ? ['codeByDevice', [personId, device!.id]]
    : ['codeByAccount', [personId]];
}

function tellOfWrongCodes(context: Context<AppContext>, { personId, email }: Challenge): void {
  const { env } = context;
  const { origin } = settingsOf(context);
  inBackground(context, async () => {
    if (!(await take(env, 'wrongCodesMail', [personId])).allowed) return;
    await openMailer(env)?.send(wrongCodesMail(email, origin, Date.now()));
  });
}

type Check = (challenge: Challenge) => Promise<{ token: string; headers: Headers } | null>;

async function secondFactor(context: Context<AppContext>, factor: string, check: Check) {
  const { env } = context;
  const challenge = await readChallenge(context);
  if (!challenge) return refuse(context, 401, 'challenge-gone', 'begin to sign in anew');
  const { personId } = challenge;
  const counter = await counterOf(context, challenge);
  const taken = await take(env, ...counter);
  if (!taken.allowed) {
    await notePerson(context, personId, 'person.locked-out', { outcome: 'denied' });
    return tooMany(context, taken);
  }
  const passed = await check(challenge);
  if (!passed) {
    await notePerson(context, personId, 'person.two-factor-checked', {
      outcome: 'denied',
      detail: { factor },
    });
    if (taken.count >= wrongCodesUntilMail) tellOfWrongCodes(context, challenge);
    return refuse(context, 401, 'code-wrong', 'the code is wrong or was used before');
  }
  await giveBack(env, ...counter);
  endChallenge(context);
  copyCookies(context, passed.headers);
  await notePerson(context, personId, 'person.two-factor-checked', { detail: { factor } });
  const { method } = challenge;
  await finishSignIn(context, { token: passed.token, method, twoFactor: true });
  return context.json({ next: 'signed-in' as const });
}

/** Headers without a session: the library would take the code for a change in that session. */
function headersOf(context: Context<AppContext>): Headers {
  const headers = new Headers(context.req.raw.headers);
  const cookies = (headers.get('cookie') ?? '').split(/;\s*/);
  const others = cookies.filter((cookie) => !cookie.includes('session_token='));
  headers.set('cookie', others.join('; '));
  return headers;
}

export const secondFactorRoutes = new Hono<AppContext>()
  .post('/second-factor', body(codeSchema), (context) => {
    const { env } = context;
    const settings = settingsOf(context);
    const { code } = context.req.valid('json');
    return secondFactor(context, 'totp', async ({ personId }) => {
      if (!(await useCode(env, settings, personId, code))) return null;
      const headers = headersOf(context);
      const auth = createAuth(env, settings);
      const answer = await orRefused(() =>
        auth.api.verifyTOTP({ body: { code }, headers, returnHeaders: true }),
      );
      return answer && { token: answer.response.token, headers: answer.headers };
    });
  })
  .post('/second-factor/backup', body(backupCodeSchema), async (context) => {
    const settings = settingsOf(context);
    const code = await hashOfBackupCode(context.req.valid('json').code);
    return secondFactor(context, 'backup-code', async () => {
      const headers = headersOf(context);
      const auth = createAuth(context.env, settings);
      const answer = await orRefused(() =>
        auth.api.verifyBackupCode({ body: { code }, headers, returnHeaders: true }),
      );
      const token = answer?.response.token;
      return answer && token ? { token, headers: answer.headers } : null;
    });
  });
