/** Removes the oldest entries of the audit log, and leaves an anchor where the chain now begins. */
import type { Env } from '../env.ts';
import { recordEvent } from './record.ts';

interface Last {
  sequence: number;
  hash: string;
}

/** So that one statement never runs into the database's limit of time. */
const mostAtOnce = 5000;

const removeUpTo = (env: Env, chain: string, last: Last, now: number) =>
  env.DB.batch([
    env.DB.prepare(
      `insert into audit_anchors (chain, sequence, hash, at) values (?1, ?2, ?3, ?4)
       on conflict (chain) do update set sequence = ?2, hash = ?3, at = ?4`,
    ).bind(chain, last.sequence, last.hash, now),
    env.DB.prepare('delete from audit_events where chain = ? and sequence <= ?').bind(
      chain,
      last.sequence,
    ),
  ]);

/** The last entry of a piece that may go: before `firstKept`, at most `mostAtOnce` long. */
const lastOfPiece = (env: Env, chain: string, firstKept: number) =>
  env.DB.prepare(
    `select sequence, hash from (
       select sequence, hash from audit_events where chain = ? and sequence < ?
       order by sequence limit ?
     ) order by sequence desc limit 1`,
  )
    .bind(chain, firstKept, mostAtOnce)
    .first<Last>();

/**
 * Removes entries older than `before` (milliseconds since 1970) from the beginning of the chain, up to
 * the first that is younger. Says so in the chain itself, before it does. Returns how many went.
 */
export async function removeOldEntries(
  env: Env,
  workspaceId: string | null,
  before: number,
  now: number,
): Promise<number> {
  const chain = workspaceId ?? 'installation';
  const facts = await env.DB.prepare(
    `select count(*) as old, coalesce(
       (select min(sequence) from audit_events where chain = ?1 and at >= ?2),
       (select max(sequence) + 1 from audit_events where chain = ?1), 0) as firstKept
     from audit_events where chain = ?1 and at < ?2`,
  )
    .bind(chain, before)
    .first<{ old: number; firstKept: number }>();
  if (!facts || facts.old === 0) return 0;
  let removed = 0;
  for (;;) {
    const last = await lastOfPiece(env, chain, facts.firstKept);
    if (!last) return removed;
    if (removed === 0) {
      await recordEvent(
        env,
        {
          ...{ workspaceId, actorId: null, action: 'audit.removed', outcome: 'success' },
          ...{ address: null, requestId: null },
          detail: { before: new Date(before).toISOString(), until: facts.firstKept - 1 },
        },
        now,
      );
    }
    const [, gone] = await removeUpTo(env, chain, last, now);
    removed += gone?.meta.changes ?? 0;
  }
}

/** Removes a whole chain, when its workspace is deleted. Only the anchor stays: a random id and a hash. */
export async function removeChain(env: Env, workspaceId: string, now: number): Promise<number> {
  let removed = 0;
  for (;;) {
    const last = await lastOfPiece(env, workspaceId, Number.MAX_SAFE_INTEGER);
    if (!last) return removed;
    const [, gone] = await removeUpTo(env, workspaceId, last, now);
    removed += gone?.meta.changes ?? 0;
  }
}
