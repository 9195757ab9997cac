/** What ends a recording from outside: a killed browser, and a storage that is full. */
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { inPage } from '../bench/record/in-page.ts';
import { killRuns } from '../bench/record/kill.ts';
import { serveModules } from '../bench/page.ts';
import { chromiumArguments, chromiumPath } from '../cli/chromium.ts';

test('a browser killed while it records: all but two seconds is there and decodes', async () => {
  const runs = await killRuns({
    runs: 4,
    least: 0.5,
    most: 4,
    size: { width: 640, height: 360 },
  });
  for (const { kept, lost, recorded } of runs) {
    expect(lost).toBeLessThan(2);
    expect(lost).toBeGreaterThan(-0.5);
    expect(kept!.notices).toContain('recovered');
    expect(kept!.undecodable).toBe(0);
    expect(kept!.frames).toBeGreaterThan(0);
    expect(recorded - kept!.lastInteraction).toBeLessThan(2.3);
  }
}, 90_000);

test.each([
  { room: 40 * 2 ** 20, how: 'is seen to fill up' },
  { room: 100_000, how: 'is full at once' },
])(
  'the storage $how: the recording ends in order and is there',
  async ({ room }) => {
    const { server, origin } = await serveModules();
    const browser = await chromium.launch({
      executablePath: chromiumPath(),
      args: chromiumArguments,
    });
    try {
      const page = await browser.newPage();
      await page.goto(`${origin}bench-blank`);
      await inPage(page, 'startDrawn', 640, 360);
      const session = await page.context().newCDPSession(page);
      const { usage } = await session.send('Storage.getUsageAndQuota', { origin });
      const quotaSize = usage + room;
      await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
      const ended = await inPage(page, 'waitForEnd');
      expect(ended.notices).toContain('storage-full');
      expect(ended.undecodable).toBe(0);
      expect(ended.duration).toBeGreaterThan(ended.elapsed - 1);
    } finally {
      await browser.close();
      await server.close();
    }
  },
  60_000,
);
