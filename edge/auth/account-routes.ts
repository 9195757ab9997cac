/** What one changes about one's own account. */
import { Hono, type Context } from 'hono';
import type { AppContext } from '../app-types.ts';
import {
  changeEmailSchema,
  changePasswordSchema,
  confirmEmailSchema,
  confirmSchema,
  profileSchema,
} from '../contract/people.ts';
import { changeEmailMail, changeMail, type Change } from '../mail/letters.ts';
import { openMailer } from '../mail/mailer.ts';
import { body, refuse } from '../requests.ts';
import { notePassword, passwordRuleFor } from '../workspaces/passwords.ts';
import { inBackground } from './background.ts';
import { take } from './limits.ts';
import { createMailToken, tokenLifetimeMs, useMailToken } from './mail-tokens.ts';
import { notePerson } from './note.ts';
import { checkPassword } from './passwords/check.ts';
import { hashPassword, verifyPassword } from './passwords/hash.ts';
import { endSessions, findPersonByEmail, findPersonById, storePassword } from './people.ts';
import { confirmTry, limitByAddress, tooMany, withMail } from './refusals.ts';
import { ownSessionOnly, requireConfirmed, settingsOf } from './session.ts';
import { startSession } from './start-session.ts';
import { useCode } from './totp.ts';

/** Tells the person by mail what changed about how they sign in, so that nobody else can do it unseen. */
export function tell(context: Context<AppContext>, email: string, change: Change): void {
  const { origin } = settingsOf(context);
  inBackground(context, async () => {
    await openMailer(context.env)?.send(changeMail(email, origin, change, Date.now()));
  });
}

export const accountRoutes = new Hono<AppContext>()
  .patch('/profile', ownSessionOnly, body(profileSchema), async (context) => {
    const { name } = context.req.valid('json');
    await context.env.DB.prepare('update people set name = ?, updated_at = ? where id = ?')
      .bind(name, new Date().toISOString(), context.var.person!.id)
      .run();
    return context.json({ name });
  })
  /** For `confirm-needed`: a proof of who one is, good for the next minutes in this session. */
  .post('/confirm', ownSessionOnly, body(confirmSchema), async (context) => {
    const { env } = context;
    const person = context.var.person!;
    const proof = context.req.valid('json');
    const stored = await findPersonById(env, person.id);
    const answer = await confirmTry(context, async () => {
      if ('code' in proof) return useCode(env, settingsOf(context), person.id, proof.code);
      if (!stored?.password) return false;
      return verifyPassword({ hash: stored.password, password: proof.password });
    });
    if (answer === 'wrong') return refuse(context, 403, 'credentials-wrong', 'that is not right');
    if (answer !== 'right') return tooMany(context, answer);
    await env.DB.prepare('update sessions set confirmed_at = ? where id = ?')
      .bind(Date.now(), person.sessionId)
      .run();
    return context.json({ next: 'confirmed' as const });
  })
  /** Ends all other sessions, and gives this one a new cookie. */
  .post('/change-password', ownSessionOnly, body(changePasswordSchema), async (context) => {
    const { env } = context;
    const person = context.var.person!;
    const { current, password: chosen } = context.req.valid('json');
    const stored = await findPersonById(env, person.id);
    if (!stored?.password) {
      return refuse(context, 409, 'no-password', 'set a first password by a link in a mail');
    }
    const hash = stored.password;
    const answer = await confirmTry(context, () => verifyPassword({ hash, password: current }));
    if (answer === 'wrong') {
      await notePerson(context, person.id, 'person.password-changed', { outcome: 'denied' });
      return refuse(context, 403, 'credentials-wrong', 'the current password is wrong');
    }
    if (answer !== 'right') return tooMany(context, answer);
    if (current === chosen) {
      return refuse(context, 400, 'password-unchanged', 'that is the password of now');
    }
    const rule = await passwordRuleFor(env, person.id);
    const complaint = await checkPassword(chosen, rule, [person.email, person.name]);
    if (complaint) return refuse(context, 400, complaint, 'choose another password');
    await storePassword(env, person.id, await hashPassword(chosen));
    await notePassword(env, person.id, chosen);
    await notePerson(context, person.id, 'person.password-changed');
    await endSessions(env, person.id, person.sessionId);
    await renewSession(context);
    tell(context, person.email, 'password');
    return context.json({ next: 'signed-in' as const });
  })
  /** Answers the same whether somebody has the new address already: a mail to it tells, or none comes. */
  .post(
    '/change-email',
    requireConfirmed,
    withMail,
    limitByAddress('mailByAddress'),
    body(changeEmailSchema),
    (context) => {
      const { env } = context;
      const { email } = context.req.valid('json');
      const { origin } = settingsOf(context);
      const personId = context.var.person!.id;
      inBackground(context, async () => {
        const mayMail = await take(env, 'mailByAccount', [email]);
        if (!mayMail.allowed || (await findPersonByEmail(env, email))) return;
        const token = await createMailToken(env, 'change-email', { personId, email });
        await openMailer(env)!.send(changeEmailMail(email, origin, token, tokenLifetimeMs));
      });
      return context.json({ next: 'check-mail' as const }, 202);
    },
  )
  /** Only in a session of the same person: a link that reached a stranger's inbox is of no use there. */
  .post(
    '/confirm-email',
    ownSessionOnly,
    limitByAddress('tokenByAddress'),
    body(confirmEmailSchema),
    async (context) => {
      const { env } = context;
      const person = context.var.person!;
      const used = await useMailToken(env, 'change-email', context.req.valid('json').token);
      const isOwn = used?.personId === person.id;
      if (!used || !isOwn || (await findPersonByEmail(env, used.email))) {
        return refuse(context, 400, 'link-invalid', 'the link is not valid any more');
      }
      await env.DB.batch([
        env.DB.prepare('update people set email = ?, updated_at = ? where id = ?').bind(
          ...[used.email, new Date().toISOString(), person.id],
        ),
        env.DB.prepare('delete from mail_tokens where person_id = ?').bind(person.id),
      ]);
      await endSessions(env, person.id, person.sessionId);
      await notePerson(context, person.id, 'person.email-changed');
      tell(context, person.email, 'email');
      return context.json({ email: used.email });
    },
  );

/** A new cookie for the session of this request, with what the old one had proven. */
async function renewSession(context: Context<AppContext>): Promise<void> {
  const { id, method, twoFactor } = context.var.person!;
  const { sessionId } = await startSession(context, { personId: id, method, secondFactor: 'skip' });
  await context.env.DB.prepare('update sessions set two_factor = ? where id = ?')
    .bind(Number(twoFactor), sessionId)
    .run();
}
