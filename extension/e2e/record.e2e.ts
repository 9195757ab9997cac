/** Sessions recorded through the extension, from the press of the button to the steps in the editor. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stillTarget } from '../../web/core/still-target.ts';
import {
  finishRecording,
  openExtension,
  readRecorded,
  startRecording,
  type Recorded,
} from './extension-browser.ts';

const team = `<!doctype html><title>Team | Acme</title><h1>Team</h1>
<button id="invite">Invite</button>
<p><label>Email address <input type="email"></label></p>
<p><label>Role <select><option>Viewer</option><option>Editor</option></select></label></p>
<p><label><input type="checkbox"> Send an email</label></p>
<p><label>Password <input type="password"></label></p>
<a href="/members">Members</a>
<script>invite.onclick = (event) => { event.stopPropagation(); invite.textContent = 'Invited'; };</script>`;
const members = '<!doctype html><title>Members | Acme</title><h1>Members</h1><button>Save</button>';

let server: Server;
let origin = '';
beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(request.url === '/members' ? members : team);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

/** As a person does it: the pointer arrives, rests, presses, and looks at what happens. */
async function press(page: Page, target: Locator): Promise<void> {
  await target.scrollIntoViewIfNeeded();
  await target.hover();
  await page.waitForTimeout(250);
  await target.click();
  await page.waitForLoadState();
  await page.waitForTimeout(1000);
}

async function type(page: Page, target: Locator, text: string): Promise<void> {
  await press(page, target);
  await page.keyboard.type(text, { delay: 40 });
  await page.waitForTimeout(1000);
}

/** Each still shows the control that its step is about, inside what is shown of the screen. */
function expectTargets({ recording, steps, interactions }: Recorded): void {
  for (const step of steps) {
    const it = step.interaction === null ? null : interactions[step.interaction]!;
    if (!it?.rect) continue;
    const target = stillTarget(step, recording);
    expect(target, step.title).not.toBeNull();
    const { mark, crop } = target!;
    expect(mark.x).toBeGreaterThanOrEqual(crop.x);
    expect(mark.y).toBeGreaterThanOrEqual(crop.y);
    expect(mark.x + mark.width).toBeLessThanOrEqual(crop.x + crop.width);
    expect(mark.y + mark.height).toBeLessThanOrEqual(crop.y + crop.height);
  }
}

test('what is done in a page becomes steps with pictures that point at it', async () => {
  const browser = await openExtension({ title: 'Team' });
  try {
    const requests: string[] = [];
    const page = await browser.context.newPage();
    await page.goto(`${origin}/`);
    browser.context.on('request', (request) => {
      if (!request.url().startsWith('chrome-extension:')) requests.push(request.url());
    });
    const panel = await browser.openPanel(page);
    await startRecording(panel);
    await page.waitForTimeout(1500);

    const invite = page.getByRole('button', { name: 'Invite' });
    const box = (await invite.boundingBox())!;
    await press(page, invite);
    await type(page, page.getByLabel('Email address'), 'ann@example.org');
    await page.getByLabel('Role').focus();
    await page.keyboard.press('e');
    await page.waitForTimeout(1000);
    await press(page, page.getByLabel('Send an email'));
    await type(page, page.getByLabel('Password'), 'hunter2 is a secret');
    await press(page, page.getByRole('link', { name: 'Members' }));
    await press(page, page.getByRole('button', { name: 'Save' }));

    // Live, in the panel: seven steps, one of which the person names.
    const live = panel.getByRole('textbox', { name: /^Rename/ });
    await expect.poll(() => live.count()).toBe(7);
    await live.nth(6).fill('Save the list');
    await live.nth(6).press('Enter');

    const editor = await finishRecording(browser, panel);
    const recorded = await readRecorded(editor);
    expect(recorded.steps.map(({ title }) => title)).toEqual([
      'Click **Invite**',
      'Type the email address',
      'Choose **Editor** in *Role*',
      'Tick **Send an email**',
      'Type the password',
      'Click **Members**',
      'Save the list',
    ]);
    expect(recorded.steps.map(({ section }) => section ?? null)).toEqual([
      ...[null, null, null, null, null, null],
      'Members',
    ]);
    expectTargets(recorded);
    // The tab fills the frame, so page pixels are frame pixels but for rounding and fitting.
    const { rect } = recorded.interactions[0]!;
    expect(Math.abs(rect!.x - box.x)).toBeLessThan(4);
    expect(Math.abs(rect!.y - box.y)).toBeLessThan(4);
    expect(Math.abs(rect!.width - box.width)).toBeLessThan(4);
    expect(JSON.stringify(recorded.recording)).not.toMatch(/hunter2|ann@example/);
    expect(requests.filter((url) => !url.startsWith(origin))).toEqual([]);
  } finally {
    await browser.close();
  }
});
