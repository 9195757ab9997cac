/** Keeps mails in the database of a local installation, for /dev/inbox and for tests. */
import type { Env } from '../env.ts';
import { randomId } from '../auth/random.ts';
import type { Mail, Mailer } from './mailer.ts';

export interface CapturedMail extends Mail {
  id: string;
  /** Milliseconds since 1970. */
  at: number;
}

const mostKept = 200;

export const captureMailer = (env: Env): Mailer => ({
  async send(mail) {
    await env.DB.batch([
      env.DB.prepare(
        'insert into captured_mails (id, at, recipient, subject, text, html) values (?, ?, ?, ?, ?, ?)',
      ).bind(randomId(), Date.now(), mail.to, mail.subject, mail.text, mail.html),
      env.DB.prepare(
        `delete from captured_mails where id not in
           (select id from captured_mails order by at desc limit ${mostKept})`,
      ),
    ]);
  },
});

/** Newest first. */
export async function capturedMails(env: Env, recipient?: string): Promise<CapturedMail[]> {
  const { results } = await env.DB.prepare(
    `select id, at, recipient as "to", subject, text, html from captured_mails
     where ?1 is null or recipient = ?1 order by at desc, rowid desc`,
  )
    .bind(recipient ?? null)
    .all<CapturedMail>();
  return results;
}
