/** Reads the audit log of one chain. */
import type { AuditFilter } from '../contract/audit.ts';
import type { Env } from '../env.ts';
import type { ChainedEntry } from './chain.ts';
import { fromRow, type AuditRow } from './rows.ts';

const searched = ['actor_id', 'action', 'target_id', 'address', 'request_id', 'detail'];

/** Conditions joined by `and`; values only ever come in as parameters. */
function conditions(chain: string, filter: AuditFilter): { sql: string; values: unknown[] } {
  const parts = ['chain = ?'];
  const values: unknown[] = [chain];
  const add = (sql: string, ...bound: unknown[]) => {
    parts.push(sql);
    values.push(...bound);
  };
  if (filter.actor) add('actor_id = ?', filter.actor);
  if (filter.action?.includes('.')) add('action = ?', filter.action);
  // `/` is the character after `.`, so this is the whole area and can use the index.
  else if (filter.action) {
    add('action > ? and action < ?', `${filter.action}.`, `${filter.action}/`);
  }
  if (filter.outcome) add('outcome = ?', filter.outcome);
  if (filter.from !== undefined) add('at >= ?', filter.from);
  if (filter.until !== undefined) add('at < ?', filter.until);
  if (filter.search) {
    // Not `like`: the database takes patterns of 50 bytes only.
    add(
      `(${searched.map((column) => `instr(lower(${column}), ?) > 0`).join(' or ')})`,
      ...searched.map(() => filter.search!.replace(/[A-Z]/g, (letter) => letter.toLowerCase())),
    );
  }
  return { sql: parts.join(' and '), values };
}

/** Newest first, those with a number below `before`. */
export async function findEntries(
  env: Env,
  chain: string,
  filter: AuditFilter,
  { before, limit }: { before?: number | undefined; limit: number },
): Promise<ChainedEntry[]> {
  const { sql, values } = conditions(chain, filter);
  const { results } = await env.DB.prepare(
    `select * from audit_events where ${sql} and sequence < ? order by sequence desc limit ?`,
  )
    .bind(...values, before ?? Number.MAX_SAFE_INTEGER, limit)
    .all<AuditRow>();
  return results.map(fromRow);
}

/** Oldest first, all of them, read in pages. */
export async function* streamEntries(
  env: Env,
  chain: string,
  filter: AuditFilter,
  pageLength = 500,
): AsyncGenerator<ChainedEntry> {
  const { sql, values } = conditions(chain, filter);
  const statement = env.DB.prepare(
    `select * from audit_events where ${sql} and sequence > ? order by sequence limit ?`,
  );
  let after = 0;
  for (;;) {
    const { results } = await statement.bind(...values, after, pageLength).all<AuditRow>();
    for (const row of results) yield fromRow(row);
    const last = results.at(-1);
    if (!last || results.length < pageLength) return;
    after = last.sequence;
  }
}
