import { env, exports } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import app from './index.ts';

const get = (path: string) => exports.default.fetch(new Request(`https://cairn.test${path}`));

describe('headers', () => {
  test.each([
    '/',
    '/edit/abc',
    '/assets/app-abc.js',
    '/models/manifest.json',
    '/healthz',
    '/api/x',
  ])('%s carries every security header', async (path) => {
    const { headers } = await get(path);
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
    expect(headers.get('permissions-policy')).toContain('camera=(self)');
    const policy = headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';");
  });

  test('the configured storage, and nothing else, may be connected to', async () => {
    const response = await app.request(
      'https://cairn.test/healthz',
      {},
      {
        ...env,
        STORAGE_LOCATIONS: JSON.stringify([
          { name: 'eu-west-3', endpoint: 'http://127.0.0.1:9', bucket: 'cairn-eu' },
          {
            name: 'us-east-1',
            endpoint: 'http://localhost:9',
            bucket: 'cairn-us',
            style: 'virtual-host',
          },
        ]),
        STORAGE_KEY_EU_WEST_3: 'key:secret',
        STORAGE_KEY_US_EAST_1: 'key:secret',
      },
    );
    expect(response.headers.get('content-security-policy')).toContain(
      "connect-src 'self' http://127.0.0.1:9 http://cairn-us.localhost:9;",
    );
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ parts: { storage: 'failing', database: 'ok' } });
  });
});

test('healthz says that database and files answer', async () => {
  const response = await get('/healthz');
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    ok: true,
    parts: { database: 'ok', assets: 'ok', storage: 'not-configured' },
  });
});

test('screens are the app, missing files are not', async () => {
  expect((await get('/edit/123')).headers.get('content-type')).toContain('text/html');
  expect((await get('/assets/gone-123.js')).status).toBe(404);
  expect((await get('/models/0123456789abcdef/part-0')).status).toBe(404);
  expect((await get('/api/nothing')).status).toBe(404);
});

test('files named by their content are kept for a year, pages are not', async () => {
  expect((await get('/assets/app-abc.js')).headers.get('cache-control')).toContain('immutable');
  expect((await get('/')).headers.get('cache-control')).toBe('no-cache');
});
