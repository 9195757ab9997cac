import type { Env } from '../env.ts';
import { postJson } from './post.ts';
import type { Mailer } from './mailer.ts';

/** https://postmarkapp.com/developer/api/email-api; links and openings are not followed. */
export function postmarkMailer(env: Env, from: string): Mailer | null {
  const token = env.POSTMARK_SERVER_TOKEN;
  if (!token || !from) return null;
  return {
    send: ({ to, subject, text, html }) =>
      postJson(
        'https://api.postmarkapp.com/email',
        { 'X-Postmark-Server-Token': token },
        {
          From: from,
          To: to,
          Subject: subject,
          TextBody: text,
          HtmlBody: html,
          TrackOpens: false,
          TrackLinks: 'None',
          MessageStream: 'outbound',
        },
      ),
  };
}
