/** A new password for who forgot the old one. Takes no second factor away and signs nobody in. */
import { Hono } from 'hono';
import type { AppContext } from '../app-types.ts';
import { requestResetSchema, resetPasswordSchema } from '../contract/people.ts';
import { changeMail, resetMail } from '../mail/letters.ts';
import { openMailer } from '../mail/mailer.ts';
import { body, refuse } from '../requests.ts';
import { notePassword, passwordRuleFor } from '../workspaces/passwords.ts';
import { inBackground } from './background.ts';
import { forget, take } from './limits.ts';
import { createMailToken, readMailToken, tokenLifetimeMs, useMailToken } from './mail-tokens.ts';
import { notePerson } from './note.ts';
import { checkPassword } from './passwords/check.ts';
import { hashPassword } from './passwords/hash.ts';
import { endSessions, findPersonByEmail, findPersonById, storePassword } from './people.ts';
import { limitByAddress, withMail } from './refusals.ts';
import { settingsOf } from './session.ts';

const gone = ['link-invalid', 'the link is not valid any more'] as const;

export const resetRoutes = new Hono<AppContext>()
  /** Answers before it looks whether anybody has the address. */
  .post(
    '/request-reset',
    withMail,
    limitByAddress('mailByAddress'),
    body(requestResetSchema),
    (context) => {
      const { env } = context;
      const { email } = context.req.valid('json');
      const { origin } = settingsOf(context);
      inBackground(context, async () => {
        const person = await findPersonByEmail(env, email);
        const mayMail = await take(env, 'mailByAccount', [email]);
        if (!person || !mayMail.allowed) return;
        const token = await createMailToken(env, 'reset-password', { personId: person.id, email });
        await notePerson(context, person.id, 'person.password-reset-requested');
        await openMailer(env)!.send(resetMail(email, origin, token, tokenLifetimeMs));
      });
      return context.json({ next: 'check-mail' as const }, 202);
    },
  )
  .post(
    '/reset-password',
    limitByAddress('tokenByAddress'),
    body(resetPasswordSchema),
    async (context) => {
      const { env } = context;
      const { token, password } = context.req.valid('json');
      const held = await readMailToken(env, 'reset-password', token);
      const person = held && (await findPersonById(env, held.personId));
      if (!person || person.email !== held.email) return refuse(context, 400, ...gone);
      const rule = await passwordRuleFor(env, person.id);
      const complaint = await checkPassword(password, rule, [person.email, person.name]);
      if (complaint) return refuse(context, 400, complaint, 'choose another password');
      const hash = await hashPassword(password);
      if (!(await useMailToken(env, 'reset-password', token))) {
        return refuse(context, 400, ...gone);
      }
      await storePassword(env, person.id, hash);
      await endSessions(env, person.id);
      // Whoever used up the codes did it with the old password.
      await forget(env, 'codeByAccount', [person.id]);
      await notePassword(env, person.id, password);
      await notePerson(context, person.id, 'person.password-reset');
      const { origin } = settingsOf(context);
      inBackground(context, async () => {
        await openMailer(env)?.send(changeMail(person.email, origin, 'password', Date.now()));
      });
      return context.json({ next: 'sign-in' as const });
    },
  );
