/** What `/readyz` answers: whether this version of the worker may be sent requests. */
import type { Env } from '../env.ts';
import { checkHealth } from '../health.ts';
import { logError } from '../logs/log.ts';

/** The newest file of edge/migrations; a test compares it with the folder. */
export const newestMigration = '0006_operation.sql';

export interface Readiness {
  ready: boolean;
  /** Why not. */
  missing: ('database' | 'files' | 'storage' | 'migrations')[];
}

/** Whether the database is at least as new as this worker. */
async function isMigrated(env: Env): Promise<boolean> {
  try {
    const row = await env.DB.prepare('select 1 as there from d1_migrations where name = ?')
      .bind(newestMigration)
      .first();
    return row !== null;
  } catch (error) {
    logError('migrations not read', error);
    return false;
  }
}

export async function checkReadiness(env: Env, origin: string): Promise<Readiness> {
  const [{ parts }, migrated] = await Promise.all([checkHealth(env, origin), isMigrated(env)]);
  const missing: Readiness['missing'] = [];
  if (parts.database === 'failing') missing.push('database');
  if (parts.assets === 'failing') missing.push('files');
  if (parts.storage === 'failing') missing.push('storage');
  if (!migrated) missing.push('migrations');
  return { ready: missing.length === 0, missing };
}
