/**
 * From what a provider said to a person of ours. A person is found by provider and subject, never by
 * address: an account that has the address already is linked only by who is signed in to it.
 */
import * as v from 'valibot';
import { randomId } from '../auth/random.ts';
import { emailSchema, nameSchema } from '../contract/people.ts';
import type { SignOnFailure } from '../contract/sign-on.ts';
import type { Env } from '../env.ts';
import type { Claims } from './attempts.ts';
import type { Connection } from './connections.ts';
import { isProven } from './domains.ts';

export type Found =
  | { personId: string; joined: boolean }
  | { failure: SignOnFailure }
  /** There is an account with the address; its owner has to say that it is theirs. */
  | { failure: 'link-needed'; personId: string };

interface Identity {
  person_id: string;
  is_member: number;
}

const findIdentity = (env: Env, connection: Connection, subject: string) =>
  env.DB.prepare(
    `select person_id, exists (
       select 1 from members where workspace_id = identities.workspace_id
         and person_id = identities.person_id
     ) as is_member
     from sign_on_identities identities
     where workspace_id = ? and connection_id = ? and subject = ?`,
  )
    .bind(connection.workspaceId, connection.id, subject)
    .first<Identity>();

/** The address as we write it, if the workspace may speak for it. */
async function addressOf(env: Env, connection: Connection, claims: Claims) {
  const parsed = v.safeParse(emailSchema, claims.email);
  if (!parsed.success) return { failure: 'address-missing' as const };
  const email = parsed.output;
  const domain = email.slice(email.lastIndexOf('@') + 1);
  return (await isProven(env, connection.workspaceId, domain))
    ? { email }
    : { failure: 'domain-not-proven' as const };
}

/**
 * Why somebody who is no member does not become one; null when they do: who was invited does, and the
 * provider's people do, unless they were removed.
 */
async function refusedMember(
  env: Env,
  connection: Connection,
  who: { email: string; personId: string | null },
  now: number,
): Promise<SignOnFailure | null> {
  const row = await env.DB.prepare(
    `select
       exists (
         select 1 from invitations where workspace_id = ?1 and email = ?2 and accepted_at is null
           and revoked_at is null and expires_at > ?4 and exists (
             select 1 from workspaces where id = ?1 and deleted_at is null
           )
       ) as invited,
       exists (
         select 1 from member_removals where workspace_id = ?1 and person_id = ?3
       ) as removed`,
  )
    .bind(connection.workspaceId, who.email, who.personId, now)
    .first<{ invited: number; removed: number }>();
  if (row?.invited) return null;
  if (row?.removed) return 'suspended';
  return connection.joins ? null : 'not-a-member';
}

/** An open invitation to the address is used up and gives its role; else the connection's. */
const joinStatements = (
  env: Env,
  { connection, email, personId, now }: Joining,
): D1PreparedStatement[] => [
  env.DB.prepare(
    `insert into members (workspace_id, person_id, role, joined_at)
     select ?1, id, coalesce((
       select role from invitations where workspace_id = ?1 and email = ?3 and accepted_at is null
         and revoked_at is null and expires_at > ?5
       order by created_at desc limit 1
     ), ?4), ?5
     from people where id = ?2
     on conflict do nothing`,
  ).bind(connection.workspaceId, personId, email, connection.defaultRole, now),
  env.DB.prepare(
    `update invitations set accepted_at = ?4, accepted_by = ?2
     where workspace_id = ?1 and email = ?3 and accepted_at is null and revoked_at is null
       and expires_at > ?4`,
  ).bind(connection.workspaceId, personId, email, now),
  env.DB.prepare('delete from member_removals where workspace_id = ? and person_id = ?').bind(
    connection.workspaceId,
    personId,
  ),
];

const identityStatement = (env: Env, { connection, personId, now }: Joining, subject: string) =>
  env.DB.prepare(
    `insert into sign_on_identities (connection_id, subject, workspace_id, person_id, created_at)
     select ?, ?, ?, id, ? from people where id = ?
     on conflict do nothing`,
  ).bind(connection.id, subject, connection.workspaceId, now, personId);

interface Joining {
  connection: Connection;
  email: string;
  personId: string;
  now: number;
}

const personByAddress = (env: Env, email: string) =>
  env.DB.prepare('select id from people where email = ?').bind(email).first<{ id: string }>();

const isMember = async (env: Env, workspaceId: string, personId: string) =>
  (await env.DB.prepare('select 1 from members where workspace_id = ? and person_id = ?')
    .bind(workspaceId, personId)
    .first()) !== null;

/** Who signs on. Somebody new gets an account and becomes a member, all at once or not at all. */
export async function findPerson(
  env: Env,
  connection: Connection,
  claims: Claims,
  now: number,
): Promise<Found> {
  const known = await findIdentity(env, connection, claims.subject);
  if (known?.is_member) return { personId: known.person_id, joined: false };
  const address = await addressOf(env, connection, claims);
  if ('failure' in address) return { failure: address.failure! };
  const { email } = address;
  const existing = known ? null : await personByAddress(env, email);
  if (existing) return { failure: 'link-needed', personId: existing.id };
  const refused = await refusedMember(
    ...([env, connection, { email, personId: known?.person_id ?? null }, now] as const),
  );
  if (refused) return { failure: refused };
  const joining = { connection, email, personId: known?.person_id ?? randomId(), now };
  const name = v.safeParse(nameSchema, claims.name);
  const at = new Date(now).toISOString();
  const [created] = await env.DB.batch([
    env.DB.prepare(
      `insert into people (id, name, email, email_verified, created_at, updated_at)
       values (?, ?, ?, 1, ?, ?) on conflict do nothing`,
    ).bind(joining.personId, name.success ? name.output : email.split('@')[0]!, email, at, at),
    identityStatement(env, joining, claims.subject),
    ...joinStatements(env, joining),
  ]);
  // Somebody took the address in this very moment.
  if (!known && created?.meta.changes !== 1) return { failure: 'link-needed', personId: '' };
  return { personId: joining.personId, joined: true };
}

/** Links the account of `person`, who has said so while signed in to it on their own. */
export async function linkPerson(
  env: Env,
  connection: Connection,
  claims: Claims,
  person: { id: string; email: string; emailVerified: boolean },
  now: number,
): Promise<Found> {
  const address = await addressOf(env, connection, claims);
  if ('failure' in address) return { failure: address.failure! };
  const { email } = address;
  if (!person.emailVerified || person.email.toLowerCase() !== email) {
    return { failure: 'address-not-proven' };
  }
  const wasMember = await isMember(env, connection.workspaceId, person.id);
  const refused = wasMember
    ? null
    : await refusedMember(env, connection, { email, personId: person.id }, now);
  if (refused) return { failure: refused };
  const joining = { connection, email, personId: person.id, now };
  await env.DB.batch([
    identityStatement(env, joining, claims.subject),
    ...(wasMember ? [] : joinStatements(env, joining)),
  ]);
  const known = await findIdentity(env, connection, claims.subject);
  // The provider's subject became somebody else's in this very moment.
  if (known?.person_id !== person.id) return { failure: 'expired' };
  return { personId: person.id, joined: !wasMember };
}
