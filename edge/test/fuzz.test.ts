/** Whatever is sent to any route: never a failure of the program, never its insides in the answer. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { edgeErrorCodes } from '../contract/errors.ts';
import app from '../index.ts';
import { allRoutes, type Route } from './all-routes.ts';
import { anyJson, anyText, fits, nearly } from './arbitraries.ts';
import { createSession, origin } from './people.ts';
import { makeTenant, type Tenant } from './tenants.ts';

let tenant: Tenant;
beforeAll(async () => {
  tenant = await makeTenant();
}, 60_000);

interface Sent {
  path: string;
  body: string | Uint8Array | null;
  headers: Record<string, string>;
  signedIn: boolean;
}

const json = { 'content-type': 'application/json' };

/** Bodies that are no JSON of ours, with whatever they claim to be. */
const rawBody = fc
  .oneof(
    fc.constantFrom('', '{', '[]', 'null', '{"a":1}{"a":1}', '\ufeff{}', '{"name":"\\ud800"}'),
    fc.constantFrom('x'.repeat(70_000), `{"name":"${'x'.repeat(66_000)}"}`, '['.repeat(20_000)),
    fc.uint8Array({ maxLength: 60 }),
    anyText,
    anyJson.map((value) => new URLSearchParams({ value: JSON.stringify(value) }).toString()),
  )
  .chain((body) =>
    fc
      .constantFrom(
        ...['application/json', 'application/json; charset=utf-16', 'text/plain', '', 'a/b; c'],
        ...['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'],
      )
      .map((type) => ({ body, headers: { 'content-type': type } })),
  );

const jsonBody = (route: Route) => {
  const pool = { texts: tenant.names };
  const value = route.json
    ? fc.oneof({ weight: 2, arbitrary: fits(route.json, pool) }, nearly(route.json, pool), anyJson)
    : anyJson;
  return value.map((one) => ({ body: JSON.stringify(one) ?? '', headers: json }));
};

const encoded = (text: string) => encodeURIComponent(text.toWellFormed());

const search = (route: Route) => {
  const odd = fc
    .array(fc.tuple(anyText, anyText), { maxLength: 4 })
    .map((pairs) => pairs.map((pair) => pair.map(encoded).join('=')).join('&'));
  const wild = fc.constantFrom(
    '%ff=%',
    'a=1&a=2',
    'a[]=1&a[b]=2',
    '__proto__=1',
    '&&==',
    '?',
    '%00',
  );
  if (!route.query) return fc.oneof(fc.constant(''), odd, wild);
  const pool = { texts: tenant.names };
  const known = fc.oneof(fits(route.query, pool), nearly(route.query, pool)).map((value) =>
    typeof value === 'object' && value !== null
      ? Object.entries(value)
          .map(([name, one]) => [name, typeof one === 'string' ? one : JSON.stringify(one)])
          .map(([name, one]) => `${encoded(name!)}=${encoded(one ?? '')}`)
          .join('&')
      : '',
  );
  return fc.oneof({ weight: 3, arbitrary: known }, odd, wild);
};

const path = (route: Route) =>
  fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constant(null) },
        { weight: 2, arbitrary: anyText.map(encoded) },
        fc.constantFrom('%ff', '%', '..', '%2e%2e%2f', '0'.repeat(32), 'f'.repeat(32)),
      ),
      { minLength: 4, maxLength: 4 },
    )
    .map((names) => {
      let at = 0;
      return route.path.replaceAll(/:(\w+)/g, (_, name: string) => {
        const other = names[at++ % 4];
        return other || tenant.path[name] || 'x';
      });
    });

const oddHeaders = fc.record(
  {
    cookie: fc.constantFrom('a', '=', ';;;', '__Host-cairn.session_token=x.y', 'a=%ff; b="'),
    authorization: fc.constantFrom('Bearer', 'Bearer x', 'Basic !!!', 'x'.repeat(9000)),
    range: fc.constantFrom('bytes=a-b', 'bytes=-1', 'bytes=5-1'),
    'accept-language': fc.constantFrom('*', 'en;q=x', '%'),
    traceparent: fc.constantFrom('00', '00-0-0-0', 'ff-x'),
    'if-none-match': fc.constantFrom('*', '"', 'W/'),
    'user-agent': fc.constantFrom('', 'x'.repeat(3000), '<script>'),
  },
  { requiredKeys: [] },
);

const sent = (route: Route): fc.Arbitrary<Sent> =>
  fc
    .record({
      path: path(route),
      search: search(route),
      content: fc.oneof({ weight: 3, arbitrary: jsonBody(route) }, rawBody),
      headers: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, oddHeaders),
      signedIn: fc.boolean(),
    })
    .map((one) => ({
      path: `${one.path}${one.search ? `?${one.search}` : ''}`,
      body: route.method === 'GET' ? null : one.content.body,
      headers: { ...one.content.headers, ...one.headers },
      signedIn: one.signedIn,
    }));

let count = 0;

/** What an answer must never hold: stacks, files, and what the database says. */
const insides = /\bat \S+ \(|\.ts:\d+|node_modules|SQLITE|D1_ERROR|\b\w*Error: |workerd/;

async function check(route: Route, { path, body, headers, signedIn }: Sent) {
  count += 1;
  const request = new Request(`${origin}${path}`, {
    method: route.method,
    redirect: 'manual',
    headers: {
      ...{ origin, 'cf-connecting-ip': `10.9.${count >> 8}.${count & 255}` },
      ...headers,
    },
    ...(body === null ? {} : { body }),
  });
  if (signedIn) {
    request.headers.set('cookie', await createSession(tenant.people.owner.id));
  }
  // Not through the worker's entry: a library that imports parts of itself while a request is answered
  // waits for ever in the tests' loader of modules when that request is over first. A build has one file.
  const context = createExecutionContext();
  const response = await app.fetch(request, env, context);
  const text = new TextDecoder().decode(await response.arrayBuffer());
  await waitOnExecutionContext(context);
  expect(text).not.toMatch(insides);
  const isJson = response.headers.get('content-type')?.includes('json');
  const isError = response.status >= 400;
  const isHealth = route.path === '/healthz' || route.path === '/readyz';
  if (isError && isJson && !isHealth) {
    const { code, message } = JSON.parse(text) as { code: unknown; message: unknown };
    expect(edgeErrorCodes).toContain(code);
    expect(code).not.toBe('unexpected');
    expect(typeof message).toBe('string');
  }
  // What is not set up, or cannot be reached, says so with a code.
  if (response.status >= 500) expect([502, 503]).toContain(response.status);
  if (isError && route.path.startsWith('/api/')) expect(isJson).toBe(true);
}

describe.each(allRoutes.map((route) => ({ name: `${route.method} ${route.path}`, route })))(
  '$name',
  ({ route }) => {
    test('answers whatever it is sent', async () => {
      await fc.assert(
        fc.asyncProperty(sent(route), (one) => check(route, one)),
        { numRuns: 6 },
      );
    }, 60_000);
  },
);
