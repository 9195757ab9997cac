import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { createSession } from '../test/people.ts';
import { makeTenant, snapshot } from '../test/tenants.ts';
import { sweep } from './sweep.ts';

test('what is over goes when its time has come, and nothing before', async () => {
  const tenant = await makeTenant();
  const now = 1_000_000_000_000;
  const day = 86_400_000;
  await createSession(tenant.people.viewer.id);
  const session = await env.DB.prepare('select id from sessions where person_id = ?')
    .bind(tenant.people.viewer.id)
    .first<string>('id');
  await env.DB.batch([
    env.DB.prepare('update invitations set expires_at = ?').bind(now),
    env.DB.prepare('update sign_on_attempts set expires_at = ?').bind(now),
    env.DB.prepare('update sign_on_assertions set expires_at = ?').bind(now),
    env.DB.prepare('update sign_on_sessions set session_id = ?').bind(session),
  ]);
  const counts = async () => {
    const rows = await snapshot(tenant);
    return ['invitations', 'sign_on_attempts', 'sign_on_assertions', 'sign_on_sessions'].map(
      (table) => rows[table]!.length,
    );
  };
  await sweep(env, now - 1);
  expect(await counts()).toEqual([1, 1, 1, 1]);
  await sweep(env, now);
  expect(await counts()).toEqual([1, 0, 0, 1]);
  await sweep(env, now + 30 * day);
  expect(await counts()).toEqual([0, 0, 0, 1]);
  await env.DB.prepare('delete from sessions where id = ?').bind(session).run();
  await sweep(env, now);
  expect(await counts()).toEqual([0, 0, 0, 0]);
});
