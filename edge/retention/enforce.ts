/**
 * Removes what a workspace no longer wants kept; its settings say how long, for each kind. Of a kind
 * whose period is `nothing`, uploads are refused before their first byte (storage/uploads.ts), and
 * what was stored before the setting goes with the next run.
 */
import * as v from 'valibot';
import { recordEvent } from '../audit/record.ts';
import { removeOldEntries } from '../audit/retention.ts';
import { objectKinds, type ObjectKind } from '../contract/objects.ts';
import { periodMilliseconds, settingsSchema, type Retention } from '../contract/settings.ts';
import type { Env } from '../env.ts';
import type { Job } from '../scheduled.ts';
import { deleteObjects, oldObjects, removeFromStorage } from '../storage/remove.ts';

/** How long each kind is kept, by the text in `workspaces.settings`. */
export const retentionOf = (settings: string): Required<Retention> =>
  v.parse(settingsSchema, JSON.parse(settings)).retention;

/** Objects that one run takes out of one workspace; the next run, minutes later, goes on. */
const mostAtOnce = 2000;

/** Removes objects of one kind whose time is over, each with its entry in the audit log. */
async function removeOldObjects(
  env: Env,
  workspaceId: string,
  kind: ObjectKind,
  period: Retention[ObjectKind],
  now: number,
): Promise<number> {
  const readyUntil = now - periodMilliseconds[period];
  for (let count = 0; ;) {
    const ids = await oldObjects(env, workspaceId, kind, readyUntil);
    const rows = await deleteObjects(env, workspaceId, ids, now);
    for (const { id } of rows) {
      await recordEvent(
        env,
        {
          ...{ workspaceId, actorId: null, action: 'object.deleted', outcome: 'success' },
          ...{ address: null, requestId: null, target: { kind: 'object', id } },
          detail: { reason: 'retention', kind, period },
        },
        now,
      );
    }
    await removeFromStorage(env, rows, now);
    count += rows.length;
    if (rows.length === 0 || count >= mostAtOnce) return count;
  }
}

/** Workspaces by id, in pages. */
async function* eachWorkspace(env: Env): AsyncGenerator<{ id: string; settings: string }> {
  let after = '';
  for (;;) {
    const { results } = await env.DB.prepare(
      'select id, settings from workspaces where id > ? order by id limit 200',
    )
      .bind(after)
      .all<{ id: string; settings: string }>();
    yield* results;
    const last = results.at(-1);
    if (!last) return;
    after = last.id;
  }
}

/** `now` in milliseconds since 1970. Returns how many objects went. */
export async function enforceRetention(env: Env, now: number): Promise<number> {
  let removed = 0;
  for await (const { id, settings } of eachWorkspace(env)) {
    const retention = retentionOf(settings);
    for (const kind of objectKinds) {
      removed += await removeOldObjects(env, id, kind, retention[kind], now);
    }
  }
  return removed;
}

const day = 86_400_000;
/** Of what belongs to no workspace. */
const installationLogDays = 365;
const errorReportDays = 90;

/** The audit logs, and what operation writes down about itself. */
export async function enforceLogRetention(env: Env, now: number): Promise<void> {
  for await (const { id, settings } of eachWorkspace(env)) {
    await removeOldEntries(env, id, now - periodMilliseconds[retentionOf(settings).audit], now);
  }
  await removeOldEntries(env, null, now - installationLogDays * day, now);
  await env.DB.batch([
    env.DB.prepare('delete from error_reports where last_at <= ?').bind(
      now - errorReportDays * day,
    ),
    env.DB.prepare('delete from alerts where at <= ?').bind(now - installationLogDays * day),
  ]);
}

export const retentionJob: Job = {
  name: 'retention',
  everyMinutes: 5,
  async run(env, now) {
    await enforceRetention(env, now);
  },
};
export const logRetentionJob: Job = {
  name: 'log-retention',
  everyMinutes: 24 * 60,
  run: enforceLogRetention,
};
