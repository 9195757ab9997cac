/** The main job as a newcomer does it: sample in, look, change something, take everything out; and what the network saw. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApp, type App } from './app.ts';

let app: App;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

const exportAs = async (name: string) => {
  const { page } = app;
  const panel = page.getByRole('region', { name: 'Export' });
  if (!(await panel.isVisible())) await page.getByRole('button', { name: /^Export/ }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: 120_000 }),
    panel.getByRole('button', { name }).click(),
  ]);
  expect(await download.failure()).toBeNull();
  return download.path();
};

describe('from the sample to a finished article and video', () => {
  test('the sample is imported and analysed', { timeout: 240_000 }, async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Try a sample recording' }).click();
    await page
      .getByRole('link', { name: /Sample/ })
      .first()
      .or(page.getByRole('toolbar'))
      .first()
      .waitFor({ timeout: 60_000 });
    if (!page.url().includes('/edit/'))
      await page
        .getByRole('link', { name: /Sample/ })
        .first()
        .click();
    await page.waitForURL(/\/edit\//);
    await page
      .getByRole('button', { name: /fillers? removed|Remove \d+ fillers?/ })
      .waitFor({ timeout: 200_000 });
  });

  test('an edit is undone as one, and outlives a reload', async () => {
    const { page } = app;
    const title = page.getByRole('textbox', { name: 'Title of the recording' });
    const before = await title.inputValue();
    await title.fill('A first flow');
    await title.press('Enter');
    await page.getByRole('button', { name: /^Undo/ }).click();
    expect(await title.inputValue()).toBe(before);
    await page.getByRole('button', { name: /^Redo/ }).click();
    expect(await title.inputValue()).toBe('A first flow');
    await page.getByText('All changes saved').waitFor();
    await page.reload();
    await title.waitFor();
    expect(await title.inputValue()).toBe('A first flow');
  });

  test('video, article and subtitles come out', { timeout: 240_000 }, async () => {
    const video = await exportAs('MP4');
    const probe = execFileSync(
      'ffprobe',
      ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', video],
      { encoding: 'utf8' },
    );
    expect(probe.trim().split('\n').sort()).toEqual(['aac', 'h264']);
    // Every frame and every sample decodes without a complaint.
    const complaints = execFileSync('ffmpeg', ['-v', 'error', '-i', video, '-f', 'null', '-'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(complaints).toBe('');

    const html = readFileSync(await exportAs('Web page'), 'utf8');
    expect(html).toContain('<h1');
    expect(html).toContain('data:image/');
    expect(html).not.toContain('<script');

    const vtt = readFileSync(await exportAs('VTT'), 'utf8');
    expect(vtt).toMatch(/^WEBVTT/);
    expect(vtt.toLowerCase()).toContain('inject');
  });

  test('no request left the origin, and none carried anything', () => {
    expect(app.requests.length).toBeGreaterThan(10);
    for (const { url, method, body } of app.requests) {
      expect(url.startsWith(app.origin)).toBe(true);
      expect(method).toBe('GET');
      expect(body).toBe(0);
      expect(new URL(url).search).toBe('');
    }
  });

  test('the page reported no error and broke no policy', () => {
    expect(app.problems).toEqual([]);
  });
});

test('the app starts without a network after the first visit', { timeout: 60_000 }, async () => {
  const { page, context } = app;
  await page.goto(app.origin);
  await page.evaluate(() => navigator.serviceWorker.ready.then((r) => r.active!.state));
  await context.setOffline(true);
  await page.reload();
  await page.getByText('A first flow').first().waitFor();
  await page.getByText('A first flow').first().click();
  await page.getByRole('textbox', { name: 'Title of the recording' }).waitFor();
  await context.setOffline(false);
});
