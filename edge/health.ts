/** What `/healthz` answers: whether the parts the edge depends on answer. Names no secret and no address. */
import type { Env } from './env.ts';
import { logError } from './logs/log.ts';
import { checkStorage } from './storage/open.ts';

export type PartState = 'ok' | 'failing' | 'not-configured';
export interface Health {
  ok: boolean;
  parts: { database: PartState; assets: PartState; storage: PartState };
}

async function database(env: Env): Promise<PartState> {
  try {
    const row = await env.DB.prepare('select value from installation where key = ?')
      .bind('id')
      .first();
    return row ? 'ok' : 'failing';
  } catch (error) {
    logError('database check failed', error);
    return 'failing';
  }
}

async function assets(env: Env, origin: string): Promise<PartState> {
  const response = await env.ASSETS.fetch(new Request(new URL('/models/manifest.json', origin)));
  await response.body?.cancel();
  return response.headers.get('content-type')?.includes('json') ? 'ok' : 'failing';
}

export async function checkHealth(env: Env, origin: string): Promise<Health> {
  const [db, files, bucket] = await Promise.all([
    database(env),
    assets(env, origin),
    checkStorage(env),
  ]);
  const parts = { database: db, assets: files, storage: bucket };
  return { ok: Object.values(parts).every((p) => p !== 'failing'), parts };
}
