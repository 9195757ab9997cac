/** Where one is signed in, and signing out from there. */
import { Hono } from 'hono';
import type { AppContext, SignInMethod } from '../app-types.ts';
import type { SessionView } from '../contract/people.ts';
import { refuse } from '../requests.ts';
import { removeCookie } from './cookies.ts';
import { notePerson } from './note.ts';
import { endSessions } from './people.ts';
import { idleTimeMs, ownSessionOnly, requirePerson } from './session.ts';
import { sessionCookie } from './start-session.ts';

interface Row {
  id: string;
  created_at: string;
  seen_at: number;
  ip_address: string | null;
  user_agent: string | null;
  method: SignInMethod;
}

export const sessionRoutes = new Hono<AppContext>()
  .get('/sessions', requirePerson, async (context) => {
    const person = context.var.person!;
    const { results } = await context.env.DB.prepare(
      `select id, created_at, seen_at, ip_address, user_agent, method from sessions
       where person_id = ? and expires_at > ? order by created_at desc`,
    )
      .bind(person.id, new Date().toISOString())
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
  .delete('/sessions/:sessionId', ownSessionOnly, async (context) => {
    const person = context.var.person!;
    const id = context.req.param('sessionId');
    const { meta } = await context.env.DB.prepare(
      'delete from sessions where id = ? and person_id = ?',
    )
      .bind(id, person.id)
      .run();
    if (meta.changes === 0) return refuse(context, 404, 'not-found', 'no such session');
    await notePerson(context, person.id, 'person.session-revoked', {
      target: { kind: 'session', id },
    });
    if (id === person.sessionId) removeCookie(context, sessionCookie);
    return context.json({ ended: 1 });
  })
  /** All sessions, this one too. */
  .delete('/sessions', ownSessionOnly, async (context) => {
    const person = context.var.person!;
    const ended = await endSessions(context.env, person.id);
    await notePerson(context, person.id, 'person.session-revoked', { detail: { ended } });
    removeCookie(context, sessionCookie);
    return context.json({ ended });
  });
