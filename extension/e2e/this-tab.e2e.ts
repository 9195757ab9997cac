/**
 * "This tab" without a picker: the browser lends the tab for a click on the extension's icon, which only the window
 * system can make. Skipped where there is no Xvfb and xdotool, or where the browser's toolbar is arranged otherwise.
 */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page, Worker } from 'playwright-core';
import type { Recording } from '../../web/core/recording.ts';
import { finishRecording, openExtension, startRecording } from './extension-browser.ts';

const display = ':77';
const isThere = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const hasScreen = isThere('Xvfb') && isThere('xdotool');
if (!hasScreen) console.warn('Skipped: Xvfb and xdotool cannot be had here.');

let screen: ChildProcess | undefined;
let server: Server;
beforeAll(async () => {
  if (hasScreen)
    screen = spawn('Xvfb', [display, '-screen', '0', '1400x900x24'], { stdio: 'ignore' });
  server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>Team</title><button>Invite</button>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  screen?.kill();
  server.close();
});

/** Of the menu of extensions, and of the first extension in it, in a window 1280 wide at the corner of the screen. */
const places = [
  [1163, 63],
  [937, 224],
] as const;

const pressOnScreen = ([x, y]: readonly [number, number]) =>
  execFileSync('xdotool', ['mousemove', `${x}`, `${y}`, 'sleep', '0.3', 'click', '1'], {
    env: { ...process.env, DISPLAY: display },
  });

/** Whether the browser lends the tab. */
async function pressIcon(background: Worker, page: Page): Promise<boolean> {
  const isLent = () =>
    background.evaluate(async (url) => {
      const tab = (await chrome.tabs.query({})).find((each) => each.url === url);
      const options = { targetTabId: tab!.id! };
      return chrome.tabCapture.getMediaStreamId(options).then(
        () => true,
        () => false,
      );
    }, page.url());
  for (let attempt = 0; attempt < 3; attempt++) {
    for (const place of places) {
      pressOnScreen(place);
      await page.waitForTimeout(2000);
    }
    if (await isLent()) return true;
  }
  return false;
}

test.skipIf(!hasScreen)('the tab of the icon is recorded without a picker', async ({ skip }) => {
  // No tab is called so: a picker would not be answered.
  const browser = await openExtension({ title: 'none', display });
  try {
    const { context } = browser;
    const page = context.pages()[0]!;
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.bringToFront();
    const lent = await pressIcon(context.serviceWorkers()[0]!, page);
    if (!lent) return skip('the icon of the extension is somewhere else');
    const panel = await browser.openPanel(page);
    await startRecording(panel);
    await page.getByRole('button', { name: 'Invite' }).click();
    await expect.poll(() => panel.getByRole('textbox', { name: /^Rename/ }).count()).toBe(1);
    const size = await page.evaluate(() => [innerWidth, innerHeight]);
    const editor = await finishRecording(browser, panel);
    const recording = await readRecording(editor);
    const { width, height } = recording.files[0]!.video!;
    expect(Math.abs(width - size[0]!)).toBeLessThan(3);
    expect(Math.abs(height - size[1]!)).toBeLessThan(3);
    expect(recording.interactions[0]).toMatchObject({ kind: 'click', label: 'Invite' });
    expect(recording.interactions[0]!.rect!.x).toBeCloseTo(8, 0);
  } finally {
    await browser.close();
  }
});

const readRecording = (editor: Page): Promise<Recording> =>
  editor.evaluate(async () => {
    const opened = indexedDB.open('cairn');
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      opened.onsuccess = () => resolve(opened.result);
      opened.onerror = () => reject(opened.error);
    });
    return new Promise<Recording>((resolve, reject) => {
      const request = database.transaction('recordings').objectStore('recordings').getAll();
      request.onsuccess = () => resolve((request.result as Recording[])[0]!);
      request.onerror = () => reject(request.error);
    });
  });
