/**
 * Sign-ons under way. Each is bound to one browser by a cookie, ends after ten minutes, and is used
 * once: taking it removes it.
 */
import * as v from 'valibot';
import type { Env } from '../env.ts';
import { hashOf, newToken } from '../workspaces/random.ts';
import type { Connection } from './connections.ts';

export const attemptMilliseconds = 10 * 60_000;

/** What a provider said of a person, verified. */
export const claimsSchema = v.object({
  subject: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  email: v.nullable(v.string()),
  name: v.string(),
  /** Whether the provider says that it asked for a second factor. */
  secondFactor: v.boolean(),
});
export type Claims = v.InferOutput<typeof claimsSchema>;

export interface Attempt {
  id: string;
  workspaceId: string;
  connectionId: string;
  /** PKCE and nonce; null with SAML. */
  verifier: string | null;
  nonce: string | null;
  /** SAML; null with OpenID Connect. */
  requestId: string | null;
  returnTo: string;
  expiresAt: number;
  claims: Claims | null;
}

interface Row {
  id: string;
  workspace_id: string;
  connection_id: string;
  verifier: string | null;
  nonce: string | null;
  request_id: string | null;
  return_to: string;
  expires_at: number;
  claims: string | null;
}

const fromRow = (row: Row): Attempt => ({
  id: row.id,
  workspaceId: row.workspace_id,
  connectionId: row.connection_id,
  verifier: row.verifier,
  nonce: row.nonce,
  requestId: row.request_id,
  returnTo: row.return_to,
  expiresAt: row.expires_at,
  claims: row.claims === null ? null : v.parse(claimsSchema, JSON.parse(row.claims)),
});

/** `id` goes through the provider and back (`state`, `RelayState`); `binding` stays in the browser. */
export async function beginAttempt(
  env: Env,
  connection: Connection,
  attempt: Pick<Attempt, 'id' | 'verifier' | 'nonce' | 'requestId' | 'returnTo'> & {
    binding: string;
  },
  now: number,
): Promise<void> {
  await env.DB.batch([
    env.DB.prepare('delete from sign_on_attempts where expires_at <= ?').bind(now),
    env.DB.prepare(
      `insert into sign_on_attempts (id, workspace_id, connection_id, binding_hash, verifier, nonce,
         request_id, return_to, created_at, expires_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).bind(
      ...[attempt.id, connection.workspaceId, connection.id, await hashOf(attempt.binding)],
      ...[attempt.verifier, attempt.nonce, attempt.requestId, attempt.returnTo],
      ...[now, now + attemptMilliseconds],
    ),
  ]);
}

/** Looks without using up: SAML answers come in a request that brings no cookie. */
export async function peekAttempt(env: Env, connectionId: string, id: string, now: number) {
  const row = await env.DB.prepare(
    `select * from sign_on_attempts
     where id = ? and connection_id = ? and expires_at > ? and claims is null`,
  )
    .bind(id, connectionId, now)
    .first<Row>();
  return row && fromRow(row);
}

/** Uses the attempt up, if it came from this browser. */
export async function takeAttempt(
  env: Env,
  connectionId: string,
  { id, binding }: { id: string; binding: string },
  now: number,
): Promise<Attempt | null> {
  const row = await env.DB.prepare(
    `delete from sign_on_attempts
     where id = ? and connection_id = ? and binding_hash = ? and expires_at > ? and claims is null
     returning *`,
  )
    .bind(id, connectionId, await hashOf(binding), now)
    .first<Row>();
  return row && fromRow(row);
}

/** Keeps what the provider said; whoever brings the ticket from the same browser goes on from here. */
export async function storeClaims(
  env: Env,
  attempt: Attempt,
  claims: Claims,
  now: number,
): Promise<string | null> {
  const ticket = newToken();
  const { meta } = await env.DB.prepare(
    `update sign_on_attempts set claims = ?, ticket_hash = ?
     where id = ? and claims is null and expires_at > ?`,
  )
    .bind(JSON.stringify(claims), await hashOf(ticket), attempt.id, now)
    .run();
  return meta.changes === 1 ? ticket : null;
}

export async function takeTicket(
  env: Env,
  { ticket, binding }: { ticket: string; binding: string },
  now: number,
): Promise<(Attempt & { claims: Claims }) | null> {
  const row = await env.DB.prepare(
    `delete from sign_on_attempts
     where ticket_hash = ? and binding_hash = ? and expires_at > ? and claims is not null
     returning *`,
  )
    .bind(await hashOf(ticket), await hashOf(binding), now)
    .first<Row>();
  return row && (fromRow(row) as Attempt & { claims: Claims });
}
