/**
 * Time-based codes (RFC 6238) that are good once. The library checks a code but takes it again while
 * its 30 seconds last; here the number of the half minute is written down, and only later ones count.
 */
import { symmetricDecrypt } from 'better-auth/crypto';
import type { Env } from '../env.ts';
import type { AuthSettings } from './settings.ts';

export const stepMs = 30_000;
/** Steps before and after now whose code is taken: clocks of telephones are off. */
const skew = [0, -1, 1];

const equal = (a: string, b: string) => {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i += 1) difference |= a.charCodeAt(i) ^ (b.charCodeAt(i) || 0);
  return difference === 0;
};

/** HOTP (RFC 4226) with SHA-1 and six digits, as every authenticator app has it. */
export async function hotp(secret: string, counter: number): Promise<string> {
  const hmac = { name: 'HMAC', hash: 'SHA-1' };
  const raw = new TextEncoder().encode(secret);
  const key = await crypto.subtle.importKey('raw', raw, hmac, false, ['sign']);
  const message = new DataView(new ArrayBuffer(8));
  message.setBigUint64(0, BigInt(counter));
  const digest = new DataView(await crypto.subtle.sign('HMAC', key, message.buffer));
  const offset = digest.getUint8(digest.byteLength - 1) & 15;
  return String((digest.getUint32(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function stepOf(secret: string, code: string, now: number): Promise<number | null> {
  let found: number | null = null;
  for (const offset of skew) {
    const step = Math.floor(now / stepMs) + offset;
    if (equal(await hotp(secret, step), code)) found ??= step;
  }
  return found;
}

/**
 * True if `code` is right now and neither it nor a later one was used before. Uses it up: of two that
 * come at once with the same code, the database lets one through. `setup`: the code that turns two
 * factors on; else only what was turned on counts.
 */
export async function useCode(
  env: Env,
  settings: AuthSettings,
  personId: string,
  code: string,
  { setup = false, now = Date.now() } = {},
): Promise<boolean> {
  const row = await env.DB.prepare(
    'select secret from two_factors where person_id = ? and verified = ?',
  )
    .bind(personId, Number(!setup))
    .first<{ secret: string }>();
  if (!row) return false;
  const secret = await symmetricDecrypt({ key: settings.secret, data: row.secret });
  const step = await stepOf(secret, code, now);
  if (step === null) return false;
  const { meta } = await env.DB.prepare(
    'update two_factors set last_step = ?1 where person_id = ?2 and last_step < ?1',
  )
    .bind(step, personId)
    .run();
  return meta.changes === 1;
}
