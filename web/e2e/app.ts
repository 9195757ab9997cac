/** The built app in real Chromium, for journeys: a profile that survives restarts, and a log of every request. */
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { chromiumArguments, chromiumPath } from '../cli/chromium.ts';
import { serveBuild } from '../cli/static-server.ts';

export interface SeenRequest {
  url: string;
  method: string;
  /** Bytes sent with it. */
  body: number;
}

export interface App {
  origin: string;
  /** Of the browser's profile; a new browser on it is the same person coming back. */
  profile: string;
  context: BrowserContext;
  page: Page;
  requests: SeenRequest[];
  /** Errors that the page reported, policy violations among them. */
  problems: string[];
  /** Kills the browser without a goodbye and starts it again on the same profile. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

export async function openApp({
  path: start = '/',
  /** More arguments for the browser. */
  args = [],
}: { path?: string; args?: string[] } = {}): Promise<App> {
  const { origin, server } = await serveBuild();
  const profile = await mkdtemp(path.join(os.tmpdir(), 'cairn-journey-'));
  const requests: SeenRequest[] = [];
  const problems: string[] = [];

  async function launch(): Promise<{ context: BrowserContext; page: Page }> {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath(),
      args: [...chromiumArguments, ...args],
      headless: true,
      acceptDownloads: true,
      viewport: { width: 1440, height: 900 },
    });
    // Requests of workers and of the service worker belong to the context, not to the page.
    context.on('request', (request) => {
      if (/^(blob|data):/.test(request.url())) return;
      requests.push({
        url: request.url(),
        method: request.method(),
        body: request.postDataBuffer()?.byteLength ?? 0,
      });
    });
    const page = context.pages()[0] ?? (await context.newPage());
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(`${origin}${start}`);
    return { context, page };
  }

  const app: App = {
    origin,
    profile,
    requests,
    problems,
    ...(await launch()),
    async crash() {
      // SIGKILL for every process of this browser: they carry the profile on their command line.
      await killByArgument(profile);
      await app.context.close().catch(() => undefined);
      Object.assign(app, await launch());
    },
    async close() {
      await app.context.close().catch(() => undefined);
      server.closeAllConnections();
      server.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return app;
}

/** SIGKILL, or another signal, for every process that has this on its command line. */
export async function killByArgument(
  argument: string,
  signal: NodeJS.Signals = 'SIGKILL',
): Promise<void> {
  const { readdir, readFile } = await import('node:fs/promises');
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const line = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (!line.includes(argument) || Number(name) === process.pid) continue;
    try {
      process.kill(Number(name), signal);
    } catch (error) {
      // A child that ended with its parent is what was wanted.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
