/** "Open in the web app", from the extension's library to the app's editor, with both sides ended on the way. */
import { createHash, randomFillSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page, Worker } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveBuild } from '../../web/cli/static-server.ts';
import { openExtension, type ExtensionBrowser } from './extension-browser.ts';

const sample = path.resolve(import.meta.dirname, '../../web/public/sample/sample.mp4');
const padding = 96 * 1024 * 1024;

let origin = '';
let server: Server;
let browser: ExtensionBrowser;
let folder = '';
let sha256 = '';

beforeAll(async () => {
  ({ origin, server } = await serveBuild());
  folder = await mkdtemp(path.join(tmpdir(), 'cairn-hand-over-'));
  // A box that players skip makes a large recording of a small one.
  const box = Buffer.alloc(padding);
  randomFillSync(box);
  box.writeUInt32BE(padding, 0);
  box.write('free', 4, 'latin1');
  const data = Buffer.concat([await readFile(sample), box]);
  sha256 = createHash('sha256').update(data).digest('hex');
  await writeFile(path.join(folder, 'Invite a user.mp4'), data);
  browser = await openExtension({ title: 'none', appOrigin: origin });
});
afterAll(async () => {
  await browser?.close();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Presses "Open in the web app"; the tab that opens. */
async function press(library: Page): Promise<Page> {
  await library.getByRole('button', { name: 'Actions for Invite a user' }).click();
  const [page] = await Promise.all([
    browser.context.waitForEvent('page'),
    library.getByRole('menuitem', { name: 'Open in the web app' }).click(),
  ]);
  await page.waitForURL((url) => url.origin === origin);
  return page;
}

const background = (): Worker =>
  browser.context.serviceWorkers().find((worker) => worker.url().startsWith('chrome-extension:'))!;

/** 0 to 1, of what the app's page shows. */
const shown = (page: Page): Promise<number> =>
  page
    .getByRole('progressbar')
    .first()
    .getAttribute('aria-valuenow')
    .then((value) => Number(value));

async function reach(page: Page, least: number): Promise<void> {
  const fraction = async () => {
    const value = await shown(page);
    return value > 1 ? value / 100 : value;
  };
  await expect.poll(fraction, { timeout: 60_000, interval: 50 }).toBeGreaterThan(least);
}

test('a recording goes over whole, and goes on where it was broken off', async () => {
  const library = await browser.context.newPage();
  await library.goto(browser.address('index.html'));
  await library.getByText('Drop a screen recording here').waitFor();
  await library
    .locator('input[type=file]:not([data-purpose])')
    .first()
    .setInputFiles(path.join(folder, 'Invite a user.mp4'));
  await library.getByRole('button', { name: 'Actions for Invite a user' }).waitFor();

  // Analysing takes both cores for minutes and is not what is looked at here.
  await library.getByRole('button', { name: 'Stop the analysis' }).first().click();

  // The app's tab is closed in the middle.
  const first = await press(library);
  await first.getByText('It stays on this device').waitFor();
  await reach(first, 0.3);
  await first.close();

  const second = await press(library);
  const began = performance.now();
  await second.getByText('Taking over “Invite a user”').first().waitFor();
  await reach(second, 0.25);
  const kept = performance.now() - began;
  // The extension's background is ended in the middle.
  await background().evaluate(() => Object.assign(globalThis, { isFirst: true }));
  const session = await browser.context.newCDPSession(library);
  await session.send('ServiceWorker.enable');
  await session.send('ServiceWorker.stopAllWorkers');
  await second.waitForURL(/\/edit\//, { timeout: 120_000 });
  expect(await background().evaluate(() => 'isFirst' in globalThis)).toBe(false);
  process.stdout.write(
    `kept parts read again after ${kept.toFixed(0)} ms, the rest over after ${(performance.now() - began).toFixed(0)} ms\n`,
  );

  const there = await second.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('cairn');
      request.onsuccess = () => resolve(request.result);
    });
    const recordings = await new Promise<{ id: string; name: string; files: { path: string }[] }[]>(
      (resolve) => {
        const request = database.transaction('recordings').objectStore('recordings').getAll();
        request.onsuccess = () => resolve(request.result as never);
      },
    );
    const root = await navigator.storage.getDirectory();
    const [recording] = recordings;
    const [, id, name] = recording!.files[0]!.path.split('/');
    const parent = await (await root.getDirectoryHandle('recordings')).getDirectoryHandle(id!);
    const file = await (await parent.getFileHandle(name!)).getFile();
    const hash = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
    const incoming: string[] = [];
    for await (const key of (await root.getDirectoryHandle('incoming')).keys()) incoming.push(key);
    return {
      count: recordings.length,
      name: recording!.name,
      incoming,
      sha256: Array.from(new Uint8Array(hash), (b) => b.toString(16).padStart(2, '0')).join(''),
    };
  });
  await second.close();
  await library.close();
  expect(there).toEqual({ count: 1, name: 'Invite a user', incoming: [], sha256 });
});

test('nobody gets a recording without the press of the button', async () => {
  const page = await browser.context.newPage();
  const id = new URL(browser.address('')).host;
  await page.goto(`${origin}/receive#${id}/${crypto.randomUUID()}`);
  await page.getByRole('alert').getByText('did not allow this').waitFor();

  // Another origin has no line to the extension at all.
  await page.goto(
    `${origin.replace('localhost', '127.0.0.1')}/receive#${id}/${crypto.randomUUID()}`,
  );
  await page.getByRole('alert').waitFor();
  expect(
    await page.evaluate(
      () => typeof (globalThis as { chrome?: { runtime?: unknown } }).chrome?.runtime,
    ),
  ).toBe('undefined');
});

test('it can be stopped on both sides, and leaves nothing in the app', async () => {
  const library = await browser.context.newPage();
  await library.goto(browser.address('index.html'));
  // The app knows nothing of the recording again.
  const eraser = await browser.context.newPage();
  await eraser.goto(`${origin}/`);
  await eraser.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry('recordings', { recursive: true });
  });
  await eraser.close();

  const page = await press(library);
  await reach(page, 0.05);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('Nothing was added').waitFor();
  await page.close();

  const again = await press(library);
  await reach(again, 0.05);
  await library.evaluate(async () => {
    const opened = indexedDB.open('cairn');
    await new Promise((resolve) => (opened.onsuccess = resolve));
    const keys = opened.result.transaction('recordings').objectStore('recordings').getAllKeys();
    await new Promise((resolve) => (keys.onsuccess = resolve));
    const [input] = keys.result;
    await chrome.runtime.sendMessage({ to: 'background', call: 'stopHandOver', input });
  });
  await again.getByText('Nothing was added').waitFor();
  const left = await again.evaluate(async () => {
    const names: string[] = [];
    const root = await navigator.storage.getDirectory();
    for await (const key of (await root.getDirectoryHandle('incoming')).keys()) names.push(key);
    return names;
  });
  expect(left).toEqual([]);
});
