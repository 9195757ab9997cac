/** Where one is signed in, and signing out from there. */
import { Hono } from 'hono';
import type { AppContext, SignInMethod } from '../app-types.ts';
import type { SessionView } from '../contract/people.ts';
import { refuse } from '../requests.ts';
import { removeCookie } from './cookies.ts';
import { notePerson } from './note.ts';
import { idleTimeMs, requirePerson } from './session.ts';
import { sessionCookie } from './start-session.ts';

interface Row {
  id: string;
  created_at: string;
  seen_at: number;
  ip_address: string | null;
  user_agent: string | null;
  method: SignInMethod;
}

/**
 * Which sessions one may see and end from this one (?1: the person, ?2: this session): all of the
 * account's, but from a session of a workspace's provider only those of that provider.
 */
const reachable = `person_id = ?1 and (
  (select method from sessions where id = ?2) <> 'sso'
  or id in (
    select others.session_id from sign_on_sessions as others
    join sign_on_sessions as own on own.workspace_id = others.workspace_id
    where own.session_id = ?2
  )
)`;

export const sessionRoutes = new Hono<AppContext>()
  .get('/sessions', requirePerson, async (context) => {
    const person = context.var.person!;
    const { results } = await context.env.DB.prepare(
      `select id, created_at, seen_at, ip_address, user_agent, method from sessions
       where ${reachable} and expires_at > ?3 order by created_at desc`,
    )
      .bind(person.id, person.sessionId, new Date().toISOString())
      .all<Row>();
    const sessions = results.map((row): SessionView => {
      const createdAt = Date.parse(row.created_at);
      return {
        id: row.id,
        createdAt,
        lastSeenAt: Math.max(row.seen_at, createdAt),
        address: row.ip_address ?? '',
        browser: (row.user_agent ?? '').slice(0, 300),
        method: row.method,
        current: row.id === person.sessionId,
      };
    });
    const alive = sessions.filter((session) => session.lastSeenAt > Date.now() - idleTimeMs);
    return context.json({ sessions: alive });
  })
  .delete('/sessions/:sessionId', requirePerson, async (context) => {
    const person = context.var.person!;
    const id = context.req.param('sessionId');
    const { meta } = await context.env.DB.prepare(
      `delete from sessions where ${reachable} and id = ?3`,
    )
      .bind(person.id, person.sessionId, id)
      .run();
    if (meta.changes === 0) return refuse(context, 404, 'not-found', 'no such session');
    await notePerson(context, person.id, 'person.session-revoked', {
      target: { kind: 'session', id },
    });
    if (id === person.sessionId) removeCookie(context, sessionCookie);
    return context.json({ ended: 1 });
  })
  /** All of them, this one too. */
  .delete('/sessions', requirePerson, async (context) => {
    const person = context.var.person!;
    const { meta } = await context.env.DB.prepare(`delete from sessions where ${reachable}`)
      .bind(person.id, person.sessionId)
      .run();
    const ended = meta.changes;
    await notePerson(context, person.id, 'person.session-revoked', { detail: { ended } });
    removeCookie(context, sessionCookie);
    return context.json({ ended });
  });
