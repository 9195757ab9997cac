/** Tokens that links in mails carry: random, good once, for a short while, kept as a hash. */
import type { Env } from '../env.ts';
import { randomToken, sha256 } from './random.ts';

export type TokenPurpose = 'reset-password' | 'change-email';

const minute = 60_000;
/** ASVS 6.5.5: ten minutes at most for what lets one in. */
export const tokenLifetimeMs = 10 * minute;

interface Token {
  personId: string;
  email: string;
}

/** Makes a token; those sent before for the same purpose are void from now on. */
export async function createMailToken(
  env: Env,
  purpose: TokenPurpose,
  { personId, email }: Token,
  now = Date.now(),
): Promise<string> {
  const token = randomToken();
  await env.DB.batch([
    env.DB.prepare('delete from mail_tokens where person_id = ? and purpose = ?').bind(
      personId,
      purpose,
    ),
    env.DB.prepare(
      'insert into mail_tokens (token_hash, purpose, person_id, email, expires_at) values (?, ?, ?, ?, ?)',
    ).bind(await sha256(token), purpose, personId, email, now + tokenLifetimeMs),
  ]);
  return token;
}

/** Who a token is for, while it is good. Does not use it up. */
export async function readMailToken(
  env: Env,
  purpose: TokenPurpose,
  token: string,
  now = Date.now(),
): Promise<Token | null> {
  return env.DB.prepare(
    `select person_id as personId, email from mail_tokens
     where token_hash = ? and purpose = ? and expires_at > ?`,
  )
    .bind(await sha256(token), purpose, now)
    .first<Token>();
}

/** Uses a token up. Of two that try at once, one gets it. */
export async function useMailToken(
  env: Env,
  purpose: TokenPurpose,
  token: string,
  now = Date.now(),
): Promise<Token | null> {
  return env.DB.prepare(
    `delete from mail_tokens where token_hash = ? and purpose = ? and expires_at > ?
     returning person_id as personId, email`,
  )
    .bind(await sha256(token), purpose, now)
    .first<Token>();
}
