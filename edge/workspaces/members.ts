/** Members in the database. Every change keeps an owner and names the role it expects to change. */
import type { Env } from '../env.ts';
import type { Role } from '../contract/roles.ts';
import type { MemberView } from '../contract/workspaces.ts';

interface Row {
  person_id: string;
  role: Role;
  joined_at: number;
  name: string | null;
  email: string | null;
}

export async function listMembers(env: Env, workspaceId: string): Promise<MemberView[]> {
  const { results } = await env.DB.prepare(
    `select members.person_id, members.role, members.joined_at, people.name, people.email
     from members left join people on people.id = members.person_id
     where members.workspace_id = ?
     order by members.joined_at, members.person_id`,
  )
    .bind(workspaceId)
    .all<Row>();
  return results.map((row) => ({
    personId: row.person_id,
    name: row.name ?? '',
    email: row.email,
    role: row.role,
    joinedAt: row.joined_at,
  }));
}

export async function roleOf(env: Env, workspaceId: string, personId: string) {
  const row = await env.DB.prepare(
    'select role from members where workspace_id = ? and person_id = ?',
  )
    .bind(workspaceId, personId)
    .first<{ role: Role }>();
  return row?.role ?? null;
}

const anotherOwner = `exists (
  select 1 from members others
  where others.workspace_id = members.workspace_id and others.role = 'owner'
    and others.person_id <> members.person_id
)`;

/**
 * Takes back the open invitations of a person that their role, as it is now, would not let them make:
 * editors and viewers invite nobody, others nobody above themselves.
 */
const revokeBeyond = (env: Env, workspaceId: string, personId: string, now: number) =>
  env.DB.prepare(
    `update invitations set revoked_at = ?3
     where workspace_id = ?1 and created_by = ?2 and accepted_at is null and revoked_at is null
       and not exists (
         select 1 from members
         where workspace_id = ?1 and person_id = ?2
           and (role = 'owner' or (role = 'admin' and invitations.role <> 'owner'))
       )`,
  ).bind(workspaceId, personId, now);

/** False when the role is no longer `from`, or the last owner would go. */
export async function changeRole(
  env: Env,
  change: { workspaceId: string; personId: string; from: Role; to: Role; now: number },
): Promise<boolean> {
  const { workspaceId, personId, from, to, now } = change;
  const [changed] = await env.DB.batch([
    env.DB.prepare(
      `update members set role = ?4
       where workspace_id = ?1 and person_id = ?2 and role = ?3
         and (role <> 'owner' or ?4 = 'owner' or ${anotherOwner})`,
    ).bind(workspaceId, personId, from, to),
    revokeBeyond(env, workspaceId, personId, now),
  ]);
  return changed?.meta.changes === 1;
}

/** As `changeRole`. Somebody removed `by` others does not come back by signing on alone. */
export async function removeMember(
  env: Env,
  removal: {
    workspaceId: string;
    personId: string;
    from: Role;
    by: 'others' | 'self';
    now: number;
  },
): Promise<boolean> {
  const { workspaceId, personId, from, by, now } = removal;
  const isGone = `not exists (select 1 from members where workspace_id = ?1 and person_id = ?2)`;
  const [removed] = await env.DB.batch([
    env.DB.prepare(
      `delete from members
       where workspace_id = ? and person_id = ? and role = ?
         and (role <> 'owner' or ${anotherOwner})`,
    ).bind(workspaceId, personId, from),
    revokeBeyond(env, workspaceId, personId, now),
    env.DB.prepare(
      `insert into member_removals (workspace_id, person_id, removed_at)
       select ?1, ?2, ?3 where ?4 = 'others' and ${isGone}
       on conflict (workspace_id, person_id) do update set removed_at = excluded.removed_at`,
    ).bind(workspaceId, personId, now, by),
  ]);
  return removed?.meta.changes === 1;
}

/** Makes another member owner and the one who was, admin: both or neither. */
export async function transferOwnership(
  env: Env,
  transfer: { workspaceId: string; from: string; to: string },
): Promise<boolean> {
  const { workspaceId, from, to } = transfer;
  const set = (role: Role, personId: string, expected: string) =>
    env.DB.prepare(
      `update members set role = ? where workspace_id = ? and person_id = ? and ${expected}`,
    ).bind(role, workspaceId, personId);
  const [raised] = await env.DB.batch([
    set('owner', to, 'true'),
    set('admin', from, `role = 'owner' and ${anotherOwner}`),
  ]);
  return raised?.meta.changes === 1;
}
