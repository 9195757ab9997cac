/**
 * Plants secrets and content in everything that a request brings, to every route there is, and looks
 * for them in all that is written down: the console, the audit log, the reports of failures.
 */
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import app from '../index.ts';
import { allRoutes, type Route } from '../test/all-routes.ts';
import { fits } from '../test/arbitraries.ts';
import { createPerson, createSession, origin, type TestPerson } from '../test/people.ts';
import { storages, withStorage } from '../test/storages.ts';
import { storeObject, storeWorkspace } from '../test/stored.ts';

const storage = storages[0]!;
const operatorToken = 'canary-operator-token-0123456789abcdef';
const environment = {
  ...withStorage(storage),
  OPERATOR_TOKEN: operatorToken,
  OPERATOR_EMAIL: 'canary-operator@example.org',
};
/** As texts of every shape that our schemas take: words, addresses, passwords, tokens, links. */
const hexCanary = 'c0ffee'.repeat(6).slice(0, 32);
const canaries = [
  'canary-plain',
  'canary-mail@example.org',
  'canary Password 77!',
  hexCanary,
  hexCanary.repeat(2),
  'https://canary.example/?canary=1',
];
const planted = /canary|c0ffee/i;

let owner: TestPerson;
let workspaceId: string;
let objectId: string;
const lines: string[] = [];

beforeAll(async () => {
  owner = await createPerson({ email: 'canary-owner@example.org', name: 'Canary Owner' });
  workspaceId = await storeWorkspace(env, {
    members: [[owner.id, 'owner']],
    name: 'Canary workspace',
  });
  const object = await storeObject(environment, storage, {
    ...{ workspaceId, kind: 'article', readyAt: Date.now(), content: 'canary content' },
  });
  objectId = object.id;
});

function listen() {
  for (const kind of ['log', 'info', 'debug', 'warn', 'error'] as const) {
    vi.spyOn(console, kind).mockImplementation((...values: unknown[]) => {
      // As the platform would print it: an error with its message and stack.
      lines.push(
        values
          .map((value) =>
            value instanceof Error ? `${value.message} ${value.stack}` : JSON.stringify(value),
          )
          .join(' '),
      );
    });
  }
}
afterEach(() => vi.restoreAllMocks());

const pathOf = (route: Route, real: boolean) =>
  route.path.replace(/:([a-zA-Z]+)(\{[^}]*\})?/g, (_, name: string) => {
    if (!real) return hexCanary;
    return name === 'workspaceId' ? workspaceId : name === 'objectId' ? objectId : hexCanary;
  });

const sampled = (schema: Route['json'], seed: number): unknown =>
  schema ? fc.sample(fits(schema, { texts: canaries }), { numRuns: 1, seed })[0] : undefined;

/** Of every session that was used. */
const tokens: string[] = [];

/** In a session of its own: some routes end the one they are called in. */
async function call(route: Route, options: { real: boolean; seed: number; operator?: boolean }) {
  const { real, seed, operator } = options;
  const cookie = await createSession(owner.id);
  tokens.push(decodeURIComponent(cookie.split('=')[1]!).split('.')[0]!);
  const search = new URLSearchParams({ canary: 'canary-query' });
  if (real && route.query) {
    search.delete('canary');
    const values = (sampled(route.query, seed) ?? {}) as Record<string, unknown>;
    for (const [key, value] of Object.entries(values)) {
      if (typeof value === 'string') search.set(key, value);
    }
  }
  const json = sampled(route.json, seed);
  const hasBody = !['GET', 'HEAD'].includes(route.method);
  const body = json === undefined ? 'canary-body' : JSON.stringify(json);
  const response = await app.request(
    `${origin}${pathOf(route, real)}?${search.toString()}`,
    {
      method: route.method,
      redirect: 'manual',
      headers: {
        ...{ cookie: `${cookie}; other=canary-cookie`, origin },
        ...{ 'cf-connecting-ip': '203.0.113.5', 'user-agent': 'canary-agent' },
        ...{ referer: 'https://canary.example/', 'x-forwarded-for': 'canary-address' },
        ...{ authorization: `Bearer ${operator ? operatorToken : 'canary-bearer'}` },
        ...{ traceparent: `00-${hexCanary}-c0ffeec0ffeec0ff-01`, 'x-request-id': 'canary-id' },
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
      },
      ...(hasBody ? { body } : {}),
    },
    environment,
  );
  await response.text();
}

/** Everything that was written down, as one text a row. */
async function written(): Promise<string[]> {
  const rows: string[] = [];
  for (const table of ['audit_events', 'error_reports', 'alerts', 'job_runs']) {
    const { results } = await env.DB.prepare(`select * from ${table}`).all();
    rows.push(...results.map((row) => JSON.stringify(row)));
  }
  return rows;
}

/** A trace's number is the caller's own, as its standard wants: it goes through as it came. */
const withoutTrace = (line: string) =>
  line.replace(/\\?"(traceId|parentSpanId)\\?":\\?"[0-9a-f]+\\?"/g, '');

/** Ids of things that are not there stand in the log of refusals; the canary of hex digits is one. */
const leaked = (texts: string[], secrets: string[]) =>
  texts
    .map(withoutTrace)
    .filter(
      (text) =>
        planted.test(text.replaceAll(hexCanary, '')) ||
        secrets.some((secret) => text.includes(secret)),
    );

test('no route writes down anything of what it was sent', { timeout: 240_000 }, async () => {
  listen();
  // What deletes the account or the workspace comes last.
  const isEnd = (route: Route) =>
    route.method === 'DELETE' && /workspaceId$|\/person$|sessions/.test(route.path);
  const routes = [...allRoutes].sort((a, b) => Number(isEnd(a)) - Number(isEnd(b)));
  expect(routes.length).toBeGreaterThan(40);
  for (const [index, route] of routes.entries()) {
    await call(route, { real: false, seed: index });
    await call(route, { real: true, seed: index });
    if (route.path.startsWith('/api/operator') || route.path === '/metrics') {
      await call(route, { real: true, seed: index, operator: true });
    }
  }
  vi.restoreAllMocks();
  expect(lines.length).toBeGreaterThan(routes.length);
  const rows = await written();
  expect(rows.length).toBeGreaterThan(20);
  expect(leaked(lines, tokens)).toEqual([]);
  expect(leaked(rows, tokens)).toEqual([]);
});

test('the test would notice', () => {
  expect(leaked(['{"detail":"Canary workspace"}'], [])).toHaveLength(1);
  expect(leaked(['a token here'], ['token'])).toHaveLength(1);
});
