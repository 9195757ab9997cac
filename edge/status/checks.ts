/** Looks every few minutes whether the parts answer, and keeps the counts of each day. */
import type { Env } from '../env.ts';
import { checkHealth, type Health } from '../health.ts';
import type { Job } from '../scheduled.ts';

const day = 86_400_000;
/** How many days the status page shows, and the table keeps. */
export const shownDays = 30;

export type Part = keyof Health['parts'];

export async function recordChecks(env: Env, parts: Health['parts'], now: number): Promise<void> {
  const today = Math.floor(now / day);
  const counted = Object.entries(parts).filter(([, state]) => state !== 'not-configured');
  await env.DB.batch([
    ...counted.map(([part, state]) =>
      env.DB.prepare(
        `insert into status_days (day, part, checks, failures) values (?1, ?2, 1, ?3)
         on conflict (day, part) do update set checks = checks + 1, failures = failures + ?3`,
      ).bind(today, part, state === 'failing' ? 1 : 0),
    ),
    env.DB.prepare('delete from status_days where day <= ?').bind(today - shownDays),
  ]);
}

export interface StatusDay {
  /** Days since 1970, in UTC. */
  day: number;
  part: Part;
  checks: number;
  failures: number;
}

export async function listDays(env: Env, now: number): Promise<StatusDay[]> {
  const { results } = await env.DB.prepare(
    'select day, part, checks, failures from status_days where day > ? order by day',
  )
    .bind(Math.floor(now / day) - shownDays)
    .all<StatusDay>();
  return results;
}

/** The name of the host does not matter to the files; only this worker sees it. */
const ownOrigin = 'https://cairn.invalid';

export const statusJob: Job = {
  name: 'status',
  everyMinutes: 5,
  async run(env, now) {
    const { parts } = await checkHealth(env, ownOrigin);
    await recordChecks(env, parts, now);
  },
};
