/** The table of objects: rows, their keys in storage, and what is counted against the quota. */
import type { ContentType, ObjectKind, ObjectView } from '../contract/objects.ts';
import type { Env } from '../env.ts';

export interface ObjectRow {
  id: string;
  workspace_id: string;
  kind: ObjectKind;
  state: 'pending' | 'ready' | 'deleted';
  location: string;
  size: number;
  content_type: ContentType;
  part_size: number;
  upload_id: string | null;
  sha256: string | null;
  etag: string | null;
  created_by: string;
  created_at: number;
  ready_at: number | null;
  deleted_at: number | null;
  remove_at: number | null;
  expires_at: number | null;
}

type Key = Pick<ObjectRow, 'workspace_id' | 'id'>;

/** Begins with the tenant, holds random ids only: no name that a person gave is ever part of it. */
export const keyOf = ({ workspace_id, id }: Key): string => `w/${workspace_id}/${id}`;

export const partCountOf = ({ size, part_size }: ObjectRow): number => Math.ceil(size / part_size);

export const toView = (row: ObjectRow): ObjectView => ({
  id: row.id,
  kind: row.kind,
  state: row.state === 'ready' ? 'ready' : 'pending',
  size: row.size,
  contentType: row.content_type,
  etag: row.etag,
  sha256: row.sha256,
  createdAt: row.created_at,
  readyAt: row.ready_at,
});

export const findObject = (env: Env, workspaceId: string, id: string) =>
  env.DB.prepare(`select * from objects where workspace_id = ? and id = ? and state <> 'deleted'`)
    .bind(workspaceId, id)
    .first<ObjectRow>();

const pageSize = 100;

/** Those that are ready, by id, after the id `after`. */
export async function listObjects(
  env: Env,
  workspaceId: string,
  { kind, after }: { kind?: ObjectKind | undefined; after?: string | undefined },
): Promise<{ rows: ObjectRow[]; next: string | null }> {
  const { results } = await env.DB.prepare(
    `select * from objects
     where workspace_id = ?1 and state = 'ready' and id > ?2 and (?3 is null or kind = ?3)
     order by id limit ?4`,
  )
    .bind(workspaceId, after ?? '', kind ?? null, pageSize + 1)
    .all<ObjectRow>();
  const rows = results.slice(0, pageSize);
  return { rows, next: results.length > pageSize ? (rows.at(-1)?.id ?? null) : null };
}

export const defaultQuota = (env: Env): number => Number(env.STORAGE_QUOTA_BYTES) || 0;

/** Of all that is in storage or on its way there. */
export async function readUse(
  env: Env,
  workspaceId: string,
): Promise<{ bytes: number; objects: number; quotaBytes: number }> {
  const row = await env.DB.prepare(
    'select bytes, objects, quota_bytes from storage_use where workspace_id = ?',
  )
    .bind(workspaceId)
    .first<{ bytes: number; objects: number; quota_bytes: number | null }>();
  return {
    bytes: row?.bytes ?? 0,
    objects: row?.objects ?? 0,
    quotaBytes: row?.quota_bytes ?? defaultQuota(env),
  };
}

/** Null: the installation's default. */
export const setQuota = (env: Env, workspaceId: string, bytes: number | null) =>
  env.DB.prepare(
    `insert into storage_use (workspace_id, quota_bytes) values (?1, ?2)
     on conflict (workspace_id) do update set quota_bytes = ?2`,
  )
    .bind(workspaceId, bytes)
    .run();

export type NewObject = Pick<
  ObjectRow,
  | ('id' | 'workspace_id' | 'kind' | 'location' | 'size' | 'content_type')
  | ('part_size' | 'created_by' | 'created_at' | 'expires_at')
>;

/**
 * Reserves room for an object that is about to be sent. False when there is not enough left. Looking
 * and taking are one statement, so that two who come at once cannot both have the last of it.
 */
export async function reserveObject(env: Env, row: NewObject): Promise<boolean> {
  const { results } = await env.DB.prepare(
    `insert into objects
       (id, workspace_id, kind, location, size, content_type, part_size, created_by, created_at, expires_at)
     select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
     where coalesce((select bytes from storage_use where workspace_id = ?2), 0) + ?5
       <= coalesce((select quota_bytes from storage_use where workspace_id = ?2), ?11)
     returning id`,
  )
    .bind(
      ...[row.id, row.workspace_id, row.kind, row.location, row.size, row.content_type],
      ...[row.part_size, row.created_by, row.created_at, row.expires_at, defaultQuota(env)],
    )
    .all();
  return results.length === 1;
}
