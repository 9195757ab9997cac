/** The browser dies in the middle of import, analysis, editing and export; nothing is lost beyond the last second. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp, type App } from './app.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'cairn-crash-'));
const clip = path.join(folder, 'short.mp4');
let app: App;

beforeAll(async () => {
  const sample = path.join(root, 'web/public/sample/sample.mp4');
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', sample, '-t', '14', '-c', 'copy', clip]);
  app = await openApp();
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

const recordings = () => app.page.locator('a[href^="/edit/"]');
const choose = async () => {
  const { page } = app;
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page
      .getByRole('button', { name: /Choose files|^Import/ })
      .first()
      .click(),
  ]);
  await chooser.setFiles(clip);
};
const title = () => app.page.getByRole('textbox', { name: 'Title of the recording' });

test('killed while importing: the library opens and shows nothing half done', async () => {
  await choose();
  await sleep(150);
  await app.crash();
  await app.page
    .getByRole('button', { name: /Choose files|Import/ })
    .first()
    .waitFor();
  const found = await recordings().count();
  expect(found).toBeLessThanOrEqual(1);
  if (found === 0) {
    await choose();
    await recordings().first().waitFor({ timeout: 60_000 });
  }
});

test('killed while analysing: it goes on by itself', async () => {
  const before = await recordings().first().getAttribute('href');
  await app.page
    .getByText(/Analysing/)
    .first()
    .waitFor({ timeout: 60_000 });
  await sleep(3000);
  await app.crash();
  await recordings().first().waitFor();
  expect(await recordings().first().getAttribute('href')).toBe(before);
  await app.page.getByText('Ready').first().waitFor({ timeout: 200_000 });
});

test('killed while editing: what was typed a second ago is there', async () => {
  await recordings().first().click();
  await title().fill('Before the crash');
  await sleep(1000);
  await app.crash();
  await app.page.getByText('Before the crash').first().waitFor();
  await recordings().first().click();
  await title().waitFor();
  expect(await title().inputValue()).toBe('Before the crash');
});

test('killed while exporting: the project is whole, no file is left over, and the export works again', async () => {
  const { page } = app;
  await page.getByRole('button', { name: /^Export/ }).click();
  await page.getByRole('button', { name: 'WebM' }).click();
  await sleep(700);
  await app.crash();
  await recordings().first().click();
  await title().waitFor();
  expect(await title().inputValue()).toBe('Before the crash');
  const left = await app.page.evaluate(async () => {
    const names: string[] = [];
    const top = await navigator.storage.getDirectory();
    const exports = await top.getDirectoryHandle('exports').catch(() => null);
    if (exports) for await (const name of exports.keys()) names.push(name);
    return names;
  });
  expect(left).toEqual([]);
  await app.page.getByRole('button', { name: /^Export/ }).click();
  const [download] = await Promise.all([
    app.page.waitForEvent('download', { timeout: 120_000 }),
    app.page.getByRole('button', { name: 'MP4' }).click(),
  ]);
  expect(await download.failure()).toBeNull();
});
