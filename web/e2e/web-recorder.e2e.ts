/** Recording in the app itself: a tab beside it, to the editor; and a browser killed in the middle. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp, type App } from './app.ts';

const title = 'Something to record';
const clock = `<!doctype html><title>${title}</title><h1>0</h1>
<script>setInterval(() => (document.querySelector('h1').textContent = performance.now()), 50)</script>`;

let app: App;
beforeAll(async () => {
  app = await openApp({
    args: [
      '--auto-accept-camera-and-microphone-capture',
      `--auto-select-tab-capture-source-by-title=${title}`,
      '--use-fake-device-for-media-stream',
    ],
  });
});
afterAll(() => app.close());

async function startRecording(): Promise<void> {
  const other = await app.context.newPage();
  await other.route('**/clock', (route) =>
    route.fulfill({ contentType: 'text/html', body: clock }),
  );
  await other.goto(`${app.origin}/clock`);
  const { page } = app;
  await page.goto(`${app.origin}/record`);
  await page.getByRole('switch', { name: 'Count down' }).uncheck();
  await page.getByRole('button', { name: 'Start recording' }).click();
  await page.getByRole('button', { name: 'Finish' }).waitFor({ timeout: 60_000 });
}

test('a tab is recorded and opens in the editor, where its analysis begins', async () => {
  await startRecording();
  const { page } = app;
  await page.waitForTimeout(2500);
  // In a window of its own, so that the recorded tab does not have it.
  const [small] = await Promise.all([
    app.context.waitForEvent('page'),
    page.getByRole('button', { name: 'Small control' }).click(),
  ]);
  await small.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Paused').waitFor();
  await page.waitForTimeout(1000);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.waitForTimeout(1500);
  await page.getByRole('button', { name: 'Finish' }).click();
  await page.waitForURL(/\/edit\/[^/]+$/, { timeout: 60_000 });
  await page.getByRole('textbox', { name: 'Title of the recording' }).waitFor();
  await page
    .getByRole('status')
    .filter({ hasText: /Analysing|Waiting|\d+ %/ })
    .first()
    .waitFor();
  const own = new URL(app.origin).origin;
  expect(app.requests.filter(({ url }) => new URL(url).origin !== own)).toEqual([]);
  expect(app.requests.filter(({ body }) => body > 0)).toEqual([]);
  expect(app.problems).toEqual([]);
});

test('a killed browser: the recording waits in the library and is brought back', async () => {
  await startRecording();
  await app.page.waitForTimeout(3500);
  await app.crash();
  const { page } = app;
  await page.goto(app.origin);
  await page.getByText('A recording was broken off').waitFor({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Bring back' }).click();
  await page.waitForURL(/\/edit\/[^/]+$/, { timeout: 60_000 });
  await page.getByRole('textbox', { name: 'Title of the recording' }).waitFor();
});
