/** Rows for an export, without secrets. */
import type { Env } from '../env.ts';
import { bindPerson, tables } from './tables.ts';

export type Row = Record<string, unknown>;
export type Rows = Record<string, Row[]>;

function withoutSecrets(row: Row, secrets: readonly string[] = []): Row {
  return Object.fromEntries(Object.entries(row).filter(([column]) => !secrets.includes(column)));
}

/** What a person's export leaves to the files `activity` and `media`. */
const streamed = ['audit_events', 'objects'];
/** In a person's export: what is the workspace's and not theirs. */
const ofOthers: Record<string, string[]> = {
  workspaces: ['policy', 'settings', 'created_by', 'deleted_at', 'purge_at'],
  invitations: ['created_by'],
};

export async function personRows(env: Env, id: string, email: string): Promise<Rows> {
  const rows: Rows = {};
  for (const [table, { person = [], secrets = [] }] of Object.entries(tables)) {
    const shown = person.filter((rule) => !rule.hidden);
    if (shown.length === 0 || streamed.includes(table)) continue;
    const sql = `select * from ${table} where ${shown.map(({ where }) => `(${where})`).join(' or ')}`;
    const { results } = await bindPerson(env.DB.prepare(sql), sql, id, email).all<Row>();
    const left = [...secrets, ...(ofOthers[table] ?? [])];
    if (results.length > 0) rows[table] = results.map((row) => withoutSecrets(row, left));
  }
  return rows;
}

/** Members come with their names and addresses, which the ids alone would not tell. */
const memberColumns = `select members.*, people.name, people.email from members
  left join people on people.id = members.person_id`;

export async function workspaceRows(env: Env, workspaceId: string): Promise<Rows> {
  const rows: Rows = {};
  for (const [table, { workspace, secrets }] of Object.entries(tables)) {
    if (!workspace || streamed.includes(table) || table === 'sign_on_sessions') continue;
    const select = table === 'members' ? memberColumns : `select * from ${table}`;
    const { results } = await env.DB.prepare(`${select} where ${workspace}`)
      .bind(workspaceId)
      .all<Row>();
    if (results.length > 0) rows[table] = results.map((row) => withoutSecrets(row, secrets));
  }
  return rows;
}
