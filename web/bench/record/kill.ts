/** Kills a browser that records, without a goodbye, and looks what the next start finds. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { chromiumArguments, chromiumPath } from '../../cli/chromium.ts';
import { killByArgument } from '../../e2e/app.ts';
import { serveModules } from '../page.ts';
import type { Kept, Phase } from './driver.ts';
import { inPage } from './in-page.ts';

export interface KillRun {
  phase: Phase;
  /** Seconds recorded when the browser was killed. */
  recorded: number;
  /** What the next start had of it; null when nothing was there. */
  kept: Kept | null;
  /** Seconds missing. */
  lost: number;
}

export interface KillOptions {
  runs: number;
  /** Seconds of recording before the kill, at least and at most. */
  least: number;
  most: number;
  size: { width: number; height: number };
  onRun?: (run: KillRun) => void;
}

const phaseOf = (run: number): Phase =>
  run % 5 === 3 ? 'paused' : run % 5 === 4 ? 'stopping' : 'recording';

export async function killRuns(options: KillOptions): Promise<KillRun[]> {
  const { server, origin } = await serveModules();
  const profile = mkdtempSync(path.join(os.tmpdir(), 'cairn-kill-'));
  const launch = async (): Promise<{ context: BrowserContext; page: Page }> => {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath(),
      args: chromiumArguments,
      headless: true,
    });
    const page = context.pages()[0] ?? (await context.newPage());
    page.on('pageerror', (error) => console.error(error));
    await page.goto(`${origin}bench-blank`);
    return { context, page };
  };
  const results: KillRun[] = [];
  let browser = await launch();
  try {
    for (let run = 0; run < options.runs; run++) {
      const phase = phaseOf(run);
      const recorded = await recordAndKill(browser.page, phase, profile, options);
      await browser.context.close().catch(() => undefined);
      browser = await launch();
      const found = await inPage(browser.page, 'recoverAll');
      if (found.length > 1) throw new Error(`${found.length} recordings of one`);
      const kept = found[0] ?? null;
      const result = { phase, recorded, kept, lost: recorded - (kept?.duration ?? 0) };
      results.push(result);
      options.onRun?.(result);
    }
    return results;
  } finally {
    await browser.context.close().catch(() => undefined);
    await server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Returns the seconds that were recorded. */
async function recordAndKill(
  page: Page,
  phase: Phase,
  profile: string,
  { least, most, size }: KillOptions,
): Promise<number> {
  await inPage(page, 'startDrawn', size.width, size.height);
  await sleep(1000 * (least + Math.random() * (most - least)));
  const { elapsed, at } = await inPage(page, 'progressIn', phase);
  await sleep(Math.random() * (phase === 'recording' ? 700 : 250));
  const killed = Date.now();
  await killByArgument(profile);
  return phase === 'recording' ? elapsed + (killed - at) / 1000 : elapsed;
}
