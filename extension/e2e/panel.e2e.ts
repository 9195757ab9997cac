/** What the side panel does besides starting: hiding, the small control, handing over; and a project that meets other edits. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { serveBuild } from '../../web/cli/static-server.ts';
import { openExtension, startRecording, type ExtensionBrowser } from './extension-browser.ts';

const team = `<!doctype html><title>Team</title><style>p { margin: 20px; font: 16px sans-serif }</style>
<p id="salary">5,400 €</p><my-card></my-card>
<button>Delete jane@example.com</button><button>Open C-123456</button>
<iframe src="/frame" width="400" height="100"></iframe>
<script>customElements.define('my-card', class extends HTMLElement {
  constructor() { super(); this.attachShadow({ mode: 'closed' }).innerHTML = '<p id="name">A name</p>'; }
})</script>`;
const frame = '<!doctype html><p id="inner">Inside the frame</p>';

let pages: Server;
let app: Server;
let origin = '';
let appOrigin = '';
let browser: ExtensionBrowser;
let page: Page;
let panel: Page;

beforeAll(async () => {
  pages = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(request.url === '/frame' ? frame : team);
  });
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  ({ origin: appOrigin, server: app } = await serveBuild());
});
afterAll(() => {
  pages.close();
  app?.close();
});

beforeEach(async () => {
  browser = await openExtension({ title: 'Team', appOrigin });
  page = await browser.context.newPage();
  await page.goto(`${origin}/`);
  panel = await browser.openPanel(page);
});
afterEach(() => browser?.close());

const button = (name: string | RegExp) => panel.getByRole('button', { name });

/** Presses "Pick something to hide", then where the element is on the page or in its frame. */
async function pick(target: Locator, within: Page | FrameLocator = page): Promise<void> {
  await button('Pick something to hide').click();
  await panel.getByText('Point at it in the page').waitFor();
  await page.bringToFront();
  // The script comes into each frame by itself.
  await within.locator('cairn-picker').waitFor({ state: 'attached' });
  const box = (await target.boundingBox())!;
  await page.mouse.move(box.x + 20, box.y + 5);
  await page.mouse.click(box.x + 25, box.y + 8);
  await panel.getByText(/is hidden on/).waitFor();
  // It has ended in all frames.
  await poll(() => page.locator('cairn-picker').count()).toBe(0);
}

const isCovered = (target: Locator) =>
  target.evaluate((element) => getComputedStyle(element).filter === 'contrast(0)');
const poll = (look: () => Promise<unknown>) => expect.poll(look, { timeout: 20_000 });

async function finish(): Promise<void> {
  await button('Finish').click();
  await button('Open in the editor').waitFor({ timeout: 60_000 });
}

const storedRecordings = () =>
  panel.evaluate(async () => {
    const opened = indexedDB.open('cairn');
    await new Promise((resolve) => (opened.onsuccess = resolve));
    const all = opened.result.transaction('recordings').objectStore('recordings').getAll();
    await new Promise((resolve) => (all.onsuccess = resolve));
    opened.result.close();
    return all.result as { id: string; name: string; files: { path: string }[] }[];
  });

/** Puts a box into the recording that players skip, so that it is seen on its way. */
const enlarge = (id: string) =>
  panel.evaluate(async (id) => {
    const opened = indexedDB.open('cairn');
    await new Promise((resolve) => (opened.onsuccess = resolve));
    const store = opened.result.transaction('recordings', 'readwrite').objectStore('recordings');
    const found = store.get(id);
    await new Promise((resolve) => (found.onsuccess = resolve));
    const recording = found.result as { size: number; files: { path: string; size: number }[] };
    const main = recording.files[0]!;
    const position = main.size;
    const box = new Uint8Array(96 * 1024 * 1024);
    new DataView(box.buffer).setUint32(0, box.length);
    box.set(new TextEncoder().encode('free'), 4);
    main.size += box.length;
    recording.size += box.length;
    const put = store.put(recording);
    await new Promise((resolve) => (put.onsuccess = resolve));
    opened.result.close();
    const [folder, own, name] = main.path.split('/') as [string, string, string];
    const root = await navigator.storage.getDirectory();
    const parent = await (await root.getDirectoryHandle(folder)).getDirectoryHandle(own);
    const handle = await parent.getFileHandle(name);
    const stream = await handle.createWritable({ keepExistingData: true });
    await stream.write({ type: 'write', position, data: box });
    await stream.close();
  }, id);

test('what matches and what is picked is hidden, in all frames and at once', async () => {
  const salary = page.locator('#salary');
  const inner = page.frameLocator('iframe').locator('#inner');
  await panel.getByRole('switch', { name: 'Hide private text' }).check();

  // Escape picks nothing.
  await button('Pick something to hide').click();
  await panel.getByText('Point at it in the page').waitFor();
  await panel.keyboard.press('Escape');
  await button('Pick something to hide').waitFor();
  await pick(salary);

  await panel.getByText('What is hidden').click();
  await button('Add a pattern').click();
  await panel.getByRole('radio', { name: 'Expression' }).check();
  const expression = panel.getByRole('textbox', { name: 'Regular expression' });
  await expression.fill('C-(\\d');
  await panel.getByText('no valid regular expression').waitFor();
  await expression.fill('(\\d|\\d)*x');
  await panel.getByText('so long that pages stop').waitFor({ timeout: 30_000 });
  expect(await button('Hide it').isDisabled()).toBe(true);
  await expression.fill('C-\\d{6}');
  await panel.getByRole('textbox', { name: 'Try it' }).fill('For C-123456, not for C-12');
  await panel.getByText('Hidden once').waitFor();
  await panel.getByRole('textbox', { name: 'Name' }).fill('Customer number');
  await button('Hide it').click();
  await panel.getByRole('switch', { name: 'Customer number' }).waitFor();

  expect(await isCovered(salary)).toBe(false);
  await startRecording(panel);
  expect(await isCovered(salary)).toBe(true);
  expect(await isCovered(inner)).toBe(false);
  await pick(inner, page.frameLocator('iframe'));
  await poll(() => isCovered(inner)).toBe(true);

  // What is no longer hidden is shown at once, and hidden again when that is taken back.
  await panel.getByText('What is hidden').click();
  await button(/^Show “salary” on/).click();
  await poll(() => isCovered(salary)).toBe(false);
  await button('Undo').click();
  await poll(() => isCovered(salary)).toBe(true);

  await page.bringToFront();
  for (const name of [/^Delete/, /^Open/]) await page.getByRole('button', { name }).click();
  const live = panel.getByRole('textbox', { name: /^Rename/ });
  await poll(() => Promise.all([live.nth(0).inputValue(), live.nth(1).inputValue()])).toEqual([
    'Click Delete •••••',
    'Click Open •••••',
  ]);
  // Pointing at something to hide is no step.
  expect(await live.count()).toBe(2);
  await finish();
  expect(JSON.stringify(await storedRecordings())).not.toMatch(/jane@|C-123456/);
  await poll(() => isCovered(salary)).toBe(false);
});

test('closed in the middle, the panel leaves a small control that finishes the recording', async () => {
  await startRecording(panel);
  const opened = browser.context.waitForEvent('page');
  await panel.close();
  const control = await opened;
  const press = (name: string) => control.getByRole('button', { name }).click();
  await press('Pause');
  await press('Go on');
  await press('Mute the microphone');
  await control.getByRole('button', { name: 'Unmute the microphone' }).waitFor();
  const editor = browser.context.waitForEvent('page');
  await press('Finish');
  await (await editor).waitForURL(/#\/edit\/[^/]+/, { timeout: 60_000 });
  await poll(() => Promise.resolve(control.isClosed())).toBe(true);
});

test('the panel hands over, says when that is broken off, and goes on', async () => {
  await startRecording(panel);
  await finish();
  await enlarge((await storedRecordings())[0]!.id);

  const opens = async (name: string) =>
    (await Promise.all([browser.context.waitForEvent('page'), button(name).click()]))[0];
  const reached = async () =>
    Number(await panel.getByRole('progressbar').getAttribute('aria-valuenow'));
  const first = await opens('Open in the web app');
  await panel.getByText('Handing over to the web app').first().waitFor();
  await poll(reached).toBeGreaterThan(0.1);
  await first.close();
  await panel.getByText(/^Interrupted at \d+%/).waitFor();

  const second = await opens('Go on in the web app');
  await panel.getByText('It is in the web app now').waitFor({ timeout: 120_000 });
  await second.waitForURL(/\/edit\//, { timeout: 60_000 });
});

test('a project that comes back with other edits asks whose to keep', async () => {
  await startRecording(panel);
  await finish();
  const [recording] = await storedRecordings();
  const library = await browser.context.newPage();
  const title = library.getByRole('textbox', { name: 'Title of the recording' });
  const open = async () => {
    await library.goto('about:blank');
    await library.goto(browser.address(`index.html#/edit/${recording!.id}`));
    await title.waitFor();
  };
  const rename = async (name: string) => {
    await title.fill(name);
    await title.press('Enter');
    await library.getByText('All changes saved').waitFor();
  };
  await open();
  await rename('Theirs');
  await library.getByRole('button', { name: /^Export/ }).click();
  const [download] = await Promise.all([
    library.waitForEvent('download'),
    library.getByRole('button', { name: 'Without media' }).click(),
  ]);
  const file = `${await download.path()}.cairn`;
  await download.saveAs(file);
  await library.keyboard.press('Escape');
  await rename('Mine');

  const bringIn = async (choice: string) => {
    await library.goto('about:blank');
    await library.goto(browser.address('index.html'));
    await library.getByRole('button', { name: /^Actions for/ }).waitFor();
    await library.locator('input[type=file]:not([data-purpose])').first().setInputFiles(file);
    await library.getByText('Which edits do you want to keep?').waitFor();
    await library.getByRole('button', { name: choice }).click();
  };
  const actions = (name: string) => library.getByRole('button', { name: `Actions for ${name}` });
  await bringIn('Keep mine');
  await library.getByText('is in the library').waitFor();
  await actions('Mine').waitFor();
  await bringIn('Use those from the file');
  await actions('Theirs').waitFor();
  await library.getByRole('button', { name: 'Undo' }).click();
  await actions('Mine').waitFor();
});
