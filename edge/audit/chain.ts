/**
 * The hash chain of the audit log: an entry's hash is SHA-256 over the hash before it, a line break
 * and the entry as canonical JSON (keys sorted, no white space). Whoever changes, inserts or removes
 * an entry would have to compute every later hash anew, and those are in the backups too.
 */
import type { AuditAction, AuditOutcome } from './actions.ts';

export type Detail = Record<string, string | number | boolean>;

/** One entry as it is hashed. `at` is in milliseconds since 1970, `chain` a workspace's id or `installation`. */
export interface AuditEntry {
  chain: string;
  sequence: number;
  at: number;
  actorId: string | null;
  action: AuditAction;
  targetKind: string | null;
  targetId: string | null;
  outcome: AuditOutcome;
  address: string | null;
  requestId: string | null;
  detail: Detail | null;
}

export interface ChainedEntry extends AuditEntry {
  previousHash: string;
  hash: string;
}

export const installationChain = 'installation';
/** What stands before the first entry. */
export const originHash = '0'.repeat(64);

/** JSON with sorted keys. Takes plain values only, which is all that entries hold. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** 64 hexadecimal digits. */
export async function entryHash(previousHash: string, entry: AuditEntry): Promise<string> {
  const { chain, sequence, at, actorId, action, targetKind, targetId } = entry;
  const { outcome, address, requestId, detail } = entry;
  const hashed = {
    ...{ chain, sequence, at, actorId, action, targetKind, targetId },
    ...{ outcome, address, requestId, detail },
  };
  const bytes = new TextEncoder().encode(`${previousHash}\n${canonicalJson(hashed)}`);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
