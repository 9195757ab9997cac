/** Opens the app's own modules in a real browser, so that a bench measures what people run. */
import { chromium, type Page } from 'playwright-core';
import path from 'node:path';
import { createServer, type Plugin, type ViteDevServer } from 'vite';
import { isolationHeaders } from '../../edge/headers.ts';
import { chromiumArguments, chromiumPath } from '../cli/chromium.ts';
import { testMedia } from '../e2e/test-media-plugin.ts';

const root = path.resolve(import.meta.dirname, '../..');

export interface BenchPage {
  page: Page;
  /** Of the development server, with a slash at its end. */
  origin: string;
  /** Requests that left the origin; a bench may assert that there were none. */
  foreignRequests: string[];
  close(): Promise<void>;
}

/**
 * A blank, cross-origin isolated page of the development server. In it, modules are imported by
 * address (`import('/analysis/speech/extract.ts')`), models lie at /models/ and `../shared` at
 * /test-shared/. What the page logs is printed.
 */
export async function openPage(options: { args?: string[] } = {}): Promise<BenchPage> {
  const { server, origin } = await serveModules();
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [...chromiumArguments, ...(options.args ?? [])],
  });
  const page = await browser.newPage();
  const foreignRequests: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !/^(blob|data|about):/.test(request.url()))
      foreignRequests.push(request.url());
  });
  page.on('console', (message) => console.log(message.text()));
  page.on('pageerror', (error) => console.error(error));
  await page.goto(`${origin}bench-blank`);
  return {
    page,
    origin,
    foreignRequests,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** The development server alone; its blank page is at `bench-blank`. */
export async function serveModules(): Promise<{ server: ViteDevServer; origin: string }> {
  const server = await createServer({
    configFile: path.join(root, 'vite.config.ts'),
    plugins: [testMedia(), blankPage()],
    logLevel: 'error',
    cacheDir: path.join(root, '.cache/bench'),
    // Known beforehand, else the server bundles them at first use and the page must load again.
    optimizeDeps: {
      entries: [],
      include: [
        'mediabunny',
        'dexie',
        '@huggingface/transformers',
        'onnxruntime-web/wasm',
        'onnxruntime-web/webgpu',
      ],
    },
    server: { port: 0, host: '127.0.0.1', hmr: false, ws: false, watch: null },
  });
  await server.listen();
  const address = server.httpServer!.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { server, origin: `http://127.0.0.1:${port}/` };
}

/** An empty document with the server's own headers: the app itself is not started. */
function blankPage(): Plugin {
  return {
    name: 'blank-page',
    configureServer(server) {
      server.middlewares.use('/bench-blank', (_request, response) => {
        for (const [name, value] of Object.entries(isolationHeaders))
          response.setHeader(name, value);
        response.setHeader('Content-Type', 'text/html');
        response.end('<!doctype html><title>bench</title>');
      });
    },
  };
}
