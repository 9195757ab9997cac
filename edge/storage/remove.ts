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

/** Longer than any signature is good that could put an object back (`sendSeconds`). */
const signaturesEnd = 3_600_000;
const tryAgainAfter = 3_600_000;
/** Rows that one statement marks: well below what the database does in a second. */
const batch = 500;
const atOnce = 6;

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

/** Removes one from storage. Twice: the second time, when no signature is good any more, ends its row. */
async function removeOne(env: Env, row: ObjectRow, now: number): Promise<boolean> {
  const key = keyOf(row);
  let removed = false;
  try {
    const s3 = openStorage(env, row.location);
    if (!s3) throw new Error('this storage is not configured');
    const open = await s3.openUploads(key);
    if (row.upload_id && !open.includes(row.upload_id)) open.push(row.upload_id);
    for (const uploadId of open) await s3.abortUpload(key, uploadId);
    await s3.remove(key);
    removed = true;
  } catch (error) {
    logError('object not removed', error, { object: row.id, location: row.location });
  }
  const last = (row.deleted_at ?? now) + signaturesEnd;
  await (
    removed && now >= last
      ? env.DB.prepare('delete from objects where workspace_id = ? and id = ?').bind(
          row.workspace_id,
          row.id,
        )
      : env.DB.prepare('update objects set remove_at = ? where workspace_id = ? and id = ?').bind(
          removed ? last : now + tryAgainAfter,
          row.workspace_id,
          row.id,
        )
  ).run();
  return removed;
}

/** Removes marked objects from storage; what fails is tried again by the sweep. Never throws for storage. */
export async function removeFromStorage(
  env: Env,
  rows: readonly ObjectRow[],
  now: number,
): Promise<number> {
  let removed = 0;
  for (let at = 0; at < rows.length; at += atOnce) {
    const done = await Promise.all(
      rows.slice(at, at + atOnce).map((row) => removeOne(env, row, now)),
    );
    removed += done.filter(Boolean).length;
  }
  return removed;
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
    .bind(now, batch)
    .all<ObjectRow>();
  await removeFromStorage(env, results, now);
}

export const objectsJob: Job = { name: 'objects', everyMinutes: 15, run: sweepObjects };
