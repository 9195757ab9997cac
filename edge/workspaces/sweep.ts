/** Removes what is over: invitations, sign-ons under way, used assertions, notes on ended sessions. */
import type { Env } from '../env.ts';
import type { Job } from '../scheduled.ts';

/** Invitations hold addresses of people who may have never come: kept a month after their end. */
const invitationsKeptMs = 30 * 86_400_000;

export async function sweep(env: Env, now: number): Promise<void> {
  await env.DB.batch([
    env.DB.prepare('delete from invitations where expires_at <= ?').bind(now - invitationsKeptMs),
    env.DB.prepare('delete from sign_on_attempts where expires_at <= ?').bind(now),
    env.DB.prepare('delete from sign_on_assertions where expires_at <= ?').bind(now),
    env.DB.prepare(
      `delete from sign_on_sessions
       where not exists (select 1 from sessions where sessions.id = session_id)`,
    ),
  ]);
}

export const sweepJob: Job = { name: 'sweep-workspaces', everyMinutes: 60, run: sweep };
