import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import app from '../index.ts';
import { listDays, recordChecks, statusJob } from './checks.ts';
import { statusPage } from './page.ts';
import { newestMigration } from './readiness.ts';

const get = (path: string, bindings: object = env) =>
  app.request(`https://cairn.test${path}`, {}, bindings);
const day = 86_400_000;
const brokenDatabase = {
  prepare() {
    throw new Error('canary');
  },
};

describe('readyz', () => {
  test('says yes when every part answers and the database has every migration', async () => {
    const response = await get('/readyz');
    expect(await response.json()).toEqual({ ready: true, missing: [] });
    expect(response.status).toBe(200);
  });

  test('says no and why while the database is older than the worker', async () => {
    await env.DB.prepare('update d1_migrations set name = ?1 where name = ?2')
      .bind('later', newestMigration)
      .run();
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ ready: false, missing: ['migrations'] });
    await env.DB.prepare('update d1_migrations set name = ?2 where name = ?1')
      .bind('later', newestMigration)
      .run();
  });

  test('asks for the newest migration there is', () => {
    expect(newestMigration).toBe(env.MIGRATIONS.at(-1)!.name);
  });
});

describe('status page', () => {
  test('has no script, tells each part, and is not kept by caches', async () => {
    const response = await get('/status');
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(text).toContain('Everything works.');
    expect(text).toContain('Not in use');
    expect(text).not.toContain('<script');
  });

  test('answers while the database does not', async () => {
    const response = await get('/status', { ...env, DB: brokenDatabase });
    expect(response.status).toBe(503);
    const text = await response.text();
    expect(text).toContain('Something does not work.');
    expect(text).not.toContain('canary');
  });

  test('rounds availability down', () => {
    const parts = { database: 'ok', assets: 'ok', storage: 'not-configured' } as const;
    const days = [{ day: 100, part: 'database' as const, checks: 100_000, failures: 1 }];
    const page = String(statusPage({ parts, days, now: 100 * day }));
    expect(page).toContain('99.99 % of 100000 checks');
    expect(page).toContain('99999 of 100000 checks');
  });
});

test('checks are counted by day and kept for thirty days', async () => {
  const bad = { database: 'ok', assets: 'failing', storage: 'not-configured' } as const;
  await recordChecks(env, bad, 0);
  await recordChecks(env, bad, 5 * 60_000);
  await recordChecks(env, { ...bad, assets: 'ok' }, 10 * 60_000);
  expect(await listDays(env, 0)).toEqual([
    { day: 0, part: 'assets', checks: 3, failures: 2 },
    { day: 0, part: 'database', checks: 3, failures: 0 },
  ]);
  await recordChecks(env, bad, 29 * day);
  expect(await listDays(env, 29 * day)).toHaveLength(4);
  await recordChecks(env, bad, 30 * day);
  expect((await listDays(env, 29 * day)).map((one) => one.day)).toEqual([29, 29, 30, 30]);
  await statusJob.run(env, 31 * day);
  expect(await listDays(env, 31 * day)).toContainEqual({
    ...{ day: 31, part: 'assets', checks: 1, failures: 0 },
  });
});
