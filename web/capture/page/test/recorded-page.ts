/**
 * For tests: pages in real Chromium with the watcher in them as a content script has it: in an
 * isolated world of every frame, from the start of the document, telling a service worker.
 */
import { chromium, type BrowserContext, type Page, type Worker } from 'playwright-core';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import { chromiumArguments, chromiumPath } from '../../../cli/chromium.ts';
import type { RedactionRules } from '../../../core/redaction.ts';
import { foldEvent, type PageEvent } from '../page-event.ts';

export interface WatchedOptions {
  text?: boolean;
  query?: boolean;
  opened?: boolean;
  rules?: RedactionRules;
  /** Masks the page by the rules. */
  redact?: boolean;
  /** Milliseconds until the rules are there; the page is covered for so long. */
  late?: number;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
  frame: { width: number; height: number };
}

declare global {
  interface Window {
    /** Of the page that decodes pictures. */
    pixels(png: string): Promise<ImageData>;
  }
}

export interface RecordedPages {
  page: Page;
  /** Serves this page to all frames that ask for the path; `{other}` in it is the other origin. */
  open(html: string, options?: WatchedOptions, more?: Record<string, string>): Promise<Page>;
  /** What was told since the page was opened, folded. Waits until nothing new comes. */
  events(): Promise<PageEvent[]>;
  /** All reports, in order. */
  reports(): Promise<PageEvent[]>;
  /** Forgets what was told. */
  reset(): Promise<void>;
  setZoom(zoom: number): Promise<void>;
  /** Asks the content script of the page in front. */
  ask(message: unknown): Promise<unknown>;
  /** Of the viewport as it is shown, PNG in base 64. */
  screenshot(): Promise<string>;
  /** Pixels that are not the same in two of them. */
  different(a: string, b: string): Promise<number>;
  /** Bounding box of the pixels of one colour, and the size of the whole. */
  boxOf(png: string, colour: readonly number[]): Promise<Box>;
  /** Dark pixels in each frame that the browser painted while this many milliseconds went by. */
  screencast(milliseconds: number): Promise<number[]>;
  close(): Promise<void>;
}

const manifest = {
  manifest_version: 3,
  name: 'Watcher',
  version: '1',
  permissions: ['tabs'],
  host_permissions: ['<all_urls>'],
  background: { service_worker: 'background.js' },
  content_scripts: [
    {
      matches: ['<all_urls>'],
      js: ['content.js'],
      run_at: 'document_start',
      all_frames: true,
      match_origin_as_fallback: true,
    },
  ],
};

const background = `
  globalThis.reports = [];
  chrome.runtime.onMessage.addListener((message) => { reports.push(message); });
`;

async function writeExtension(folder: string): Promise<void> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      target: 'es2024',
      lib: {
        entry: path.join(import.meta.dirname, 'content.ts'),
        formats: ['iife'],
        name: 'watcher',
      },
    },
  });
  const [first] = Array.isArray(result) ? result : [result];
  if (!first || !('output' in first)) throw new Error('the content script was not built');
  await writeFile(path.join(folder, 'content.js'), first.output[0].code);
  await writeFile(path.join(folder, 'background.js'), background);
  await writeFile(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
}

export async function openRecordedPages(extra: string[] = []): Promise<RecordedPages> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'cairn-watch-'));
  const extension = path.join(folder, 'extension');
  await mkdir(extension);
  await writeExtension(extension);

  let served: Record<string, string> = {};
  const server = http.createServer((request, response) => {
    const html = served[(request.url ?? '/').split('?')[0]!];
    response.writeHead(html === undefined ? 404 : 200, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
    });
    response.end(html ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as { port: number };
  const origin = `http://127.0.0.1:${port}`;
  // Another site, so another process; and one without encryption, where pages have fewer functions.
  const other = `http://other.test:${port}`;

  const context: BrowserContext = await chromium.launchPersistentContext(
    path.join(folder, 'profile'),
    {
      executablePath: chromiumPath(),
      headless: true,
      viewport: null,
      ignoreDefaultArgs: ['--disable-extensions'],
      args: [
        ...chromiumArguments,
        `--disable-extensions-except=${extension}`,
        `--load-extension=${extension}`,
        '--host-resolver-rules=MAP *.test 127.0.0.1',
        '--window-size=1000,800',
        ...extra,
      ],
    },
  );
  const worker: Worker =
    context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  const page = context.pages()[0] ?? (await context.newPage());
  const decoder = await context.newPage();
  await decoder.goto('about:blank');
  await page.bringToFront();
  const session = await context.newCDPSession(page);

  const reports = async (): Promise<PageEvent[]> => {
    let count = -1;
    for (;;) {
      const all = (await worker.evaluate('reports')) as PageEvent[];
      if (all.length === count) return all;
      count = all.length;
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
  };
  await decoder.evaluate(() => {
    window.pixels = async (png) => {
      const blob = await (await fetch(`data:image/png;base64,${png}`)).blob();
      const bitmap = await createImageBitmap(blob);
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext('2d', { willReadFrequently: true })!;
      context.drawImage(bitmap, 0, 0);
      return context.getImageData(0, 0, bitmap.width, bitmap.height);
    };
  });
  async function screenshot(): Promise<string> {
    return (await session.send('Page.captureScreenshot', { format: 'png' })).data;
  }
  return {
    page,
    reports,
    async open(html, options = {}, more = {}) {
      const attribute = JSON.stringify(options).replaceAll('&', '&amp;').replaceAll("'", '&#39;');
      const whole = (body: string) =>
        `<!doctype html><html lang="en" data-watch='${attribute}'><meta charset="utf-8">` +
        body.replaceAll('{other}', other).replaceAll('{origin}', origin);
      served = { '/': whole(html) };
      for (const [at, body] of Object.entries(more)) served[at] = whole(body);
      await page.goto('about:blank');
      await worker.evaluate('void (reports.length = 0)');
      await page.goto(`${origin}/?secret=1#part`);
      return page;
    },
    async events() {
      return (await reports()).reduce<PageEvent[]>((list, e) => foldEvent(list, e), []);
    },
    async reset() {
      await worker.evaluate('void (reports.length = 0)');
    },
    async setZoom(zoom) {
      await worker.evaluate(
        `chrome.tabs.query({ active: true }).then(([tab]) => chrome.tabs.setZoom(tab.id, ${zoom}))`,
      );
      await new Promise((resolve) => setTimeout(resolve, 300));
    },
    ask: (message) =>
      worker.evaluate(
        `chrome.tabs.query({ active: true }).then(([tab]) => chrome.tabs.sendMessage(tab.id, ${JSON.stringify(message)}, { frameId: 0 }))`,
      ),
    screenshot,
    async different(a, b) {
      return decoder.evaluate(
        async ([a, b]) => {
          const [left, right] = await Promise.all([window.pixels(a!), window.pixels(b!)]);
          if (left.width !== right.width || left.height !== right.height) return Infinity;
          const [from, to] = [
            new Uint32Array(left.data.buffer),
            new Uint32Array(right.data.buffer),
          ];
          return from.reduce((count, pixel, i) => count + (pixel === to[i] ? 0 : 1), 0);
        },
        [a, b],
      );
    },
    async boxOf(png, colour) {
      return decoder.evaluate(
        async ({ png, colour: [r, g, b] }) => {
          const { data, width, height } = await window.pixels(png);
          let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
          for (let i = 0; i < data.length; i += 4) {
            if (data[i] !== r || data[i + 1] !== g || data[i + 2] !== b) continue;
            const [x, y] = [(i / 4) % width, Math.floor(i / 4 / width)];
            [left, right] = [Math.min(left, x), Math.max(right, x)];
            [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
          }
          const box = { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
          return { ...box, frame: { width, height } };
        },
        { png, colour },
      );
    },
    async screencast(milliseconds) {
      const frames: string[] = [];
      const keep = ({ data, sessionId }: { data: string; sessionId: number }) => {
        frames.push(data);
        void session.send('Page.screencastFrameAck', { sessionId });
      };
      session.on('Page.screencastFrame', keep);
      await session.send('Page.startScreencast', { format: 'png', everyNthFrame: 1 });
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      await session.send('Page.stopScreencast');
      session.off('Page.screencastFrame', keep);
      return decoder.evaluate(async (frames) => {
        const counts: number[] = [];
        for (const frame of frames) {
          const { data } = await window.pixels(frame);
          let dark = 0;
          for (let i = 0; i < data.length; i += 4) if (data[i]! < 90) dark++;
          counts.push(dark);
        }
        return counts;
      }, frames);
    },
    async close() {
      await context.close().catch(() => undefined);
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
