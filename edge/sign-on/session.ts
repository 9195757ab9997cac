/** Opens a session for who signed on, and says what it is good for. */
import type { Context } from 'hono';
import type { AppContext } from '../app-types.ts';
import { startSession } from '../auth/start-session.ts';
import type { Env } from '../env.ts';
import type { Claims } from './attempts.ts';
import type { Connection } from './connections.ts';

/** What the session is good for, and that the provider works. */
const rememberSession = (
  env: Env,
  connection: Connection,
  session: { id: string; secondFactor: boolean },
  now: number,
) =>
  env.DB.batch([
    env.DB.prepare(
      `insert into sign_on_sessions
         (session_id, workspace_id, connection_id, second_factor, created_at)
       values (?, ?, ?, ?, ?)`,
    ).bind(
      ...[session.id, connection.workspaceId, connection.id, Number(session.secondFactor), now],
    ),
    env.DB.prepare(
      'update sign_on_connections set last_used_at = ? where workspace_id = ? and id = ?',
    ).bind(now, connection.workspaceId, connection.id),
  ]);

/**
 * Sets the session cookie. The provider's word on a second factor is kept beside the session: it
 * counts in the provider's workspace, which is the only one that the session is good for.
 */
export async function openSession(
  context: Context<AppContext>,
  connection: Connection,
  { personId, claims }: { personId: string; claims: Claims },
  now: number,
): Promise<void> {
  const { sessionId } = await startSession(context, {
    personId,
    method: 'sso',
    secondFactor: 'skip',
  });
  if (!sessionId) throw new Error('a sign-on without a session');
  const { secondFactor } = claims;
  await rememberSession(context.env, connection, { id: sessionId, secondFactor }, now);
}
