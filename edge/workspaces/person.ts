import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { AppContext } from '../app-types.ts';
import { refuse } from '../requests.ts';

/** For routes that belong to a person and to no workspace. */
export const personOf = createMiddleware<AppContext>(async function personOf(context, next) {
  if (!context.var.person) return refuse(context, 401, 'not-signed-in', 'sign in first');
  await next();
});

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
