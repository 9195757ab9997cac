/** Workspaces in the database. */
import type { WorkspaceView } from '../contract/workspaces.ts';
import type { Role } from '../contract/roles.ts';
import type { Env } from '../env.ts';
import { newId } from './random.ts';

/** Between asking for a workspace's end and its end: seven days in which an owner may take it back. */
export const graceMilliseconds = 7 * 86_400_000;

interface Row {
  id: string;
  name: string;
  role: Role;
  created_at: number;
  purge_at: number | null;
}

const toView = (row: Row): WorkspaceView => ({
  id: row.id,
  name: row.name,
  role: row.role,
  createdAt: row.created_at,
  purgeAt: row.purge_at,
});

export async function createWorkspace(env: Env, name: string, personId: string, now: number) {
  const id = newId();
  await env.DB.batch([
    env.DB.prepare(
      'insert into workspaces (id, name, created_at, created_by) values (?, ?, ?, ?)',
    ).bind(id, name, now, personId),
    env.DB.prepare(
      `insert into members (workspace_id, person_id, role, joined_at) values (?, ?, 'owner', ?)`,
    ).bind(id, personId, now),
  ]);
  return id;
}

const columns = `workspaces.id, workspaces.name, members.role, workspaces.created_at,
  workspaces.purge_at`;

/** `only`: the one workspace that a session of its provider may see. */
export async function listWorkspaces(env: Env, personId: string, only: string | null) {
  const { results } = await env.DB.prepare(
    `select ${columns} from members join workspaces on workspaces.id = members.workspace_id
     where members.person_id = ?1 and (?2 is null or members.workspace_id = ?2)
     order by workspaces.name, workspaces.id`,
  )
    .bind(personId, only)
    .all<Row>();
  return results.map(toView);
}

export async function readWorkspace(env: Env, workspaceId: string, personId: string) {
  const row = await env.DB.prepare(
    `select ${columns} from workspaces join members on workspaces.id = members.workspace_id
     where members.workspace_id = ? and members.person_id = ?`,
  )
    .bind(workspaceId, personId)
    .first<Row>();
  return row && toView(row);
}

export const renameWorkspace = (env: Env, workspaceId: string, name: string) =>
  env.DB.prepare('update workspaces set name = ? where id = ?').bind(name, workspaceId).run();

/** Marks the workspace; false when it bears another name or is marked already. */
export async function closeWorkspace(env: Env, workspaceId: string, name: string, now: number) {
  const { meta } = await env.DB.prepare(
    `update workspaces set deleted_at = ?3, purge_at = ?4
     where id = ?1 and name = ?2 and deleted_at is null`,
  )
    .bind(workspaceId, name, now, now + graceMilliseconds)
    .run();
  return meta.changes === 1;
}

export async function reopenWorkspace(env: Env, workspaceId: string) {
  const { meta } = await env.DB.prepare(
    `update workspaces set deleted_at = null, purge_at = null
     where id = ? and deleted_at is not null`,
  )
    .bind(workspaceId)
    .run();
  return meta.changes === 1;
}

/** Workspaces whose days of grace are over. Their objects go first, then `removeWorkspaceRows`. */
export async function workspacesToPurge(env: Env, now: number): Promise<string[]> {
  const { results } = await env.DB.prepare('select id from workspaces where purge_at <= ?')
    .bind(now)
    .all<{ id: string }>();
  return results.map((row) => row.id);
}

/** Removes a workspace's rows of this area; members, invitations and sign-on go with it. */
export async function removeWorkspaceRows(env: Env, workspaceId: string): Promise<void> {
  await env.DB.prepare('delete from workspaces where id = ? and purge_at is not null')
    .bind(workspaceId)
    .run();
}

/** What keeps a person from deleting their account: workspaces of others that they alone own. */
export async function solelyOwned(env: Env, personId: string) {
  const { results } = await env.DB.prepare(
    `select mine.workspace_id as id,
       (select count(*) from members others where others.workspace_id = mine.workspace_id) as members
     from members mine
     where mine.person_id = ?1 and mine.role = 'owner' and not exists (
       select 1 from members others
       where others.workspace_id = mine.workspace_id and others.role = 'owner'
         and others.person_id <> ?1
     )`,
  )
    .bind(personId)
    .all<{ id: string; members: number }>();
  return results;
}
