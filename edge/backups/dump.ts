/**
 * The database as lines of JSON, table by table:
 *
 *     {"backup":1,"at":…,"installation":"…"}
 *     {"object":"table"|"index"|"trigger"|"view","name":"…","sql":"create …"}   all of them, tables first
 *     {"table":"…","columns":["…"]}    then the rows of that table, one array a line
 *     {"end":{"table name":rows,…},"chains":{"chain":{"sequence":…,"hash":"…"},…}}
 *
 * Rows are read in pages by rowid or primary key, so no table needs to fit into memory. The database
 * is not stopped meanwhile: a row written during the backup may or may not be in it.
 */
import type { Env } from '../env.ts';

export type Value = string | number | null | { base64: string };

export type DumpLine =
  | { backup: 1; at: number; installation: string }
  | { object: string; name: string; sql: string }
  | { table: string; columns: string[] }
  | Value[]
  | { end: Record<string, number>; chains: Record<string, { sequence: number; hash: string }> };

interface SchemaRow {
  type: string;
  name: string;
  sql: string;
}

/** Tables of the platform itself, which every new database has or makes. */
const isOurs = (name: string) => !/^(sqlite_|_cf_)/.test(name);
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Tables in an order in which every one comes behind those that it refers to. */
function byReference(tables: SchemaRow[], parents: Map<string, string[]>): SchemaRow[] {
  const ordered = new Set<SchemaRow>();
  const visit = (table: SchemaRow, path: string[]) => {
    if (ordered.has(table) || path.includes(table.name)) return;
    for (const parent of parents.get(table.name) ?? []) {
      const found = tables.find(({ name }) => name === parent);
      if (found) visit(found, [...path, table.name]);
    }
    ordered.add(table);
  };
  for (const table of tables) visit(table, []);
  return [...ordered];
}

/** Tables first, parents before children, then views and indexes; triggers last. */
export async function readSchema(env: Env): Promise<SchemaRow[]> {
  const [all, references] = await env.DB.batch<Record<string, string>>([
    env.DB.prepare(
      `select type, name, sql from sqlite_master where sql is not null
       order by case type when 'table' then 0 when 'view' then 1 when 'index' then 2 else 3 end,
         rowid`,
    ),
    env.DB.prepare(
      `select m.name as child, f."table" as parent
       from sqlite_master m join pragma_foreign_key_list(m.name) f
       where m.type = 'table' and m.name not glob '_cf_*'`,
    ),
  ]);
  const parents = new Map<string, string[]>();
  for (const { child, parent } of references?.results ?? []) {
    parents.set(child!, [...(parents.get(child!) ?? []), parent!]);
  }
  const schema = (all?.results ?? []) as unknown as SchemaRow[];
  const own = schema.filter(({ name }) => isOurs(name));
  const tables = own.filter(({ type }) => type === 'table');
  return [...byReference(tables, parents), ...own.filter(({ type }) => type !== 'table')];
}

function toValue(value: unknown): Value {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  // D1 gives blobs as arrays of numbers.
  const bytes = new Uint8Array(value as ArrayBuffer | number[]);
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return { base64: btoa(text) };
}

const pageLength = 200;

interface Column {
  name: string;
  /** Place in the primary key, from 1; 0 for the others. */
  pk: number;
}

/** Pages through a table by its key; `sql` is the table's own, to see whether it has a rowid. */
async function* readRows(env: Env, table: string, sql: string): AsyncGenerator<Value[]> {
  const info = await env.DB.prepare('select name, pk from pragma_table_info(?)')
    .bind(table)
    .all<Column>();
  const columns = info.results.map(({ name }) => name);
  const hasRowid = !/without\s+rowid[^)]*$/i.test(sql);
  const keys = hasRowid
    ? ['rowid']
    : info.results
        .filter(({ pk }) => pk > 0)
        .sort((a, b) => a.pk - b.pk)
        .map(({ name }) => quoted(name));
  const chosen = [...keys.map((key, index) => `${key} as "key ${index}"`), ...columns.map(quoted)];
  const list = keys.join(', ');
  const select = `select ${chosen.join(', ')} from ${quoted(table)}`;
  const after = `where (${list}) > (${keys.map(() => '?').join(', ')})`;
  let last: unknown[] | null = null;
  for (;;) {
    const statement: D1PreparedStatement = last
      ? env.DB.prepare(`${select} ${after} order by ${list} limit ${pageLength}`).bind(...last)
      : env.DB.prepare(`${select} order by ${list} limit ${pageLength}`);
    const rows: unknown[][] = await statement.raw();
    for (const row of rows) yield row.slice(keys.length).map(toValue);
    if (rows.length < pageLength) return;
    last = rows.at(-1)!.slice(0, keys.length);
  }
}

/** Heads of the audit chains, which the restored database is checked against. */
async function readHeads(env: Env) {
  const { results } = await env.DB.prepare(
    `select chain, max(sequence) as sequence, hash from audit_events group by chain`,
  ).all<{ chain: string; sequence: number; hash: string }>();
  return Object.fromEntries(
    results.map(({ chain, sequence, hash }) => [chain, { sequence, hash }]),
  );
}

export async function* dump(env: Env, now: number): AsyncGenerator<DumpLine> {
  const installation = await env.DB.prepare('select value from installation where key = ?')
    .bind('id')
    .first<string>('value');
  yield { backup: 1, at: now, installation: installation ?? '' };
  const schema = await readSchema(env);
  for (const { type, name, sql } of schema) yield { object: type, name, sql };
  // Before the rows: the log may grow meanwhile, but what it holds now must be in the file.
  const chains = await readHeads(env);
  const end: Record<string, number> = {};
  for (const { type, name, sql } of schema) {
    if (type !== 'table') continue;
    const info = await env.DB.prepare('select name from pragma_table_info(?)')
      .bind(name)
      .all<{ name: string }>();
    yield { table: name, columns: info.results.map((column) => column.name) };
    let count = 0;
    for await (const row of readRows(env, name, sql)) {
      count += 1;
      yield row;
    }
    end[name] = count;
  }
  yield { end, chains };
}
