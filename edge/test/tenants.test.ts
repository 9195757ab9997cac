/** Nothing of one workspace is read or changed through another, on any route that there is. */
import { env, exports } from 'cloudflare:workers';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { edgeErrorCodes } from '../contract/errors.ts';
import { roles } from '../contract/roles.ts';
import { actions, mayDo } from '../workspaces/permissions.ts';
import { newId } from '../workspaces/random.ts';
import { allRoutes, tenantRoutes, type Route } from './all-routes.ts';
import { anyText, fits, nearly } from './arbitraries.ts';
import { createPerson, origin } from './people.ts';
import { columns, makeTenant, snapshot, tablesOfTenants, type Tenant } from './tenants.ts';

/** Tables without rows of workspaces: what belongs to people, and to the installation. */
const ofNoTenant = [
  ...['accounts', 'attempts', 'captured_mails', 'mail_tokens', 'passkeys', 'people'],
  ...['pending_sign_ups', 'sessions', 'two_factors', 'verifications', 'password_rules_met'],
  ...['installation', 'error_reports', 'job_runs', 'status_days', 'alerts', 'audit_anchors'],
];

let tenants: Tenant[];
beforeAll(async () => {
  tenants = [await makeTenant(), await makeTenant(), await makeTenant()];
}, 60_000);

interface Call {
  route: Route;
  cookie: string | null;
  /** For the names in the path. */
  names: Record<string, string>;
  json?: unknown;
  query?: unknown;
}

let calls = 0;

async function send({ route, cookie, names, json, query }: Call) {
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent((names[name] ?? 'x').toWellFormed()),
  );
  const search = Object.entries((query ?? {}) as Record<string, unknown>)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value).toWellFormed())}`)
    .join('&');
  calls += 1;
  const init: RequestInit = { method: route.method, redirect: 'manual' };
  if (json !== undefined && route.method !== 'GET') init.body = JSON.stringify(json);
  const response = await exports.default.fetch(
    new Request(`${origin}${path}${search ? `?${search}` : ''}`, {
      ...init,
      headers: {
        // A new address each time: nothing here is about limits.
        ...{ origin, 'cf-connecting-ip': `10.${calls >> 16}.${(calls >> 8) & 255}.${calls & 255}` },
        'content-type': 'application/json',
        ...(cookie ? { cookie } : {}),
      },
    }),
  );
  return { status: response.status, text: new TextDecoder().decode(await response.arrayBuffer()) };
}

const codeOf = (text: string): unknown => {
  try {
    return (JSON.parse(text) as { code?: unknown }).code;
  } catch {
    return null;
  }
};

const nameOf = (route: Route) => `${route.method} ${route.path}`;
const titled = (routes: Route[]) => routes.map((route) => ({ name: nameOf(route), route }));

/** A failure that is said by its code, such as storage that is not set up, is an answer. */
const isAnswer = (answer: { status: number; text: string }) =>
  answer.status < 500 ||
  ((answer.status === 502 || answer.status === 503) &&
    edgeErrorCodes.some((code) => code === codeOf(answer.text) && code !== 'unexpected'));

test('every table is known to belong to workspaces or not to', async () => {
  const ofTenants = await tablesOfTenants();
  const others = [...(await columns()).keys()].filter((table) => !ofTenants.has(table));
  expect(others.sort()).toEqual([...ofNoTenant].sort());
});

test('the routes are there, and every action is asked for by the rules', () => {
  expect(tenantRoutes.length).toBeGreaterThan(35);
  for (const { route } of titled(tenantRoutes)) {
    for (const action of route.actions) expect(actions).toContain(action);
  }
});

test('what is under /api/workspaces names a workspace, or is the list of one’s own', () => {
  const others = allRoutes.filter(
    (route) => route.path.startsWith('/api/workspaces') && !tenantRoutes.includes(route),
  );
  expect(others.map((route) => `${route.method} ${route.path}`).sort()).toEqual([
    'GET /api/workspaces',
    'POST /api/workspaces',
  ]);
});

describe.each(titled(tenantRoutes))('$name', ({ route }) => {
  test('asks who one is, and may', async () => {
    expect(route.actions.length).toBeGreaterThan(0);
    const [tenant, other] = tenants as [Tenant, Tenant];
    const before = await snapshot(tenant);
    const anonymous = await send({ route, cookie: null, names: tenant.path });
    expect(anonymous.status).toBe(401);
    const stranger = await createPerson();
    for (const { cookie } of [stranger, other.people.owner]) {
      const there = await send({ route, cookie, names: tenant.path, json: {} });
      const nowhere = await send({
        ...{ route, cookie, json: {} },
        names: { ...tenant.path, workspaceId: newId() },
      });
      expect(there).toEqual(nowhere);
      expect(there.status).toBe(404);
      expect(codeOf(there.text)).toBe('not-found');
    }
    expect(await snapshot(tenant)).toEqual(before);
  });

  test('refuses every role that the table does not name', async () => {
    const tenant = tenants[1]!;
    const action = route.actions[0]!;
    for (const role of roles.filter((one) => !mayDo(one, action))) {
      const { audit_events: _, ...before } = await snapshot(tenant);
      const { cookie } = tenant.people[role];
      const answer = await send({ route, cookie, names: tenant.path, json: {} });
      expect(answer.status, role).toBe(403);
      expect(codeOf(answer.text)).toBe('forbidden');
      const { audit_events: __, ...after } = await snapshot(tenant);
      expect(after).toEqual(before);
    }
  });
});

const mixed = tenantRoutes.filter((route) => route.path.split(':').length > 2);

describe.each(titled(mixed))('$name', ({ route }) => {
  test('finds nothing under the names of another workspace', async () => {
    const [own, other] = tenants as [Tenant, Tenant];
    const names = { ...other.path, workspaceId: own.workspaceId };
    for (const name of route.path.matchAll(/:(\w+)/g)) expect(names).toHaveProperty(name[1]!);
    const pool = { texts: other.names };
    const bodies = route.json ? fc.sample(fits(route.json, pool), 6) : [undefined];
    for (const json of bodies) {
      const before = await snapshot(other);
      const answer = await send({ route, cookie: own.people.owner.cookie, names, json });
      expect(await snapshot(other)).toEqual(before);
      expect([400, 403, 404, 409, 503]).toContain(answer.status);
      expect(isAnswer(answer), answer.text).toBe(true);
      if (!JSON.stringify([names, json]).includes(other.mark)) {
        expect(answer.text).not.toContain(other.mark);
      }
    }
  });
});

test('random people, workspaces, roles and calls: nothing of others is seen or changed', async () => {
  const own: Tenant[] = [await makeTenant(), await makeTenant(), await makeTenant()];
  // Some people are members of two workspaces, with different roles.
  const both = await Promise.all(roles.map((role) => createPerson({ name: role })));
  for (const [i, person] of both.entries()) {
    for (const far of [0, 1]) {
      await env.DB.prepare(
        'insert into members (workspace_id, person_id, role, joined_at) values (?, ?, ?, 1)',
      )
        .bind(own[(i + far) % 3]!.workspaceId, person.id, roles[(i + far) % 4]!)
        .run();
    }
  }
  const stranger = await createPerson();
  const everybody = [
    ...own.flatMap((tenant) => Object.values(tenant.people)),
    ...[...both, stranger],
  ];
  const pool = { texts: [...own.flatMap((tenant) => tenant.names), ...everybody.map((p) => p.id)] };
  const someName = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...pool.texts) },
    { weight: 1, arbitrary: fc.constant(newId()) },
    // These three are no names in an address: they lead to another route.
    { weight: 1, arbitrary: anyText.filter((text) => !['', '.', '..'].includes(text)) },
  );
  const call = fc.constantFrom(...tenantRoutes).chain((route) =>
    fc.record({
      route: fc.constant(nameOf(route)),
      actor: fc.nat(everybody.length - 1),
      tenant: fc.nat(2),
      /** Whether people stay where they are members. */
      isHome: fc.boolean(),
      personId: fc.constantFrom(...everybody.map((person) => person.id)),
      /** Whose names are in the path behind the workspace's. */
      named: fc.nat(2),
      name: fc.option(someName, { freq: 3, nil: null }),
      json: route.json
        ? fc.oneof({ weight: 4, arbitrary: fits(route.json, pool) }, nearly(route.json, pool))
        : fc.constant(undefined),
      query: route.query ? fits(route.query, pool) : fc.constant(undefined),
    }),
  );
  /** Marks of others that calls have written into a tenant, by tenant: those may be read there. */
  const told = new Map(own.map((tenant) => [tenant, new Set<string>()]));
  const reached = new Map<string, number>();
  const count = (status: number) => {
    const kind = status < 300 ? 'done' : String(status);
    reached.set(kind, (reached.get(kind) ?? 0) + 1);
  };
  /** Members and policies as at first, else soon nobody could do anything. */
  const memberships = await env.DB.prepare('select * from members').all();
  const repair = () =>
    env.DB.batch([
      env.DB.prepare(`update workspaces set policy = '{}', deleted_at = null, purge_at = null`),
      ...memberships.results.map((row) =>
        env.DB.prepare(
          `insert into members (workspace_id, person_id, role, joined_at) values (?1, ?2, ?3, 1)
           on conflict (workspace_id, person_id) do update set role = ?3`,
        ).bind(row.workspace_id, row.person_id, row.role),
      ),
    ]);

  await fc.assert(
    fc.asyncProperty(call, async (one) => {
      const { route: key, isHome, tenant: at, named, personId, name, json, query } = one;
      const route = tenantRoutes.find((each) => nameOf(each) === key)!;
      const actor = everybody[one.actor]!;
      const home = memberships.results.find((row) => row.person_id === actor.id)?.workspace_id;
      const tenant = (isHome && own.find((one) => one.workspaceId === home)) || own[at]!;
      const others = own.filter((one) => one !== tenant);
      const role = await env.DB.prepare(
        'select role from members where workspace_id = ? and person_id = ?',
      )
        .bind(tenant.workspaceId, actor.id)
        .first<(typeof roles)[number]>('role');
      const before = await Promise.all(own.map(snapshot));
      const odd = Object.keys(own[named]!.path).map((key) => [key, name ?? own[named]!.path[key]!]);
      const names = { ...Object.fromEntries(odd), personId, workspaceId: tenant.workspaceId };
      const answer = await send({ route, cookie: actor.cookie, names, json, query });
      count(answer.status);
      const after = await Promise.all(own.map(snapshot));
      const said = JSON.stringify([names, json, query]);

      expect(isAnswer(answer), answer.text).toBe(true);
      for (const [i, one] of own.entries()) {
        const may = one === tenant && role !== null && mayDo(role, route.actions[0]!);
        if (may) continue;
        const { audit_events: now, ...rest } = after[i]!;
        const { audit_events: then, ...earlier } = before[i]!;
        expect(rest).toEqual(earlier);
        // A member's refusal is written into their own workspace's log, and nowhere else.
        expect(now!.length - then!.length).toBe(one === tenant && role !== null ? 1 : 0);
      }
      for (const other of role === null ? own : others) {
        // What somebody sends may be said back to them.
        if (said.includes(other.mark)) told.get(tenant)!.add(other.mark);
        else if (!told.get(tenant)!.has(other.mark)) expect(answer.text).not.toContain(other.mark);
      }
      if (answer.status < 300 && route.method !== 'GET') await repair();
      if (role === null) expect(answer.status).toBe(404);
      else if (!mayDo(role, route.actions[0]!)) expect(answer.status).toBe(403);
    }),
    { numRuns: 120, endOnFailure: true },
  );
  // The property would hold of an app that refuses everything.
  expect(reached.get('done') ?? 0).toBeGreaterThan(15);
  expect(reached.get('404') ?? 0).toBeGreaterThan(15);
  expect(reached.get('403') ?? 0).toBeGreaterThan(5);
}, 300_000);
