/** The files of an export, fetched one after another while the zip is written. */
import type { Env } from '../env.ts';
import { keyOf, type ObjectRow } from '../storage/objects.ts';
import { openStorage } from '../storage/open.ts';

/** Objects of one zip: each is a request, and a worker may make a thousand while it answers one. */
export const objectsAPart = 400;

export interface Selection {
  /** SQL on `objects`, with its values. */
  where: string;
  values: string[];
}

export async function countObjects(env: Env, { where, values }: Selection) {
  const row = await env.DB.prepare(
    `select count(*) as objects, coalesce(sum(size), 0) as bytes from objects
     where state = 'ready' and ${where}`,
  )
    .bind(...values)
    .first<{ objects: number; bytes: number }>();
  const { objects = 0, bytes = 0 } = row ?? {};
  return { objects, bytes, parts: Math.max(1, Math.ceil(objects / objectsAPart)) };
}

/** `part` from 1. */
export async function objectsOf(env: Env, selection: Selection, part: number) {
  const { results } = await env.DB.prepare(
    `select * from objects where state = 'ready' and ${selection.where}
     order by workspace_id, kind, id limit ? offset ?`,
  )
    .bind(...selection.values, objectsAPart, (part - 1) * objectsAPart)
    .all<ObjectRow>();
  return results;
}

const extensions: Record<string, string> = {
  ...{ 'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp', 'image/gif': 'gif' },
  ...{ 'image/avif': 'avif', 'video/mp4': 'mp4', 'video/webm': 'webm', 'audio/mp4': 'm4a' },
  ...{ 'audio/mpeg': 'mp3', 'audio/ogg': 'ogg', 'audio/wav': 'wav', 'text/plain': 'txt' },
  ...{ 'text/markdown': 'md', 'text/vtt': 'vtt', 'text/html': 'html', 'application/json': 'json' },
  ...{ 'application/pdf': 'pdf', 'application/zip': 'zip' },
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
};

export const pathOf = (row: ObjectRow) =>
  `media/${row.workspace_id}/${row.kind}/${row.id}.${extensions[row.content_type] ?? 'bin'}`;

/** What the list of media says of each file. */
export const described = (row: ObjectRow) => ({
  id: row.id,
  workspaceId: row.workspace_id,
  kind: row.kind,
  contentType: row.content_type,
  size: row.size,
  sha256: row.sha256,
  createdBy: row.created_by,
  createdAt: row.created_at,
  path: pathOf(row),
});

/** The bytes as a stream; null when storage does not have them. Throws when it does not answer. */
export async function fetchObject(env: Env, row: ObjectRow): Promise<ReadableStream | null> {
  const s3 = openStorage(env, row.location);
  if (!s3) return null;
  const { url } = await s3.presign({ method: 'GET', key: keyOf(row), expiresIn: 300 });
  const response = await fetch(url, { redirect: 'manual' });
  if (response.status === 404) {
    await response.body?.cancel();
    return null;
  }
  if (!response.ok || !response.body) throw new Error(`storage answered ${response.status}`);
  return response.body;
}
