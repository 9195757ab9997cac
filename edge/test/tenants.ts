/**
 * Workspaces full of marked rows, for tests that nothing of one is ever read or changed through
 * another. Tables are taken from the database itself, so that a new one cannot be forgotten.
 */
import { env } from 'cloudflare:workers';
import { roles, type Role } from '../contract/roles.ts';
import { recordEvent } from '../audit/record.ts';
import { newId } from '../workspaces/random.ts';
import { createWorkspace } from '../workspaces/store.ts';
import { createPerson, type TestPerson } from './people.ts';

interface Column {
  table: string;
  name: string;
  type: string;
  required: number;
  pk: number;
}

/** Tables and columns of ours, as the database knows them. */
export async function columns(): Promise<Map<string, Column[]>> {
  const { results } = await env.DB.prepare(
    `select tables.name as "table", info.name, info.type, info."notnull" as required, info.pk
     from sqlite_master tables join pragma_table_info(tables.name) info
     where tables.type = 'table' and tables.name not like 'sqlite_%'
       and tables.name not like '_cf_%' and tables.name <> 'd1_migrations'`,
  ).all<Column>();
  return Map.groupBy(results, (column) => column.table) as Map<string, Column[]>;
}

/** How a table says whose a row is. */
export const keysOfTenant: Record<string, string> = { workspaces: 'id', audit_events: 'chain' };
const keyOf = (table: string, all: Map<string, Column[]>) =>
  keysOfTenant[table] ??
  (all.get(table)!.some((column) => column.name === 'workspace_id') ? 'workspace_id' : null);

/** Tables with rows of workspaces. */
export async function tablesOfTenants(): Promise<Map<string, string>> {
  const all = await columns();
  const tables = [...all.keys()].map((table) => [table, keyOf(table, all)] as const);
  return new Map(tables.filter((pair): pair is [string, string] => pair[1] !== null));
}

export interface Tenant {
  workspaceId: string;
  /** In every text of this workspace that is free, and nowhere else. */
  mark: string;
  people: Record<Role, TestPerson>;
  /** For the names in paths: `invitationId`, `objectId`, `domain`, … */
  path: Record<string, string>;
  /** Everything in its rows that a request could name. */
  names: string[];
}

const far = 4_000_000_000_000;

/** Where a column cannot hold just any text or number. */
function valueOf(column: Column, tenant: Tenant, parents: Map<string, string>): unknown {
  const { name, type, table } = column;
  const fixed: Record<string, unknown> = {
    workspace_id: tenant.workspaceId,
    person_id: tenant.people.viewer.id,
    created_by: tenant.people.owner.id,
    ...{ role: 'viewer', default_role: 'viewer', state: 'ready', kind: 'image', second_factor: 0 },
    ...{ expires_at: far, content_type: 'image/png', size: 10, number: 1, part_size: 10 },
    ...{ joins: 1, enabled: 1, email: `${tenant.mark}@example.org` },
    domain: `${tenant.mark}.example`,
    provider: JSON.stringify({
      ...{ kind: 'openid', issuer: `https://${tenant.mark}.example`, clientId: tenant.mark },
    }),
  };
  const parent = /^(.+)_id$/.exec(name)?.[1];
  if (name in fixed) return fixed[name];
  if (name === 'id') return newId();
  if (parent && parents.has(parent)) return parents.get(parent);
  if (!column.required && !column.pk)
    return type === 'TEXT' && name !== 'claims' ? tenant.mark : null;
  return type === 'TEXT' ? `${tenant.mark}-${table}-${newId()}` : 1;
}

/** Rows that something else writes: triggers, the audit log, and the seeding below. */
const written = new Set(['workspaces', 'members', 'audit_events', 'storage_use']);

/** One marked row in every table. Throws for a table that it cannot fill: say above what fits. */
async function fill(tenant: Tenant): Promise<void> {
  const all = await columns();
  const tables = [...(await tablesOfTenants()).keys()].filter((table) => !written.has(table));
  const parents = new Map<string, string>();
  const waiting = new Map(tables.map((table) => [table, '']));
  // Tables refer to each other: what cannot be filled yet is tried again after the others.
  for (let rounds = 0; waiting.size > 0; rounds += 1) {
    if (rounds > tables.length) {
      throw new Error(`tables without a row: ${JSON.stringify([...waiting])}`);
    }
    for (const table of [...waiting.keys()]) {
      const list = all.get(table)!;
      const values = list.map((column) => valueOf(column, tenant, parents));
      const names = list.map((column) => `"${column.name}"`).join(', ');
      try {
        await env.DB.prepare(
          `insert into ${table} (${names}) values (${list.map(() => '?').join(', ')})`,
        )
          .bind(...values)
          .run();
        const id = list.findIndex((column) => column.name === 'id');
        // `sign_on_connections` is `connection_id` elsewhere, `objects` is `object_id`.
        if (id >= 0) parents.set(table.replace(/s$/, '').replace(/^.*_/, ''), String(values[id]));
        waiting.delete(table);
      } catch (error) {
        waiting.set(table, String(error));
      }
    }
  }
  for (const [name, id] of parents) tenant.path[`${name}Id`] = id;
}

export async function makeTenant(): Promise<Tenant> {
  const mark = `mark${newId().slice(0, 20)}`;
  const made: Partial<Record<Role, TestPerson>> = {};
  for (const role of roles) {
    made[role] = await createPerson({
      ...{ name: `${mark} ${role}`, email: `${mark}-${role}@example.org`, twoFactor: true },
    });
  }
  const people = made as Record<Role, TestPerson>;
  const workspaceId = await createWorkspace(env, mark, people.owner.id, Date.now());
  for (const role of roles.filter((one) => one !== 'owner')) {
    await env.DB.prepare(
      'insert into members (workspace_id, person_id, role, joined_at) values (?, ?, ?, 1)',
    )
      .bind(workspaceId, people[role].id, role)
      .run();
  }
  const path = { workspaceId, personId: people.viewer.id, domain: `${mark}.example` };
  const tenant: Tenant = { workspaceId, mark, people, path, names: [] };
  await fill(tenant);
  await recordEvent(env, {
    ...{ workspaceId, actorId: mark, action: 'workspace.created', outcome: 'success' },
    ...{ address: mark, requestId: mark, detail: { mark } },
  });
  const rows = await snapshot(tenant);
  tenant.names = [
    ...new Set(
      Object.values(rows)
        .flat()
        .flatMap((row) => Object.values(row))
        .filter((value) => typeof value === 'string' && value.length <= 100),
    ),
  ] as string[];
  return tenant;
}

type Rows = Record<string, Record<string, unknown>[]>;

/** Every row of a workspace in every table. */
export async function snapshot({ workspaceId }: Tenant): Promise<Rows> {
  const tables = [...(await tablesOfTenants())];
  const found = await env.DB.batch<Record<string, unknown>>(
    tables.map(([table, key]) =>
      env.DB.prepare(`select * from ${table} where ${key} = ?`).bind(workspaceId),
    ),
  );
  return Object.fromEntries(tables.map(([table], i) => [table, found[i]!.results]));
}
