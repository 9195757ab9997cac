/** Removes what is over: sessions, links, challenges, counted tries, old mails of a local inbox. */
import type { Env } from '../env.ts';
import type { Job } from '../scheduled.ts';
import { idleTimeMs } from './session.ts';

const weekMs = 7 * 24 * 3_600_000;

export async function expire(env: Env, now: number): Promise<void> {
  const at = new Date(now).toISOString();
  const unused = new Date(now - idleTimeMs).toISOString();
  await env.DB.batch([
    env.DB.prepare(
      'delete from sessions where expires_at <= ?1 or (seen_at <= ?2 and created_at <= ?3)',
    ).bind(at, now - idleTimeMs, unused),
    env.DB.prepare('delete from verifications where expires_at <= ?').bind(at),
    env.DB.prepare('delete from mail_tokens where expires_at <= ?').bind(now),
    env.DB.prepare('delete from pending_sign_ups where expires_at <= ?').bind(now),
    env.DB.prepare('delete from attempts where expires_at <= ?').bind(now),
    env.DB.prepare('delete from captured_mails where at <= ?').bind(now - weekMs),
    // A second factor that was begun and never turned on.
    env.DB.prepare(
      `delete from two_factors where verified = 0
         and person_id in (select id from people where two_factor_enabled = 0)
         and not exists (select 1 from sessions where sessions.person_id = two_factors.person_id)`,
    ),
  ]);
}

export const expireJob: Job = { name: 'expire-sign-ins', everyMinutes: 60, run: expire };
