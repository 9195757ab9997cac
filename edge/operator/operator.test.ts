import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { findEntries } from '../audit/find.ts';
import app from '../index.ts';

const token = 'operator-token-of-at-least-32-characters';
const withToken = { ...env, OPERATOR_TOKEN: token };
const get = (path: string, given?: string, bindings: object = withToken) =>
  app.request(
    `https://cairn.test${path}`,
    given === undefined ? {} : { headers: { authorization: given } },
    bindings,
  );
const paths = [
  '/metrics',
  '/api/operator/audit',
  '/api/operator/audit/export',
  '/api/operator/audit/check',
  '/api/operator/errors',
];

describe.each(paths)('%s', (path) => {
  test('is not there without a configured token, or with one that could be guessed', async () => {
    expect((await get(path, `Bearer ${token}`, env)).status).toBe(404);
    const short = { ...env, OPERATOR_TOKEN: 'short' };
    expect((await get(path, 'Bearer short', short)).status).toBe(404);
  });

  test.each([
    undefined,
    '',
    token,
    `Basic ${token}`,
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}`,
  ])('refuses %s and says so in the log', async (given) => {
    const response = await get(path, given);
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain(token);
    const [entry] = await findEntries(env, 'installation', {}, { limit: 1 });
    expect(entry).toMatchObject({ action: 'operator.access', outcome: 'denied' });
    expect(entry!.requestId).toBe(response.headers.get('x-request-id'));
  });

  test('answers the operator', async () => {
    const response = await get(path, `Bearer ${token}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    await response.text();
  });
});

test('an operator who reads the log is in it', async () => {
  await (await get('/api/operator/errors', `Bearer ${token}`)).text();
  const [entry] = await findEntries(env, 'installation', {}, { limit: 1 });
  expect(entry).toMatchObject({
    ...{ action: 'operator.access', outcome: 'success', actorId: 'operator' },
    targetId: '/api/operator/errors',
  });
});

test('metrics are in the format that Prometheus reads', async () => {
  await get('/healthz');
  const text = await (await get('/metrics', `Bearer ${token}`)).text();
  const sample =
    /^[a-z_]+(\{([a-z]+="([^"\\\n]|\\.)*")(,[a-z]+="([^"\\\n]|\\.)*")*\})? [0-9.e+-]+$/;
  const lines = text.trim().split('\n');
  for (const line of lines) expect(line).toMatch(line.startsWith('#') ? /^# (HELP|TYPE) / : sample);
  expect(text).toMatch(/cairn_requests_total\{.*route="\/healthz",status="2xx"\} \d+/);
  const buckets = lines.filter((line) => /_bucket\{.*route="\/healthz"/.test(line));
  const values = buckets.map((line) => Number(line.split(' ').at(-1)));
  expect(values).toEqual([...values].sort((a, b) => a - b));
  expect(text).toMatch(/cairn_audit_events\{action="operator.access",outcome="denied"\} \d+/);
});

test('who guesses on and on is refused without another line in the log, and the operator is not', async () => {
  const guess = () => get('/api/operator/errors', 'Bearer guessed');
  let tries = 0;
  while ((await guess()).status === 401) expect((tries += 1)).toBeLessThan(100);
  const [before] = await findEntries(env, 'installation', {}, { limit: 1 });
  const refused = await guess();
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await findEntries(env, 'installation', {}, { limit: 1 })).toEqual([before]);
  expect((await get('/api/operator/errors', `Bearer ${token}`)).status).toBe(200);
});
