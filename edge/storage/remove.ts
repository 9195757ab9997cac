/**
 * Taking objects out: the row is marked first and the quota is free at once; storage follows, by
 * tries that go on until it has happened.
 */
import { recordEvent } from '../audit/record.ts';
import type { ObjectKind } from '../contract/objects.ts';
import type { Env } from '../env.ts';
import { logError } from '../logs/log.ts';
import type { Job } from '../scheduled.ts';
import { keyOf, type ObjectRow } from './objects.ts';
import { openStorage } from './open.ts';
import type { S3 } from './s3.ts';

/** Longer than any signature is good that could put an object back (`sendSeconds`). */
const signaturesEnd = 3_600_000;
const tryAgainAfter = 3_600_000;
/** Rows that one statement marks: well below what the database does in a second. */
const batch = 500;
const atOnce = 6;
/** Objects that one sweep takes out of storage. */
const swept = 200;

const isRejected = (outcome: PromiseSettledResult<unknown>) => outcome.status === 'rejected';

/** Marks objects of a workspace as deleted. Returns those that were not yet. */
export async function deleteObjects(
  env: Env,
  workspaceId: string,
  ids: readonly string[],
  now: number,
): Promise<ObjectRow[]> {
  const { results } = await env.DB.prepare(
    `update objects set state = 'deleted', deleted_at = ?1, remove_at = ?1, expires_at = null
     where workspace_id = ?2 and state <> 'deleted' and id in (select value from json_each(?3))
     returning *`,
  )
    .bind(now, workspaceId, JSON.stringify(ids))
    .all<ObjectRow>();
  return results;
}

/** Ids of ready objects of a kind that were ready at `readyUntil` or before; for retention. */
export async function oldObjects(
  env: Env,
  workspaceId: string,
  kind: ObjectKind,
  readyUntil: number,
): Promise<string[]> {
  const { results } = await env.DB.prepare(
    `select id from objects
     where workspace_id = ? and kind = ? and state = 'ready' and ready_at <= ?
     order by ready_at limit ?`,
  )
    .bind(workspaceId, kind, readyUntil, batch)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** Marks everything that a workspace has, ready or on its way, and forgets its quota. */
export async function deleteAllObjects(
  env: Env,
  workspaceId: string,
  now: number,
): Promise<number> {
  for (let count = 0; ;) {
    const { results } = await env.DB.prepare(
      `update objects set state = 'deleted', deleted_at = ?1, remove_at = ?1, expires_at = null
       where workspace_id = ?2 and id in (
         select id from objects
         where workspace_id = ?2 and state in ('pending', 'ready') limit ?3
       )
       returning id`,
    )
      .bind(now, workspaceId, batch)
      .all();
    count += results.length;
    if (results.length === batch) continue;
    await env.DB.prepare('delete from storage_use where workspace_id = ?').bind(workspaceId).run();
    return count;
  }
}

/** Ends uploads that never became an object, so that their parts take no room. Ids of those that are ended. */
async function endUploads(s3: S3, rows: readonly ObjectRow[]): Promise<ObjectRow[]> {
  const ended: ObjectRow[] = [];
  for (let at = 0; at < rows.length; at += atOnce) {
    const outcomes = rows.slice(at, at + atOnce).map(async (row) => {
      const key = keyOf(row);
      const open = await s3.openUploads(key);
      if (row.upload_id && !open.includes(row.upload_id)) open.push(row.upload_id);
      for (const uploadId of open) await s3.abortUpload(key, uploadId);
      ended.push(row);
    });
    for (const { reason } of (await Promise.allSettled(outcomes)).filter(isRejected)) {
      logError('upload not ended', reason, { location: s3.location.name });
    }
  }
  return ended;
}

/** Rows whose objects storage has let go of. A worker may make a thousand calls: these are few. */
async function letGo(env: Env, name: string, rows: readonly ObjectRow[]): Promise<ObjectRow[]> {
  const s3 = openStorage(env, name);
  try {
    if (!s3) throw new Error('this storage is not configured');
    const isUpload = (row: ObjectRow) => row.ready_at === null && row.size > row.part_size;
    const others = rows.filter((row) => !isUpload(row));
    const gone = [...others, ...(await endUploads(s3, rows.filter(isUpload)))];
    const kept = new Set(await s3.removeAll(gone.map(keyOf)));
    return gone.filter((row) => !kept.has(keyOf(row)));
  } catch (error) {
    logError('objects not removed', error, { location: name, objects: rows.length });
    return [];
  }
}

/**
 * Removes marked objects from storage. Twice: the second time, when no signature is good any more, ends
 * their rows. What fails is tried again by the sweep; never throws for storage.
 */
export async function removeFromStorage(
  env: Env,
  rows: readonly ObjectRow[],
  now: number,
): Promise<number> {
  const gone = new Set<ObjectRow>();
  for (const [name, some] of Map.groupBy(rows, (row) => row.location)) {
    for (const row of await letGo(env, name, some)) gone.add(row);
  }
  const ids = (keep: (row: ObjectRow) => boolean) =>
    JSON.stringify(rows.filter(keep).map(({ id }) => id));
  const isLast = (row: ObjectRow) => now >= (row.deleted_at ?? now) + signaturesEnd;
  const those = `state = 'deleted' and id in (select value from json_each(?1))`;
  await env.DB.batch([
    env.DB.prepare(`delete from objects where ${those}`).bind(
      ids((row) => gone.has(row) && isLast(row)),
    ),
    env.DB.prepare(`update objects set remove_at = deleted_at + ?2 where ${those}`).bind(
      ids((row) => gone.has(row) && !isLast(row)),
      signaturesEnd,
    ),
    env.DB.prepare(`update objects set remove_at = ?2 where ${those}`).bind(
      ids((row) => !gone.has(row)),
      now + tryAgainAfter,
    ),
  ]);
  return gone.size;
}

/** Ends what has come to its end: abandoned uploads, objects with a time of their own. */
async function expireObjects(env: Env, now: number): Promise<void> {
  const { results } = await env.DB.prepare(
    `update objects set state = 'deleted', deleted_at = ?1, remove_at = ?1, expires_at = null
     where id in (
       select id from objects where state <> 'deleted' and expires_at <= ?1
       order by expires_at limit ?2
     )
     returning *`,
  )
    .bind(now, batch)
    .all<ObjectRow>();
  for (const row of results) {
    await recordEvent(
      env,
      {
        workspaceId: row.workspace_id,
        actorId: null,
        action: row.ready_at === null ? 'object.upload-aborted' : 'object.deleted',
        target: { kind: 'object', id: row.id },
        outcome: 'success',
        address: null,
        requestId: null,
        detail: { reason: row.ready_at === null ? 'abandoned' : 'expired' },
      },
      now,
    );
  }
}

/** Takes abandoned uploads and marked objects out of storage, some hundred a time. */
export async function sweepObjects(env: Env, now: number): Promise<void> {
  await expireObjects(env, now);
  const { results } = await env.DB.prepare(
    'select * from objects where remove_at <= ? order by remove_at limit ?',
  )
    .bind(now, swept)
    .all<ObjectRow>();
  await removeFromStorage(env, results, now);
}

export const objectsJob: Job = { name: 'objects', everyMinutes: 15, run: sweepObjects };
