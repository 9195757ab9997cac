/** A page in a profile on disk, as people have it: in a private window OPFS lies in memory and is slower. */
import { chromium, type Page } from 'playwright-core';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromiumArguments, chromiumPath } from '../../cli/chromium.ts';
import { serveFiles, type FileServer } from '../files.ts';
import { cacheFolder } from '../media.ts';
import { openPage } from '../page.ts';

export interface ExportPage {
  page: Page;
  files: FileServer;
  close(): Promise<void>;
}

export async function openExportPage(): Promise<ExportPage> {
  const bench = await openPage();
  const files = await serveFiles(cacheFolder);
  const profile = await mkdtemp(path.join(tmpdir(), 'cairn-bench-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    args: chromiumArguments,
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(error));
  await page.goto(bench.page.url());
  // Not needed, and it would count as memory of the browser.
  await bench.page.context().browser()?.close();
  return {
    page,
    files,
    async close() {
      await context.close();
      await bench.close();
      await files.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** `count` cuts of 0.25 to 1.5 s, spread over the recording. */
export const spreadCuts = (seconds: number, count: number): { start: number; end: number }[] =>
  Array.from({ length: count }, (_, i) => {
    const start = ((i + 0.4) * seconds) / count;
    return { start, end: start + 0.25 + (i % 6) * 0.25 };
  });
