/** Reads a backup into an empty database and checks that it is whole. Runs in the worker and in Node. */
import { originHash } from '../audit/chain.ts';
import { verifyChain, type Verdict } from '../audit/verify.ts';
import type { Env } from '../env.ts';
import { decrypt } from './cipher.ts';
import type { DumpLine, Value } from './dump.ts';

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of stream) {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = parts.pop()!;
    yield* parts;
  }
  if (rest) throw new Error('the backup ends within a line');
}

/** Lines of an encrypted backup. Throws `BackupDamaged` for another key or a changed file. */
export async function* readBackup(
  bytes: AsyncIterable<Uint8Array>,
  secret: string,
): AsyncGenerator<DumpLine> {
  const plain = decrypt(bytes, secret);
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const next = await plain.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
  });
  const unpacked = packed.pipeThrough(new DecompressionStream('gzip'));
  for await (const line of linesOf(unpacked)) yield JSON.parse(line) as DumpLine;
}

export interface RestoreReport {
  /** When the backup was made, milliseconds since 1970. */
  at: number;
  installation: string;
  /** Rows of each table. */
  rows: Record<string, number>;
  /** One verdict a chain of the audit log. */
  chains: Record<string, Verdict>;
  /** What does not fit; empty when all is well. */
  problems: string[];
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

function fromValue(value: Value): unknown {
  if (value === null || typeof value !== 'object') return value;
  return Uint8Array.from(atob(value.base64), (letter) => letter.charCodeAt(0));
}

const rowsAtOnce = 100;

/** Writes rows of one table after another, some at once. */
class RowWriter {
  #env: Env;
  #insert: D1PreparedStatement | null = null;
  #table = '';
  #waiting: D1PreparedStatement[] = [];
  counts: Record<string, number> = {};

  constructor(env: Env) {
    this.#env = env;
  }

  async begin(table: string, columns: string[]): Promise<void> {
    await this.flush();
    // The tables of the platform's own migrations may be there with rows of their own.
    await this.#env.DB.prepare(`delete from ${quoted(table)}`).run();
    this.#table = table;
    this.counts[table] = 0;
    this.#insert = this.#env.DB.prepare(
      `insert into ${quoted(table)} (${columns.map(quoted).join(', ')})
       values (${columns.map(() => '?').join(', ')})`,
    );
  }

  async add(row: Value[]): Promise<void> {
    if (!this.#insert) throw new Error('a row before its table');
    this.#waiting.push(this.#insert.bind(...row.map(fromValue)));
    this.counts[this.#table]! += 1;
    if (this.#waiting.length >= rowsAtOnce) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#waiting.length > 0) await this.#env.DB.batch(this.#waiting);
    this.#waiting = [];
  }
}

type Ending = Extract<DumpLine, { end: unknown }>;

async function check(env: Env, written: Record<string, number>, ending: Ending) {
  const problems: string[] = [];
  const rows: Record<string, number> = {};
  for (const [table, expected] of Object.entries(ending.end)) {
    const found = await env.DB.prepare(
      `select count(*) as count from ${quoted(table)}`,
    ).first<number>('count');
    rows[table] = found ?? 0;
    if (found !== expected || written[table] !== expected) {
      problems.push(`${table}: ${found} rows, the backup says ${expected}`);
    }
  }
  const orphans = await env.DB.prepare('pragma foreign_key_check').all();
  if (orphans.results.length > 0) {
    problems.push(`${orphans.results.length} rows refer to rows that are not there`);
  }
  const chains: Record<string, Verdict> = {};
  for (const [chain, head] of Object.entries(ending.chains)) {
    const verdict = await verifyChain(env, chain, head.hash === originHash ? undefined : head);
    chains[chain] = verdict;
    if (!verdict.ok)
      problems.push(`audit chain ${chain}: ${verdict.reason} at ${verdict.brokenAt}`);
  }
  return { problems, rows, chains };
}

/**
 * Fills `env.DB`, which must be empty. Indexes and triggers come after the rows, since triggers would
 * refuse some of them. Throws when the database is not empty or the backup is no whole one.
 */
export async function restore(env: Env, lines: AsyncIterable<DumpLine>): Promise<RestoreReport> {
  const existing = await env.DB.prepare(
    `select count(*) as count from sqlite_master
     where type = 'table' and name not glob 'sqlite_*' and name not glob '_cf_*'`,
  ).first<number>('count');
  if (existing !== 0) throw new Error('the database is not empty');
  const writer = new RowWriter(env);
  const later: string[] = [];
  let begin: { at: number; installation: string } | null = null;
  let ending: Ending | null = null;
  for await (const line of lines) {
    if (Array.isArray(line)) await writer.add(line);
    else if ('backup' in line) begin = line;
    else if ('table' in line) await writer.begin(line.table, line.columns);
    else if ('end' in line) ending = line;
    else if (line.object === 'table') await env.DB.prepare(line.sql).run();
    else later.push(line.sql);
  }
  await writer.flush();
  if (!begin || !ending) throw new Error('the backup has no beginning or no end');
  for (const sql of later) await env.DB.prepare(sql).run();
  const { at, installation } = begin;
  return { at, installation, ...(await check(env, writer.counts, ending)) };
}
