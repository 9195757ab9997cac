/** What the clock does. The cron of wrangler.toml calls this every five minutes; add your job to the list. */
import { alertsJob } from './alerts/raise.ts';
import { expireJob } from './auth/expire.ts';
import { backupJob } from './backups/make.ts';
import type { Env } from './env.ts';
import { reportError } from './logs/errors.ts';
import { log } from './logs/log.ts';
import { randomHex } from './logs/trace.ts';
import { purgeJob } from './portability/remove.ts';
import { logRetentionJob, retentionJob } from './retention/enforce.ts';
import { statusJob } from './status/checks.ts';
import { objectsJob } from './storage/remove.ts';
import { sweepJob } from './workspaces/sweep.ts';

export interface Job {
  name: string;
  everyMinutes: number;
  /** `now` in milliseconds since 1970: jobs never ask the clock themselves, so that tests can move it. */
  run(env: Env, now: number): Promise<void>;
}

export const jobs: readonly Job[] = [
  statusJob,
  alertsJob,
  retentionJob,
  objectsJob,
  purgeJob,
  logRetentionJob,
  backupJob,
  expireJob,
  sweepJob,
];

const minute = 60_000;
/** The platform's cron comes some seconds early or late. */
const slack = minute / 2;
/** When a job that failed is tried again, if its own turn comes later. */
const retryAfter = 15 * minute;

/** Marks the job as begun, unless it is not due or another isolate was faster. */
async function claim(env: Env, job: Job, now: number): Promise<boolean> {
  const due = now - job.everyMinutes * minute + slack;
  const { meta } = await env.DB.prepare(
    `insert into job_runs (name, started_at, outcome) values (?1, ?2, 'running')
     on conflict (name) do update set started_at = ?2, ended_at = null, outcome = 'running'
     where started_at <= ?3 or (outcome = 'error' and started_at <= ?4)`,
  )
    .bind(job.name, now, due, now - retryAfter)
    .run();
  return meta.changes === 1;
}

/** Runs every job that is due, one after another; one that fails does not hold up the others. */
export async function runDueJobs(env: Env, now: number, list = jobs): Promise<string[]> {
  const ran: string[] = [];
  for (const job of list) {
    if (!(await claim(env, job, now))) continue;
    ran.push(job.name);
    const began = Date.now();
    let outcome = 'success';
    try {
      await job.run(env, now);
    } catch (error) {
      outcome = 'error';
      await reportError(env, error, { route: `job ${job.name}`, requestId: randomHex(16) }, now);
    }
    const durationMs = Date.now() - began;
    await env.DB.prepare('update job_runs set ended_at = ?, outcome = ? where name = ?')
      .bind(now + durationMs, outcome, job.name)
      .run();
    log(outcome === 'success' ? 'info' : 'error', 'job', { job: job.name, outcome, durationMs });
  }
  return ran;
}
