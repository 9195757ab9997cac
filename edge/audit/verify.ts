/** Checks a chain of the audit log against what it says of itself. */
import type { Env } from '../env.ts';
import { entryHash, originHash, type ChainedEntry } from './chain.ts';
import { fromRow, type AuditRow } from './rows.ts';

export interface Verdict {
  ok: boolean;
  /** Entries looked at. */
  entries: number;
  /** Number of the first entry that does not fit. */
  brokenAt?: number;
  reason?: 'changed' | 'missing' | 'reordered';
  head: { sequence: number; hash: string };
}

export type Anchor = { sequence: number; hash: string };

/** Rows of one chain in order, in pages, so that a chain of any length fits into memory. */
export async function* readChain(
  env: Env,
  chain: string,
  pageLength = 500,
): AsyncGenerator<ChainedEntry> {
  let after = 0;
  for (;;) {
    const { results } = await env.DB.prepare(
      'select * from audit_events where chain = ? and sequence > ? order by sequence limit ?',
    )
      .bind(chain, after, pageLength)
      .all<AuditRow>();
    for (const row of results) yield fromRow(row);
    const last = results.at(-1);
    if (!last || results.length < pageLength) return;
    after = last.sequence;
  }
}

export const anchorOf = (env: Env, chain: string): Promise<Anchor | null> =>
  env.DB.prepare('select sequence, hash from audit_anchors where chain = ?')
    .bind(chain)
    .first<Anchor>();

/** Every number follows the one before, every entry names the hash before it, and every hash is right. */
export async function verifyEntries(
  entries: AsyncIterable<ChainedEntry> | Iterable<ChainedEntry>,
  start: Anchor = { sequence: 0, hash: originHash },
): Promise<Verdict> {
  let head = start;
  let count = 0;
  const broken = (sequence: number, reason: Verdict['reason']): Verdict => ({
    ok: false,
    entries: count,
    brokenAt: sequence,
    reason,
    head,
  });
  for await (const entry of entries) {
    count += 1;
    if (entry.sequence !== head.sequence + 1) return broken(head.sequence + 1, 'missing');
    if (entry.previousHash !== head.hash) return broken(entry.sequence, 'reordered');
    if ((await entryHash(head.hash, entry)) !== entry.hash) {
      return broken(entry.sequence, 'changed');
    }
    head = { sequence: entry.sequence, hash: entry.hash };
  }
  return { ok: true, entries: count, head };
}

/** `lastKnown`: a head seen earlier (a backup's), which the chain must still hold or have removed by retention. */
export async function verifyChain(env: Env, chain: string, lastKnown?: Anchor): Promise<Verdict> {
  const anchor = (await anchorOf(env, chain)) ?? undefined;
  let seen = !lastKnown || (anchor !== undefined && anchor.sequence >= lastKnown.sequence);
  async function* watched(): AsyncGenerator<ChainedEntry> {
    for await (const entry of readChain(env, chain)) {
      if (entry.sequence === lastKnown?.sequence && entry.hash === lastKnown.hash) seen = true;
      yield entry;
    }
  }
  const verdict = await verifyEntries(watched(), anchor);
  if (!verdict.ok || seen) return verdict;
  return { ...verdict, ok: false, reason: 'missing', brokenAt: lastKnown!.sequence };
}
