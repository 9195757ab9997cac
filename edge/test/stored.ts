/** Workspaces and objects for tests of what happens to them later: as if they had been made in the past. */
import type { Role } from '../contract/roles.ts';
import type { ObjectKind } from '../contract/objects.ts';
import type { WorkspaceSettings } from '../contract/settings.ts';
import type { Env } from '../env.ts';
import { keyOf } from '../storage/objects.ts';
import { openTestStorage } from './storages.ts';
import { randomHex } from '../logs/trace.ts';
import type { TestStorage } from './storage-context.ts';

interface Wanted {
  members: [personId: string, role: Role][];
  settings?: { [Area in keyof WorkspaceSettings]?: Partial<WorkspaceSettings[Area]> };
  name?: string;
}

export async function storeWorkspace(env: Env, { members, settings = {}, name }: Wanted) {
  const id = randomHex(16);
  await env.DB.prepare(
    'insert into workspaces (id, name, settings, created_at, created_by) values (?, ?, ?, 0, ?)',
  )
    .bind(id, name ?? 'Team', JSON.stringify(settings), members[0]?.[0] ?? 'nobody')
    .run();
  for (const [personId, role] of members) {
    await env.DB.prepare(
      'insert into members (workspace_id, person_id, role, joined_at) values (?, ?, ?, 0)',
    )
      .bind(id, personId, role)
      .run();
  }
  return id;
}

interface Content {
  workspaceId: string;
  kind: ObjectKind;
  readyAt: number;
  content?: string;
  createdBy?: string;
}

/** An object that is ready, with its bytes in storage. Returns its id and whether the bytes are there. */
export async function storeObject(env: Env, storage: TestStorage, wanted: Content) {
  const { workspaceId, kind, readyAt, content = 'content', createdBy = 'nobody' } = wanted;
  const id = randomHex(16);
  const s3 = openTestStorage(storage);
  const key = keyOf({ workspace_id: workspaceId, id });
  const put = await s3.presign({ method: 'PUT', key, expiresIn: 60 });
  const answer = await fetch(put.url, { method: 'PUT', body: content });
  if (!answer.ok) throw new Error(`not stored: ${answer.status}`);
  await env.DB.prepare(
    `insert into objects (id, workspace_id, kind, state, location, size, content_type, part_size,
       created_by, created_at, ready_at)
     values (?1, ?2, ?3, 'ready', ?4, ?5, 'text/plain', 8388608, ?6, ?7, ?7)`,
  )
    .bind(...[id, workspaceId, kind, storage.name, content.length, createdBy, readyAt])
    .run();
  return { id, isStored: async () => (await s3.head(key)) !== null };
}
