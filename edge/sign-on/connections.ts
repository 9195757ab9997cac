/** Providers of workspaces in the database. */
import * as v from 'valibot';
import type { Role } from '../contract/roles.ts';
import {
  providerSchema,
  type ConnectionInput,
  type ConnectionView,
  type SignOnProvider,
} from '../contract/sign-on.ts';
import type { Env } from '../env.ts';
import { seal, unseal } from '../secrets.ts';
import { newId } from '../workspaces/random.ts';

interface Row {
  id: string;
  workspace_id: string;
  name: string;
  provider: string;
  sealed_secret: string | null;
  default_role: Exclude<Role, 'owner'>;
  joins: number;
  enabled: number;
  created_at: number;
  last_used_at: number | null;
}

export interface Connection extends Omit<ConnectionView, 'ours' | 'hasSecret'> {
  workspaceId: string;
  sealedSecret: string | null;
}

const fromRow = (row: Row): Connection => ({
  id: row.id,
  workspaceId: row.workspace_id,
  name: row.name,
  provider: v.parse(providerSchema, JSON.parse(row.provider)),
  sealedSecret: row.sealed_secret,
  defaultRole: row.default_role,
  joins: row.joins === 1,
  enabled: row.enabled === 1,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
});

/** Where a connection's own addresses are; distinct for each, so that no provider can play another. */
export function addressesOf(origin: string, id: string, kind: SignOnProvider['kind']) {
  const base = `${origin}/api/sign-on/${id}`;
  return kind === 'saml'
    ? { start: `${base}/start`, callback: `${base}/acs`, entityId: `${base}/metadata` }
    : { start: `${base}/start`, callback: `${base}/callback`, entityId: null };
}

export const toView = (origin: string, connection: Connection): ConnectionView => {
  const { workspaceId: _, sealedSecret, ...rest } = connection;
  const ours = addressesOf(origin, connection.id, connection.provider.kind);
  return { ...rest, hasSecret: sealedSecret !== null, ours };
};

const ownerOf = (workspaceId: string, id: string) => `${workspaceId}/sign-on/${id}`;

export const secretOf = async (env: Env, { workspaceId, id, sealedSecret }: Connection) =>
  sealedSecret === null ? null : unseal(env, ownerOf(workspaceId, id), sealedSecret);

export async function listConnections(env: Env, workspaceId: string): Promise<Connection[]> {
  const { results } = await env.DB.prepare(
    'select * from sign_on_connections where workspace_id = ? order by created_at, id',
  )
    .bind(workspaceId)
    .all<Row>();
  return results.map(fromRow);
}

export async function findConnection(env: Env, workspaceId: string, id: string) {
  const row = await env.DB.prepare(
    'select * from sign_on_connections where workspace_id = ? and id = ?',
  )
    .bind(workspaceId, id)
    .first<Row>();
  return row && fromRow(row);
}

/**
 * For who is not signed in yet: the connection itself says which workspace it belongs to. While that
 * waits for its end nobody joins, but its owners still come in, who may keep it.
 */
export async function openConnection(env: Env, id: string): Promise<Connection | null> {
  const row = await env.DB.prepare(
    `select sign_on_connections.*, workspaces.deleted_at from sign_on_connections
     join workspaces on workspaces.id = sign_on_connections.workspace_id
     where sign_on_connections.id = ? and enabled = 1`,
  )
    .bind(id)
    .first<Row & { deleted_at: number | null }>();
  if (!row) return null;
  const connection = fromRow(row);
  return row.deleted_at === null ? connection : { ...connection, joins: false };
}

/** Connections that people of an address sign on with: of workspaces that have proven its domain. */
export async function connectionsFor(env: Env, email: string) {
  const { results } = await env.DB.prepare(
    `select sign_on_connections.id, sign_on_connections.name
     from workspace_domains
     join sign_on_connections using (workspace_id)
     where workspace_domains.domain = ? and verified_at is not null and enabled = 1
     order by sign_on_connections.name, sign_on_connections.id`,
  )
    .bind(email.slice(email.lastIndexOf('@') + 1))
    .all<{ id: string; name: string }>();
  return results;
}

export async function addConnection(
  env: Env,
  workspaceId: string,
  input: ConnectionInput,
  now: number,
): Promise<string> {
  const id = newId();
  const { clientSecret: secret } = input;
  await env.DB.prepare(
    `insert into sign_on_connections
       (id, workspace_id, name, provider, sealed_secret, default_role, joins, enabled, created_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
    .bind(
      ...[id, workspaceId, input.name, JSON.stringify(input.provider)],
      secret === undefined ? null : await seal(env, ownerOf(workspaceId, id), secret),
      ...[input.defaultRole, Number(input.joins), Number(input.enabled), now],
    )
    .run();
  return id;
}

export async function changeConnection(
  env: Env,
  workspaceId: string,
  id: string,
  input: ConnectionInput,
): Promise<void> {
  const { clientSecret: secret } = input;
  await env.DB.prepare(
    `update sign_on_connections
     set name = ?, provider = ?, default_role = ?, joins = ?, enabled = ?,
       sealed_secret = coalesce(?, sealed_secret)
     where workspace_id = ? and id = ?`,
  )
    .bind(
      ...[input.name, JSON.stringify(input.provider), input.defaultRole],
      ...[Number(input.joins), Number(input.enabled)],
      secret === undefined ? null : await seal(env, ownerOf(workspaceId, id), secret),
      ...[workspaceId, id],
    )
    .run();
}

/** Its identities and running sign-ons go with it; sessions that it opened are good for nothing. */
export async function removeConnection(env: Env, workspaceId: string, id: string) {
  const [removed] = await env.DB.batch([
    env.DB.prepare('delete from sign_on_connections where workspace_id = ? and id = ?').bind(
      workspaceId,
      id,
    ),
    env.DB.prepare(
      'delete from sign_on_sessions where workspace_id = ? and connection_id = ?',
    ).bind(workspaceId, id),
  ]);
  return removed?.meta.changes === 1;
}
