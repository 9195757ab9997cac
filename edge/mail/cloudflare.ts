import type { Env } from '../env.ts';
import type { Mailer } from './mailer.ts';
import { parseAddress } from './address.ts';

/** Cloudflare Email Sending: a `send_email` binding named EMAIL in wrangler.toml. */
export function cloudflareMailer(env: Env, from: string): Mailer | null {
  const binding = env.EMAIL;
  if (!binding || !from) return null;
  const { name, email } = parseAddress(from);
  return {
    async send({ to, subject, text, html }) {
      await binding.send({ from: name ? { name, email } : email, to, subject, text, html });
    },
  };
}
