/** Audit entries as the database holds them. */
import type { AuditAction, AuditOutcome } from './actions.ts';
import type { ChainedEntry, Detail } from './chain.ts';

export interface AuditRow {
  chain: string;
  sequence: number;
  at: number;
  actor_id: string | null;
  action: AuditAction;
  target_kind: string | null;
  target_id: string | null;
  outcome: AuditOutcome;
  address: string | null;
  request_id: string | null;
  detail: string | null;
  previous_hash: string;
  hash: string;
}

export const fromRow = (row: AuditRow): ChainedEntry => ({
  chain: row.chain,
  sequence: row.sequence,
  at: row.at,
  actorId: row.actor_id,
  action: row.action,
  targetKind: row.target_kind,
  targetId: row.target_id,
  outcome: row.outcome,
  address: row.address,
  requestId: row.request_id,
  detail: row.detail === null ? null : (JSON.parse(row.detail) as Detail),
  previousHash: row.previous_hash,
  hash: row.hash,
});
