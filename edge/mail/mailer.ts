/** Mail goes out through one interface; the operator names who carries it. */
import type { Env } from '../env.ts';
import { isLocalMode } from '../auth/settings.ts';
import { captureMailer } from './capture.ts';
import { cloudflareMailer } from './cloudflare.ts';
import { postmarkMailer } from './postmark.ts';
import { resendMailer } from './resend.ts';

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
}

export interface Mailer {
  /** Throws when the carrier does not take it. */
  send(mail: Mail): Promise<void>;
}

const carriers: Record<string, (env: Env, from: string) => Mailer | null> = {
  cloudflare: cloudflareMailer,
  resend: resendMailer,
  postmark: postmarkMailer,
  capture: (env) => (isLocalMode(env) ? captureMailer(env) : null),
};

/** A line break in one of these would begin a header, or a mail, of somebody else's making. */
function assertOneLine(mail: Mail) {
  for (const value of [mail.to, mail.subject]) {
    if (/\p{Cc}/u.test(value)) throw new Error('a control character in the head of a mail');
  }
}

/** Null when no carrier is set up. */
export function openMailer(env: Env): Mailer | null {
  const carrier = carriers[env.MAILER ?? '']?.(env, env.MAIL_FROM ?? '') ?? null;
  return (
    carrier && {
      async send(mail) {
        assertOneLine(mail);
        await carrier.send(mail);
      },
    }
  );
}
