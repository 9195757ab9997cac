/**
 * From a reservation to an object that is there and is what it was said to be. The sender gets
 * signatures for exactly what it announced; the content never comes here.
 */
import {
  partSizeFor,
  type ArrivedParts,
  type ContentType,
  type ObjectKind,
  type SignedPart,
  type StartedUpload,
} from '../contract/objects.ts';
import type { Env } from '../env.ts';
import { readSettings } from '../workspaces/policy-routes.ts';
import { newId } from '../workspaces/random.ts';
import { looksLike, startLength } from './content-types.ts';
import { locationsFor } from './locations.ts';
import { etagOf } from './md5.ts';
import { keyOf, partCountOf, readUse, reserveObject, type ObjectRow } from './objects.ts';
import { openLocation, openStorage } from './open.ts';
import { Refusal } from './refusal.ts';
import { deleteObjects, removeFromStorage } from './remove.ts';
import type { S3 } from './s3.ts';
import { StorageError } from './signed-requests.ts';

/** How long a signature to send is good, in seconds: it is checked when the sending begins. */
export const sendSeconds = 15 * 60;
/** An upload that asked for no signature for so long counts as abandoned. */
export const abandonedAfter = 24 * 3_600_000;

/** Where new objects of a workspace go: what it chose, else the operator's first. */
export async function locationOf(env: Env, workspaceId: string) {
  const offered = locationsFor(env, workspaceId);
  const { location } = (await readSettings(env, workspaceId)).storage;
  return offered.find(({ name }) => name === location) ?? offered[0] ?? null;
}

function opened(env: Env, row: ObjectRow): S3 {
  const s3 = openStorage(env, row.location);
  if (!s3) throw new Refusal(503, 'storage-not-configured', 'this storage is not set up any more');
  return s3;
}

/** Reserves room, and opens the upload in storage when it goes in parts. */
export async function startUpload(
  env: Env,
  wanted: { kind: ObjectKind; size: number; contentType: ContentType },
  { workspaceId, personId }: { workspaceId: string; personId: string },
  now: number,
): Promise<StartedUpload> {
  const { retention } = await readSettings(env, workspaceId);
  if (retention[wanted.kind] === 'nothing') {
    throw new Refusal(409, 'nothing-kept', 'this workspace keeps nothing of this kind');
  }
  const location = await locationOf(env, workspaceId);
  const s3 = location && openLocation(env, location);
  if (!s3) throw new Refusal(503, 'storage-not-configured', 'no storage is set up');
  const partSize = partSizeFor(wanted.size);
  const row = {
    id: newId(),
    workspace_id: workspaceId,
    kind: wanted.kind,
    location: location.name,
    size: wanted.size,
    content_type: wanted.contentType,
    part_size: partSize,
    created_by: personId,
    created_at: now,
    expires_at: now + abandonedAfter,
  };
  if (!(await reserveObject(env, row))) {
    const { bytes, quotaBytes } = await readUse(env, workspaceId);
    const left = Math.max(0, quotaBytes - bytes);
    const sentence = `${wanted.size} bytes are wanted, ${left} of ${quotaBytes} are left`;
    throw new Refusal(413, 'storage-full', sentence);
  }
  if (wanted.size > partSize) {
    try {
      const uploadId = await s3.createUpload(keyOf(row), wanted.contentType);
      await env.DB.prepare('update objects set upload_id = ? where workspace_id = ? and id = ?')
        .bind(uploadId, workspaceId, row.id)
        .run();
    } catch (error) {
      await deleteObjects(env, workspaceId, [row.id], now);
      throw error;
    }
  }
  const partCount = Math.ceil(wanted.size / partSize);
  return { id: row.id, partSize, partCount, expiresAt: row.expires_at };
}

/** Signs parts for sending: length and MD5 are part of each signature. Puts off being abandoned. */
export async function signParts(
  env: Env,
  row: ObjectRow,
  parts: readonly { number: number; md5: string }[],
  now: number,
): Promise<SignedPart[]> {
  const s3 = opened(env, row);
  const count = partCountOf(row);
  if (parts.some(({ number }) => number > count)) {
    throw new Refusal(400, 'invalid-request', `number: there are ${count} parts`);
  }
  await env.DB.batch([
    env.DB.prepare(
      `update objects set expires_at = ? where workspace_id = ? and id = ? and state = 'pending'`,
    ).bind(now + abandonedAfter, row.workspace_id, row.id),
    env.DB.prepare(
      `insert into object_parts (object_id, workspace_id, number, md5)
       select ?1, ?2, value ->> 'number', value ->> 'md5' from json_each(?3) where true
       on conflict (object_id, number) do update set md5 = excluded.md5`,
    ).bind(row.id, row.workspace_id, JSON.stringify(parts)),
  ]);
  return Promise.all(
    parts.map(async ({ number, md5 }) => {
      const last = row.size - row.part_size * (count - 1);
      const { url, headers, expiresAt } = await s3.presign(
        {
          method: 'PUT',
          key: keyOf(row),
          contentLength: number === count ? last : row.part_size,
          expiresIn: sendSeconds,
          ...(row.upload_id
            ? {
                query: { partNumber: String(number), uploadId: row.upload_id },
                headers: { 'content-md5': md5 },
              }
            : {
                headers: {
                  'content-md5': md5,
                  'content-type': row.content_type,
                  ...s3.encryptionHeaders,
                },
              }),
        },
        now,
      );
      return { number, url, headers, expiresAt };
    }),
  );
}

export async function arrivedParts(env: Env, row: ObjectRow): Promise<ArrivedParts> {
  if (!row.upload_id) return { parts: null };
  return { parts: await opened(env, row).listParts(keyOf(row), row.upload_id) };
}

async function joinParts(s3: S3, row: ObjectRow, uploadId: string, etags: readonly string[]) {
  const key = keyOf(row);
  const listed = await s3.listParts(key, uploadId);
  if (listed) {
    const arrived = new Map(listed.map((part) => [part.number, part]));
    const missing = etags.filter((etag, i) => arrived.get(i + 1)?.etag !== etag).length;
    if (missing > 0) {
      throw new Refusal(
        409,
        'upload-incomplete',
        `${missing} of ${etags.length} parts are missing`,
      );
    }
  }
  try {
    const parts = etags.map((etag, i) => ({ number: i + 1, etag }));
    await s3.completeUpload(key, uploadId, parts);
  } catch (error) {
    // Storage may have done it and the answer got lost; a second call then finds no upload.
    if (!(error instanceof StorageError)) throw error;
    if (await s3.head(key)) return;
    if (error.status < 400 || error.status >= 500) throw error;
    throw new Refusal(409, 'upload-incomplete', 'storage misses parts or has others');
  }
}

/** The MD5 that each part was signed for, in order. */
async function signedMd5s(env: Env, row: ObjectRow): Promise<string[]> {
  const { results } = await env.DB.prepare(
    'select md5 from object_parts where workspace_id = ? and object_id = ? order by number',
  )
    .bind(row.workspace_id, row.id)
    .all<{ md5: string }>();
  return results.map(({ md5 }) => md5);
}

/**
 * Puts the parts together and looks at what is there. What has not the size, MD5 and type that was
 * announced is thrown away. Calling it again for an object that is ready does nothing.
 */
export async function completeUpload(
  env: Env,
  row: ObjectRow,
  { etags, sha256 }: { etags: readonly string[]; sha256: string | null },
  now: number,
): Promise<ObjectRow> {
  if (row.state === 'ready') return row;
  const s3 = opened(env, row);
  const count = partCountOf(row);
  if (etags.length !== count) {
    throw new Refusal(400, 'invalid-request', `etags: there are ${count} parts`);
  }
  const md5s = await signedMd5s(env, row);
  if (md5s.length !== count) {
    throw new Refusal(
      409,
      'upload-incomplete',
      `${count - md5s.length} of ${count} parts are missing`,
    );
  }
  if (row.upload_id) await joinParts(s3, row, row.upload_id, etags);
  const found = await s3.head(keyOf(row));
  if (!found) throw new Refusal(409, 'upload-incomplete', 'nothing has arrived');
  const expected = s3.location.etags === 'md5' ? await etagOf(md5s, row.upload_id !== null) : null;
  const isWhole = found.size === row.size && (expected === null || found.etag === expected);
  const isOfItsType =
    isWhole && looksLike(row.content_type, await s3.readStart(keyOf(row), startLength));
  if (!isOfItsType) {
    await deleteObjects(env, row.workspace_id, [row.id], now);
    await removeFromStorage(env, [row], now);
    if (!isWhole)
      throw new Refusal(422, 'upload-damaged', 'storage has other bytes than announced');
    throw new Refusal(422, 'content-mismatch', `this is no ${row.content_type}`);
  }
  const [, ready] = await env.DB.batch<ObjectRow>([
    env.DB.prepare('delete from object_parts where workspace_id = ? and object_id = ?').bind(
      row.workspace_id,
      row.id,
    ),
    env.DB.prepare(
      `update objects set state = 'ready', ready_at = ?1, etag = ?2, sha256 = ?3, expires_at = null
     where workspace_id = ?4 and id = ?5 and state = 'pending' returning *`,
    ).bind(now, found.etag, sha256, row.workspace_id, row.id),
  ]);
  // Deleted in the meantime: the sweep removes from storage what was just put together.
  const object = ready?.results[0];
  if (!object) throw new Refusal(404, 'not-found', 'no such object');
  return object;
}
