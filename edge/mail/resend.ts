import type { Env } from '../env.ts';
import { postJson } from './post.ts';
import type { Mailer } from './mailer.ts';

/** https://resend.com/docs/api-reference/emails/send-email */
export function resendMailer(env: Env, from: string): Mailer | null {
  const key = env.RESEND_API_KEY;
  if (!key || !from) return null;
  return {
    send: ({ to, subject, text, html }) =>
      postJson(
        'https://api.resend.com/emails',
        { Authorization: `Bearer ${key}` },
        { from, to: [to], subject, text, html },
      ),
  };
}
