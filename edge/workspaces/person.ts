import type { Context } from 'hono';
import type { AppContext } from '../app-types.ts';
import type { Env } from '../env.ts';

/**
 * The one workspace that this session is good for, when a workspace's provider opened it; null for a
 * session of the person's own. Such a session may not act for the person anywhere else: whoever runs
 * the provider can open one for any of its people. Should its workspace be gone, it is good for none.
 */
export async function workspaceOfSession(context: Context<AppContext>): Promise<string | null> {
  const person = context.var.person!;
  const row = await context.env.DB.prepare(
    'select workspace_id as id from sign_on_sessions where session_id = ?',
  )
    .bind(person.sessionId)
    .first<{ id: string }>();
  return row?.id ?? (person.method === 'sso' ? 'none' : null);
}

/** Of the workspaces that the person is a member of; none for nobody. */
export async function workspaceIdsOf(env: Env, personId: string | null): Promise<string[]> {
  const { results } = await env.DB.prepare(
    'select workspace_id as id from members where person_id = ?',
  )
    .bind(personId)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}
