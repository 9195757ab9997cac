/** What ends a recording from outside: a killed browser, and a storage that is full. */
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
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
});

test('the storage fills up: the recording ends in order and is there', async () => {
  const { server, origin } = await serveModules();
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: chromiumArguments,
  });
  try {
    const page = await browser.newPage();
    await page.goto(`${origin}bench-blank`);
    await page.evaluate(async () => {
      const address = '/bench/record/driver.ts';
      const driver = (await import(address)) as typeof import('../bench/record/driver.ts');
      await driver.startDrawn(640, 360);
    });
    const session = await page.context().newCDPSession(page);
    const { usage } = await session.send('Storage.getUsageAndQuota', { origin });
    const quotaSize = usage + 40 * 2 ** 20;
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
    const ended = await page.evaluate(async () => {
      const address = '/bench/record/driver.ts';
      const driver = (await import(address)) as typeof import('../bench/record/driver.ts');
      return driver.waitForEnd();
    });
    expect(ended.notices).toContain('storage-full');
    expect(ended.undecodable).toBe(0);
    expect(ended.duration).toBeGreaterThan(ended.elapsed - 1);
  } finally {
    await browser.close();
    await server.close();
  }
});
