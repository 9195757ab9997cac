/** Asking for an account, and showing that the address is one's own. */
import { Hono } from 'hono';
import type { AppContext } from '../app-types.ts';
import { signUpSchema, verifyEmailSchema } from '../contract/people.ts';
import { defaultPasswordRule } from '../contract/policy.ts';
import type { Env } from '../env.ts';
import { alreadyHereMail, verifyMail } from '../mail/letters.ts';
import { openMailer } from '../mail/mailer.ts';
import { body, refuse } from '../requests.ts';
import { openInvitation } from '../workspaces/invitations.ts';
import { noteRuleMet, passwordRuleOfInvitation } from '../workspaces/passwords.ts';
import { ruleKey } from '../workspaces/policy.ts';
import { inBackground } from './background.ts';
import { cookieName, readCookie, removeCookie, writeCookie } from './cookies.ts';
import { take } from './limits.ts';
import { notePerson } from './note.ts';
import { checkPassword } from './passwords/check.ts';
import { hashPassword, verifyPassword } from './passwords/hash.ts';
import { createPerson, findPersonByEmail } from './people.ts';
import { randomToken, sha256 } from './random.ts';
import { limitByAddress, tooMany, withMail } from './refusals.ts';
import { settingsOf } from './session.ts';
import { startSession } from './start-session.ts';

/** How long one may take to follow the link. */
export const signUpLifetimeMs = 60 * 60_000;
/** Holds the hash of the token in the browser that asked, which then need not ask for the password. */
const signUpCookie = cookieName('sign_up');

interface Pending {
  token_hash: string;
  email: string;
  name: string;
  password: string;
  password_rule: string;
}

const pendingOf = (env: Env, tokenHash: string, now: number) =>
  env.DB.prepare('select * from pending_sign_ups where token_hash = ? and expires_at > ?')
    .bind(tokenHash, now)
    .first<Pending>();

export const signUpRoutes = new Hono<AppContext>()
  /**
   * Answers the same whether the address has an account or not, before it looks: the mail tells.
   * The rule for the password is that of the invitation's workspace.
   */
  .post(
    '/sign-up',
    withMail,
    limitByAddress('signUpByAddress'),
    body(signUpSchema),
    async (context) => {
      const { env } = context;
      const { email, name, password, invitation } = context.req.valid('json');
      const settings = settingsOf(context);
      const invited = invitation ? await openInvitation(env, invitation, Date.now()) : null;
      if (invitation && !invited) {
        return refuse(context, 400, 'invitation-invalid', 'the invitation is not valid any more');
      }
      if (!invited && !settings.openSignUp) {
        return refuse(context, 403, 'sign-up-closed', 'an invitation is needed');
      }
      if (invited?.email && invited.email !== email) {
        const message = 'the invitation is for another address';
        return refuse(context, 403, 'invitation-for-another-address', message);
      }
      const rule = invitation
        ? await passwordRuleOfInvitation(env, invitation)
        : defaultPasswordRule;
      const complaint = await checkPassword(password, rule, [email, name]);
      if (complaint) return refuse(context, 400, complaint, 'choose another password');
      const token = randomToken();
      const tokenHash = await sha256(token);
      inBackground(context, async () => {
        const mayMail = await take(env, 'mailByAccount', [email]);
        if (!mayMail.allowed) return;
        const passwordHash = await hashPassword(password);
        const mailer = openMailer(env)!;
        if (await findPersonByEmail(env, email)) {
          await mailer.send(alreadyHereMail(email, settings.origin));
          return;
        }
        await env.DB.prepare(
          `insert into pending_sign_ups
             (token_hash, email, name, password, password_rule, expires_at)
           values (?, ?, ?, ?, ?, ?)`,
        )
          .bind(
            ...[tokenHash, email, name, passwordHash, ruleKey(rule)],
            Date.now() + signUpLifetimeMs,
          )
          .run();
        await mailer.send(verifyMail(email, settings.origin, token, signUpLifetimeMs));
      });
      await writeCookie(context, signUpCookie, tokenHash, settings.secret, signUpLifetimeMs / 1000);
      return context.json({ next: 'check-mail' as const }, 202);
    },
  )
  /**
   * Follows the link. In another browser than the one that asked, the password is needed as well:
   * else somebody could have one confirm, by a careless click, an account that they hold the password of.
   */
  .post(
    '/verify-email',
    limitByAddress('tokenByAddress'),
    body(verifyEmailSchema),
    async (context) => {
      const { env } = context;
      const { token, password } = context.req.valid('json');
      const { secret } = settingsOf(context);
      const tokenHash = await sha256(token);
      const pending = await pendingOf(env, tokenHash, Date.now());
      if (!pending) return refuse(context, 400, 'link-invalid', 'the link is not valid any more');
      if ((await readCookie(context, signUpCookie, secret)) !== tokenHash) {
        if (!password) return refuse(context, 403, 'password-needed', 'the password is needed');
        const taken = await take(env, 'confirmByPerson', [tokenHash]);
        if (!taken.allowed) return tooMany(context, taken);
        if (!(await verifyPassword({ hash: pending.password, password }))) {
          return refuse(context, 403, 'credentials-wrong', 'the password is not the one chosen');
        }
      }
      const used = await env.DB.prepare('delete from pending_sign_ups where token_hash = ?')
        .bind(tokenHash)
        .run();
      const personId =
        used.meta.changes === 1
          ? await createPerson(env, { ...pending, passwordHash: pending.password })
          : null;
      if (!personId) return refuse(context, 400, 'link-invalid', 'the link was used already');
      await env.DB.prepare('delete from pending_sign_ups where email = ?')
        .bind(pending.email)
        .run();
      removeCookie(context, signUpCookie);
      await noteRuleMet(env, personId, pending.password_rule);
      await notePerson(context, personId, 'person.signed-up', { detail: { method: 'password' } });
      await notePerson(context, personId, 'person.email-verified');
      const begin = { personId, method: 'password', secondFactor: 'ask' } as const;
      await startSession(context, begin);
      return context.json({ next: 'signed-in' as const });
    },
  );
