import { env } from 'cloudflare:workers';
import { Hono } from 'hono';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { AppContext } from '../app-types.ts';
import { listErrors, reportError } from './errors.ts';
import { shapeOf } from './log.ts';
import { routeOf, withRequest } from './requests.ts';
import { traceOf, traceparentOf } from './trace.ts';

afterEach(() => vi.restoreAllMocks());

const app = new Hono<AppContext>()
  .use(withRequest)
  .use('/api/*', async (context, next) => {
    if (context.req.header('x-refuse')) return context.text('no', 403);
    await next();
  })
  .get('/api/things/:thingId', (context) => context.json({ id: context.var.requestId }))
  .get('/boom/:word', () => {
    throw new Error('canary-message');
  })
  .get('*', (context) => context.text('page'))
  .onError(async (error, context) => {
    await reportError(context.env, error, {
      route: routeOf(context),
      requestId: context.var.requestId,
    });
    return context.text('failed', 500);
  });

async function lineOf(path: string, headers: Record<string, string> = {}) {
  const lines: string[] = [];
  const keep = (line: string) => void lines.push(line);
  for (const kind of ['log', 'warn', 'error'] as const) {
    vi.spyOn(console, kind).mockImplementation(keep);
  }
  const response = await app.request(path, { headers }, env);
  return {
    response,
    lines,
    request: lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find(({ event }) => event === 'request')!,
  };
}

describe('a request is one line', () => {
  test('with its id, route, status and time, and without its address', async () => {
    const { response, request, lines } = await lineOf('/api/things/canary-id?q=canary-query');
    expect(request).toMatchObject({
      level: 'info',
      method: 'GET',
      route: '/api/things/:thingId',
      status: 200,
    });
    expect(request['requestId']).toMatch(/^[0-9a-f]{32}$/);
    expect(response.headers.get('x-request-id')).toBe(request['requestId']);
    expect(await response.json()).toEqual({ id: request['requestId'] });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(request['durationMs']).toBeGreaterThanOrEqual(0);
    expect(lines.join('\n')).not.toContain('canary');
  });

  test('what a middleware refuses is told by the route behind it', async () => {
    const { request } = await lineOf('/api/things/1', { 'x-refuse': 'yes' });
    expect(request).toMatchObject({ route: '/api/things/:thingId', status: 403 });
  });

  test('an id that the client sends is not taken', async () => {
    const { response } = await lineOf('/', { 'x-request-id': 'mine' });
    expect(response.headers.get('x-request-id')).not.toBe('mine');
  });
});

describe('traces', () => {
  const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  test('go on where the caller was', async () => {
    const { request } = await lineOf('/', { traceparent: parent });
    expect(request).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      parentSpanId: 'b7ad6b7169203331',
    });
    expect(request['spanId']).not.toBe('b7ad6b7169203331');
  });

  test.each([
    undefined,
    '',
    'nonsense',
    `${parent}-more`,
    parent.toUpperCase(),
    parent.replace('0af7651916cd43dd8448eb211c80319c', '0'.repeat(32)),
    parent.replace('b7ad6b7169203331', '0'.repeat(16)),
    `ff${parent.slice(2)}`,
  ])('begin anew for %s', (header) => {
    const trace = traceOf(header);
    expect(trace.parentSpanId).toBeNull();
    expect(traceparentOf(trace)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  test('a later version with more parts is read', () => {
    expect(traceOf(`01${parent.slice(2)}-more`).parentSpanId).toBe('b7ad6b7169203331');
  });
});

describe('errors', () => {
  test('are counted by where they come from, without what they say', async () => {
    const { response, lines } = await lineOf('/boom/canary-word');
    await lineOf('/boom/other');
    expect(response.status).toBe(500);
    expect(lines.join('\n')).not.toContain('canary');
    const reports = await listErrors(env);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ name: 'Error', route: '/boom/:word', count: 2 });
    expect(reports[0]!.frames.length).toBeGreaterThan(0);
    expect(JSON.stringify(reports)).not.toContain('canary');
  });

  test('a message with line breaks that look like frames stays out', () => {
    const error = new Error('secret\n    at secret (secret.ts:1:1)\nmore');
    const plain = new TypeError('x');
    expect(JSON.stringify(shapeOf(error))).not.toContain('secret');
    expect(shapeOf(plain).name).toBe('TypeError');
    expect(shapeOf('text').name).toBe('string');
    expect(shapeOf(Object.assign(new Error('x'), { code: 'a b secret' })).name).toBe('Error');
  });
});
