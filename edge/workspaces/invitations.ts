/** Invitations in the database. Only hashes of their tokens are kept. */
import type { Role } from '../contract/roles.ts';
import type { InvitationView } from '../contract/workspaces.ts';
import type { Env } from '../env.ts';
import { hashOf, newId, newToken } from './random.ts';

interface Row {
  id: string;
  email: string | null;
  role: Role;
  created_at: number;
  created_by: string;
  expires_at: number;
}

const isOpen = 'accepted_at is null and revoked_at is null and expires_at > ?2';

export async function createInvitation(
  env: Env,
  invitation: Omit<InvitationView, 'id'> & { workspaceId: string },
): Promise<{ id: string; token: string }> {
  const [id, token] = [newId(), newToken()];
  await env.DB.prepare(
    `insert into invitations
       (id, workspace_id, token_hash, email, role, created_at, created_by, expires_at)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
    .bind(
      ...[id, invitation.workspaceId, await hashOf(token), invitation.email, invitation.role],
      ...[invitation.createdAt, invitation.createdBy, invitation.expiresAt],
    )
    .run();
  return { id, token };
}

export async function listInvitations(
  env: Env,
  workspaceId: string,
  now: number,
): Promise<InvitationView[]> {
  const { results } = await env.DB.prepare(
    `select id, email, role, created_at, created_by, expires_at from invitations
     where workspace_id = ?1 and ${isOpen} order by created_at, id`,
  )
    .bind(workspaceId, now)
    .all<Row>();
  return results.map((row) => ({
    id: row.id,
    email: row.email,
    role: row.role,
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
  }));
}

/** An open invitation of this workspace, by its id. */
export const findInvitation = (env: Env, workspaceId: string, id: string, now: number) =>
  env.DB.prepare(
    `select id, role from invitations where workspace_id = ?1 and id = ?3 and ${isOpen}`,
  )
    .bind(workspaceId, now, id)
    .first<Pick<Row, 'id' | 'role'>>();

export async function revokeInvitation(env: Env, workspaceId: string, id: string, now: number) {
  const { meta } = await env.DB.prepare(
    `update invitations set revoked_at = ?2 where workspace_id = ?1 and id = ?3 and ${isOpen}`,
  )
    .bind(workspaceId, now, id)
    .run();
  return meta.changes === 1;
}

export interface OpenInvitation {
  id: string;
  workspaceId: string;
  workspaceName: string;
  role: Role;
  email: string | null;
  /** JSON of the workspace's policy. */
  policy: string;
}

/** What a token opens, as long as it is good; null else. */
export async function openInvitation(
  env: Env,
  token: string,
  now: number,
): Promise<OpenInvitation | null> {
  return env.DB.prepare(
    `select invitations.id, invitations.workspace_id as workspaceId, invitations.role,
       invitations.email, workspaces.name as workspaceName, workspaces.policy
     from invitations join workspaces on workspaces.id = invitations.workspace_id
     where invitations.token_hash = ?1 and ${isOpen} and workspaces.deleted_at is null`,
  )
    .bind(await hashOf(token), now)
    .first<OpenInvitation>();
}

/**
 * Uses an invitation up and makes the person a member, both or neither. False when it was used or
 * taken back meanwhile. Who was removed before and is invited again may sign on again, too.
 */
export async function acceptInvitation(
  env: Env,
  invitation: OpenInvitation,
  personId: string,
  now: number,
): Promise<boolean> {
  const [used] = await env.DB.batch([
    env.DB.prepare(
      `update invitations set accepted_at = ?2, accepted_by = ?3 where id = ?1 and ${isOpen}`,
    ).bind(invitation.id, now, personId),
    env.DB.prepare(
      `insert into members (workspace_id, person_id, role, joined_at)
       select workspace_id, accepted_by, role, accepted_at from invitations
       where id = ?1 and accepted_at = ?2 and accepted_by = ?3
       on conflict do nothing`,
    ).bind(invitation.id, now, personId),
    env.DB.prepare(
      `delete from member_removals where workspace_id = ?1 and person_id = ?2
         and exists (select 1 from members where workspace_id = ?1 and person_id = ?2)`,
    ).bind(invitation.workspaceId, personId),
  ]);
  return used?.meta.changes === 1;
}
