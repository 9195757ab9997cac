/** Writes the audit log. The only code that inserts into `audit_events`. */
import type { Env } from '../env.ts';
import type { AuditAction, AuditOutcome } from './actions.ts';
import {
  canonicalJson,
  entryHash,
  installationChain,
  originHash,
  type AuditEntry,
  type Detail,
} from './chain.ts';

export interface AuditEvent {
  /** Null for what belongs to no workspace. */
  workspaceId: string | null;
  actorId: string | null;
  action: AuditAction;
  target?: { kind: string; id: string };
  outcome: AuditOutcome;
  address: string | null;
  requestId: string | null;
  /** Facts about the act: names of fields, roles, counts. Never content, names of people or secrets. */
  detail?: Detail;
}

interface Head {
  sequence: number;
  hash: string;
}

const longestText = 200;
const shortened = (text: string) => text.slice(0, longestText);

/** Texts are cut, so that nothing large can be written into the log through a field of a request. */
function toEntry(event: AuditEvent, sequence: number, at: number): AuditEntry {
  const detail = Object.entries(event.detail ?? {}).map(([key, value]) => [
    shortened(key),
    typeof value === 'string' ? shortened(value) : value,
  ]);
  return {
    chain: event.workspaceId ?? installationChain,
    sequence,
    at,
    actorId: event.actorId,
    action: event.action,
    targetKind: event.target?.kind ?? null,
    targetId: event.target ? shortened(event.target.id) : null,
    outcome: event.outcome,
    address: event.address,
    requestId: event.requestId,
    detail: detail.length > 0 ? (Object.fromEntries(detail) as Detail) : null,
  };
}

const headOf = (env: Env, chain: string) =>
  env.DB.prepare(
    `select sequence, hash from audit_events where chain = ?1
     union all select sequence, hash from audit_anchors where chain = ?1
     order by sequence desc limit 1`,
  ).bind(chain);

const insertOf = (env: Env, entry: AuditEntry, previousHash: string, hash: string) =>
  env.DB.prepare(
    `insert into audit_events (chain, sequence, at, actor_id, action, target_kind, target_id,
       outcome, address, request_id, detail, previous_hash, hash)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (chain, sequence) do nothing`,
  ).bind(
    ...[entry.chain, entry.sequence, entry.at, entry.actorId, entry.action, entry.targetKind],
    ...[entry.targetId, entry.outcome, entry.address, entry.requestId],
    ...[entry.detail && canonicalJson(entry.detail), previousHash, hash],
  );

const mostTries = 200;

/**
 * Appends one event to its chain. When two are written at once, the one that comes second finds its
 * number taken and tries again behind the other: the insert and the look at the new head are one
 * transaction, so a try costs one call. Throws when the log cannot be written: what must be logged
 * must not go on unlogged.
 */
export async function recordEvent(env: Env, event: AuditEvent, now = Date.now()): Promise<void> {
  const chain = event.workspaceId ?? installationChain;
  let head = (await headOf(env, chain).first<Head>()) ?? { sequence: 0, hash: originHash };
  for (let tries = 0; tries < mostTries; tries += 1) {
    const entry = toEntry(event, head.sequence + 1, now);
    const hash = await entryHash(head.hash, entry);
    const [inserted, found] = await env.DB.batch<Head>([
      insertOf(env, entry, head.hash, hash),
      headOf(env, chain),
    ]);
    if (inserted?.meta.changes === 1) return;
    head = found?.results[0] ?? head;
    if (tries > 4) await new Promise((resolve) => setTimeout(resolve, Math.random() * tries));
  }
  throw new Error(`audit log: no room in the chain after ${mostTries} tries`);
}
