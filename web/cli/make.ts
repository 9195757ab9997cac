/**
 * The whole main job without a person: starts the built app in Chromium, puts a file in, waits, and
 * writes article, images, video, subtitles and report.json. The media never leave this machine.
 */
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { unzipSync } from 'fflate';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type {
  HeadlessApi,
  HeadlessFile,
  HeadlessProgress,
  HeadlessRequest,
} from '../core/headless.ts';
import type { Report } from '../core/report.ts';
import { chromiumArguments, chromiumPath } from './chromium.ts';
import { readOptions, UsageError, type MakeOptions } from './make-options.ts';
import { serveBuild } from './static-server.ts';
import { TerminalProgress } from './terminal-progress.ts';

declare global {
  interface Window {
    cairn?: HeadlessApi;
  }
}

/** A run that failed with a sentence for the person. */
class MakeError extends Error {}

async function openApp(
  context: BrowserContext,
  origin: string,
  terminal: TerminalProgress,
): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (error) => process.env['DEBUG'] && console.error(error));
  page.on('console', (message) => process.env['DEBUG'] && console.error(message.text()));
  await page.exposeBinding('cairnProgress', (_, progress: HeadlessProgress) =>
    terminal.update(progress),
  );
  await page.goto(`${origin}/headless`);
  await page.waitForFunction(() => window.cairn !== undefined, undefined, { timeout: 60_000 });
  return page;
}

/** Returns what lies on disk now, with sizes: a zip becomes the files in it. */
async function saveFile(
  page: Page,
  { kind, name, size, note }: HeadlessFile,
  out: string,
): Promise<Report['outputs']> {
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: 0 }),
    page.evaluate((file) => window.cairn!.download(file), name),
  ]);
  const failure = await download.failure();
  if (failure) throw new MakeError(`${name} could not be saved: ${failure}.`);
  const target = path.join(out, name);
  await download.saveAs(target);
  if (!name.endsWith('.zip')) {
    return [
      { kind: kind === 'images' ? 'image' : kind, file: name, size, ...(note ? { note } : {}) },
    ];
  }
  const saved: Report['outputs'] = [];
  // The article comes zipped; on disk it is a file with a folder of images beside it.
  for (const [entry, data] of Object.entries(unzipSync(await readFile(target)))) {
    const file = path.join(out, path.normalize(entry));
    if (!file.startsWith(out + path.sep) || entry.endsWith('/')) continue;
    if (kind === 'images' && !entry.includes('/')) continue;
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, data);
    saved.push({
      kind: entry.endsWith('.md') ? 'article' : 'image',
      file: entry,
      size: data.byteLength,
    });
  }
  await rm(target);
  return saved;
}

async function makeOne(
  page: Page,
  input: MakeOptions['inputs'][number],
  request: HeadlessRequest,
): Promise<void> {
  await page.locator('input[type=file]').setInputFiles(input.file);
  const result = await page.evaluate((asked) => window.cairn!.make(asked), request);
  if (!result.ok) throw new MakeError(result.sentence);
  await mkdir(input.out, { recursive: true });
  const outputs: Report['outputs'] = [];
  for (const file of result.files) outputs.push(...(await saveFile(page, file, input.out)));
  const report: Report = { ...result.report, outputs };
  await writeFile(path.join(input.out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  await page.evaluate(() => window.cairn!.clear());
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  const script = options.script
    ? { name: path.basename(options.script), text: await readFile(options.script, 'utf8') }
    : null;
  const profile = await mkdtemp(path.join(os.tmpdir(), 'cairn-make-'));
  const { origin, server } = await serveBuild();
  let context: BrowserContext | null = null;
  let failures = 0;
  const clean = async () => {
    await context?.close().catch(() => undefined);
    server.close();
    server.closeAllConnections();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  const stop = () => void clean().then(() => process.exit(130));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    context = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath(),
      args: chromiumArguments,
      headless: true,
      acceptDownloads: true,
    });
    for (const [index, input] of options.inputs.entries()) {
      const name = path.basename(input.file);
      console.log(
        options.inputs.length > 1 ? `${name} (${index + 1} of ${options.inputs.length})` : name,
      );
      const terminal = new TerminalProgress(process.stdout);
      // A page of its own for each file: one that crashes does not take the next along.
      const page = await openApp(context, origin, terminal);
      try {
        await makeOne(page, input, { ...options.request, script });
        terminal.end();
        console.log(`  written to ${path.relative(process.cwd(), input.out) || '.'}`);
      } catch (error) {
        failures += 1;
        terminal.end();
        console.error(
          `  ${error instanceof MakeError ? error.message : `The browser failed: ${String(error)}`}`,
        );
        if (process.env['DEBUG']) console.error(error);
      } finally {
        await page.close().catch(() => undefined);
      }
    }
  } finally {
    await clean();
  }
  return failures > 0 ? 1 : 0;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(
    error instanceof UsageError ? error.message : `Cairn failed: ${(error as Error).message}`,
  );
  process.exit(error instanceof UsageError ? 2 : 1);
}
