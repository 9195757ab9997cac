/**
 * The app's own upload in real Chromium, with the edge of `npm start` and a real S3 server: 40 MB in
 * signed parts, a reload in the middle, and nothing sent to anybody else.
 */
import { createServer } from 'node:http';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chromiumArguments, chromiumPath } from '../cli/chromium.ts';
import { migrate, serve } from '../cli/install.mjs';
import { startCeph, startLocalStorage } from '../cli/test-storages.ts';
import { startGate, type Gate } from './upload/gate.ts';
import type { Journey } from './upload/page.ts';

declare global {
  interface Window {
    journey: Journey;
  }
}

const size = 40_000_000;
const root = path.resolve(import.meta.dirname, '../..');
const undo: (() => unknown)[] = [];
let gate: Gate;
let origin: string;
let folder: string;
let context: BrowserContext;
let page: Page;
let workspaceId: string;
let storageName: string;
/** Everything that the browser asked for: where. */
const asked: string[] = [];
/** Bytes of the bodies that the edge got. */
const bodies: Promise<number>[] = [];
const problems: string[] = [];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The newest mail that the local edge caught. */
async function readMail(): Promise<string> {
  const databases = path.join(folder, 'state/v3/d1/miniflare-D1DatabaseObject');
  for (let tries = 0; tries < 200; tries += 1) {
    for (const name of await readdir(databases)) {
      if (!/^[0-9a-f]+\.sqlite$/.test(name)) continue;
      const database = new DatabaseSync(path.join(databases, name), { readOnly: true });
      const row = database.prepare('select text from captured_mails limit 1').get();
      database.close();
      if (row) return String(row['text']);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('no mail came');
}

const post = (address: string, body: object) =>
  page.evaluate(
    async ([to, json]) => {
      const answer = await fetch(to, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: json,
      });
      return { status: answer.status, body: (await answer.json().catch(() => null)) as unknown };
    },
    [address, JSON.stringify(body)] as const,
  );

async function signUp(): Promise<void> {
  const asked = await post('/api/auth/sign-up', {
    ...{ name: 'Journey', email: 'journey@example.org', password: 'otter-piano-7-lantern' },
  });
  expect(asked.status).toBe(202);
  const token = /#token=([0-9a-f]{64})/.exec(await readMail())![1];
  expect((await post('/api/auth/verify-email', { token })).status).toBe(200);
  const made = await post('/api/workspaces', { name: 'Journey' });
  expect(made.status).toBe(201);
  workspaceId = (made.body as { id: string }).id;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'cairn-upload-'));
  undo.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  await build({
    configFile: false,
    root: path.join(root, 'web/e2e/upload'),
    logLevel: 'error',
    build: { outDir: path.join(folder, 'page'), target: 'es2024', assetsInlineLimit: 0 },
    worker: { format: 'es' },
  });
  // Without Ceph wrangler's own R2 stands in for it.
  const { storage, stop } = (await startCeph()) ?? (await startLocalStorage());
  storageName = storage.name;
  undo.push(stop);
  gate = await startGate(storage.endpoint);
  undo.push(() => gate.stop());
  const location = { name: 'test', endpoint: gate.endpoint, bucket: storage.bucket };
  const persistTo = path.join(folder, 'state');
  migrate({ persistTo });
  const { child, address } = await serve({
    port: await freePort(),
    quiet: true,
    variables: {
      STORAGE_LOCATIONS: JSON.stringify([{ ...location, region: storage.region }]),
      STORAGE_KEY_TEST: `${storage.accessKeyId}:${storage.secretAccessKey}`,
      OPERATOR_TOKEN: 'operator-of-the-journey-0123456789abcdef',
    },
    persistTo,
    assets: path.join(folder, 'page'),
  });
  undo.push(() => child.kill());
  origin = address;
  if (storageName === 'ceph') {
    const allowed = await fetch(`${origin}/api/operator/storage/allow-origins`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer operator-of-the-journey-0123456789abcdef',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ origins: [origin] }),
    });
    expect(allowed.status).toBe(200);
  }
  context = await chromium.launchPersistentContext(path.join(folder, 'profile'), {
    executablePath: chromiumPath(),
    args: chromiumArguments,
    headless: true,
  });
  undo.push(() => context.close());
  context.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url())) asked.push(new URL(request.url()).origin);
  });
  context.on('requestfinished', (request) => {
    if (!request.url().startsWith(origin)) return;
    bodies.push(request.sizes().then(({ requestBodySize }) => requestBodySize));
  });
  page = context.pages()[0] ?? (await context.newPage());
  page.on('pageerror', (error) => problems.push(String(error)));
  const answer = await page.goto(origin);
  expect(answer?.headers()['content-security-policy']).toContain(
    `connect-src 'self' ${new URL(gate.endpoint).origin};`,
  );
  await signUp();
}, 300_000);
afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

const remove = (objectId: string) =>
  page.evaluate(
    ([id, object]) =>
      fetch(`/api/workspaces/${id}/objects/${object}`, { method: 'DELETE' }).then(
        ({ status }) => status,
      ),
    [workspaceId, objectId] as const,
  );
const parts = () => gate.seen.filter(({ part }) => part !== null);
const until = async (isSo: () => boolean | Promise<boolean>) => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
};

test('40 MB go in parts, stop with a reload, go on with what is missing, and arrive whole', async () => {
  await page.evaluate((bytes) => window.journey.makeFile(bytes), size);
  const sha256 = await page.evaluate(() => window.journey.hashFile());
  gate.open(2);
  await page.evaluate((id) => {
    void window.journey.upload(id);
  }, workspaceId);
  await until(() => parts().length === 2);
  await until(async () => {
    const [row] = await page.evaluate(() => window.journey.unfinished());
    return Object.keys(row?.arrived ?? {}).length === 2;
  });
  await page.reload();
  gate.open(Infinity);
  const [row] = await page.evaluate(() => window.journey.unfinished());
  expect(row).toMatchObject({ size, partCount: 5, workspaceId });
  const { object, error, fractions } = await page.evaluate(
    (id) => window.journey.upload(id),
    workspaceId,
  );
  expect(error).toBeUndefined();
  expect(object).toMatchObject({ state: 'ready', size, sha256 });
  // Each part once: those that had arrived were not sent again.
  expect(
    parts()
      .map(({ part }) => part)
      .sort(),
  ).toEqual([1, 2, 3, 4, 5]);
  expect(fractions.at(-1)).toBe(1);
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  expect(await page.evaluate(() => window.journey.unfinished())).toEqual([]);
  const got = await page.evaluate(([id, objectId]) => window.journey.download(id, objectId), [
    workspaceId,
    object!.id,
  ] as const);
  expect(got).toEqual({ sha256, status: 206, sameRange: true });
  expect(gate.seen.some(({ method }) => method === 'OPTIONS')).toBe(true);
});

test('what fails in passing is tried again: a busy server, a refused signature, a lost line', async () => {
  const before = parts().length;
  gate.fail(1, 503);
  gate.fail(2, 403);
  gate.fail(3, 'lost');
  gate.fail(4, 400);
  const { object, error } = await page.evaluate((id) => window.journey.upload(id), workspaceId);
  expect(error).toBeUndefined();
  expect(object).toMatchObject({ state: 'ready', size });
  const tried = parts()
    .slice(before)
    .map(({ part, status }) => `${part} ${status}`);
  expect(tried.sort()).toEqual(
    [
      ...['1 200', '1 503', '2 200', '2 403', '3 0', '3 200'],
      ...['4 200', '4 400', '5 200'],
    ].sort(),
  );
  expect(await remove(object!.id)).toBe(204);
});

test('what was begun for another file, or ended at the edge, is begun anew', async () => {
  /** Sends one part, no more, and comes back to a fresh page. */
  async function begin(): Promise<string> {
    const before = parts().length;
    gate.open(1);
    await page.evaluate((id) => {
      void window.journey.upload(id);
    }, workspaceId);
    await until(async () => {
      const [row] = await page.evaluate(() => window.journey.unfinished());
      return Object.keys(row?.arrived ?? {}).length === 1;
    });
    expect(parts()).toHaveLength(before + 1);
    await page.reload();
    gate.open(Infinity);
    return (await page.evaluate(() => window.journey.unfinished()))[0]!.objectId;
  }
  async function finish(begun: string): Promise<void> {
    const before = parts().length;
    const sha256 = await page.evaluate(() => window.journey.hashFile());
    const { object } = await page.evaluate((id) => window.journey.upload(id), workspaceId);
    expect(object).toMatchObject({ sha256, size: 20_000_000 });
    expect(object!.id).not.toBe(begun);
    expect(parts()).toHaveLength(before + 3);
    expect(await remove(object!.id)).toBe(204);
    expect(await remove(begun)).toBe(404);
  }
  await page.evaluate(() => window.journey.makeFile(20_000_000));
  const other = await begin();
  await page.evaluate(() => window.journey.makeFile(20_000_000, 7));
  await finish(other);
  const ended = await begin();
  expect(await remove(ended)).toBe(204);
  await finish(ended);
  await page.evaluate((bytes) => window.journey.makeFile(bytes), size);
});

test('an upload that is given up leaves nothing, and a full workspace says so before the first byte', async () => {
  const before = parts().length;
  gate.open(0);
  await page.evaluate((id) => {
    void window.journey.upload(id);
  }, workspaceId);
  await until(async () => (await page.evaluate(() => window.journey.unfinished())).length === 1);
  await page.reload();
  await page.evaluate(() => window.journey.cancel());
  gate.open(Infinity);
  expect(await page.evaluate(() => window.journey.unfinished())).toEqual([]);
  const use = () =>
    page.evaluate(async (id) => {
      const answer = await fetch(`/api/workspaces/${id}/storage`);
      return (await answer.json()) as { bytes: number; objects: number; quotaBytes: number };
    }, workspaceId);
  expect(await use()).toMatchObject({ bytes: size, objects: 1 });
  const full = await post(`/api/workspaces/${workspaceId}/objects`, {
    ...{ kind: 'video', size: (await use()).quotaBytes, contentType: 'video/mp4' },
  });
  expect(full).toMatchObject({ status: 413, body: { code: 'storage-full' } });
  expect(parts()).toHaveLength(before);
});

test('the content went to storage and to nobody else; the page can reach nobody else', async () => {
  const storage = new URL(gate.endpoint).origin;
  expect([...new Set(asked)].sort()).toEqual([origin, storage].sort());
  const toEdge = (await Promise.all(bodies)).reduce((sum, bytes) => sum + bytes, 0);
  // A few hundred bytes a request: names, sizes, hashes.
  expect(toEdge).toBeGreaterThan(1000);
  expect(toEdge).toBeLessThan(20_000);
  let reached = 0;
  const other = createServer((_, response) => {
    reached += 1;
    response.setHeader('access-control-allow-origin', '*').end('here');
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  undo.push(() => other.close());
  const { port } = other.address() as AddressInfo;
  const outcome = await page.evaluate(
    (address) =>
      fetch(address, { method: 'POST', body: 'content' }).then(
        () => 'reached',
        () => 'refused',
      ),
    `http://127.0.0.1:${port}/`,
  );
  expect([outcome, reached]).toEqual(['refused', 0]);
  expect(problems).toEqual([]);
});
