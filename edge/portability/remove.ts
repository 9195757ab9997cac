/** Deleting people and workspaces: rows at once, objects within hours, backups within nine days. */
import { recordEvent, type AuditEvent } from '../audit/record.ts';
import { removeChain } from '../audit/retention.ts';
import type { Env } from '../env.ts';
import type { Job } from '../scheduled.ts';
import { deleteAllObjects } from '../storage/remove.ts';
import { workspaceIdsOf } from '../workspaces/person.ts';
import { solelyOwned, workspacesToPurge } from '../workspaces/store.ts';
import { bindPerson, tables } from './tables.ts';

type Source = Pick<AuditEvent, 'actorId' | 'address' | 'requestId'>;
const byTheClock: Source = { actorId: null, address: null, requestId: null };

/**
 * Removes a workspace with everything in it, its log included. The installation's log keeps that it
 * happened. Storage follows by the job `objects`.
 */
export async function purgeWorkspace(
  env: Env,
  workspaceId: string,
  now: number,
  source: Source = byTheClock,
): Promise<void> {
  const objects = await deleteAllObjects(env, workspaceId, now);
  await recordEvent(
    env,
    {
      ...{ workspaceId: null, action: 'workspace.purged', outcome: 'success', ...source },
      ...{ target: { kind: 'workspace', id: workspaceId }, detail: { objects } },
    },
    now,
  );
  await env.DB.batch(
    Object.entries(tables)
      .filter(([table, { workspace }]) => workspace && !keptForStorage.has(table))
      .map(([table, { workspace }]) =>
        env.DB.prepare(`delete from ${table} where ${workspace}`).bind(workspaceId),
      ),
  );
  await removeChain(env, workspaceId, now);
}

/**
 * Objects' rows go when storage has let go of the bytes, the log has its own way out, and members go
 * with their workspace: by themselves the last owner may not.
 */
const keptForStorage = new Set(['objects', 'object_parts', 'audit_events', 'members']);

/** Workspaces whose days of grace are over. */
export const purgeJob: Job = {
  name: 'purge',
  everyMinutes: 15,
  async run(env, now) {
    for (const id of await workspacesToPurge(env, now)) await purgeWorkspace(env, id, now);
  },
};

export type Removal = { removed: true } | { removed: false; workspaces: string[] };

/**
 * Deletes an account. Workspaces that the person has for themselves go too; where they are the only
 * owner among others it does not happen, and those workspaces are named.
 */
export async function removePerson(
  env: Env,
  person: { id: string; email: string },
  now: number,
  source: Source,
): Promise<Removal> {
  const owned = await solelyOwned(env, person.id);
  const shared = owned.filter(({ members }) => members > 1).map(({ id }) => id);
  if (shared.length > 0) return { removed: false, workspaces: shared };
  const memberships = await workspaceIdsOf(env, person.id);
  for (const { id } of owned) await purgeWorkspace(env, id, now, source);
  const left = memberships.filter((id) => !owned.some((own) => own.id === id));
  for (const workspaceId of [null, ...left]) {
    await recordEvent(
      env,
      {
        ...{ workspaceId, action: 'person.deleted', outcome: 'success', ...source },
        target: { kind: 'person', id: person.id },
      },
      now,
    );
  }
  await env.DB.batch(
    Object.entries(tables).flatMap(([table, { person: rules = [] }]) =>
      rules
        .filter(({ onDelete }) => onDelete !== 'keep')
        .map(({ where, onDelete }) => {
          const verb =
            onDelete === 'delete' ? `delete from ${table}` : `update ${table} ${onDelete}`;
          const sql = `${verb} where ${where}`;
          return bindPerson(env.DB.prepare(sql), sql, person.id, person.email);
        }),
    ),
  );
  return { removed: true };
}
