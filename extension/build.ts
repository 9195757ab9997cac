/**
 * `npm run build:extension`: the unpacked extension into dist/extension, and packed beside it. It holds the
 * whole app: a recording opens in the editor where it was made. Nothing in it is fetched from elsewhere.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build, type InlineConfig } from 'vite';
import { unbundledWasm } from '../web/models/unbundled-wasm.ts';
import { modelFiles } from '../web/models/vite-plugin.ts';
import { manifest } from './manifest.ts';

const root = path.resolve(import.meta.dirname, '..');
const output = path.join(root, 'dist/extension');

/** Where "Open in the web app" goes: where `npm start` serves the app, unless it is told. */
const appOrigin = new URL(process.env.CAIRN_APP_ORIGIN ?? 'http://localhost:8787').origin;

const common: InlineConfig = {
  define: { 'import.meta.env.CAIRN_APP_ORIGIN': JSON.stringify(appOrigin) },
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  resolve: { alias: { 'blob-polyfill': path.join(root, 'web/models/native-blob.ts') } },
  worker: {
    format: 'es',
    plugins: () => [unbundledWasm()],
    rolldownOptions: { checks: { bundlerTimings: false, ineffectiveDynamicImport: false } },
  },
};

const modules: InlineConfig['build'] = {
  outDir: output,
  emptyOutDir: false,
  target: 'chrome120',
  assetsInlineLimit: 0,
  chunkSizeWarningLimit: 3000,
};
const checks = { bundlerTimings: false, ineffectiveDynamicImport: false };
const components = () => svelte({ configFile: path.join(root, 'svelte.config.js') });

/** The app as it is on the web, but for what only a server's pages need. */
async function buildApp(): Promise<void> {
  await build({
    ...common,
    root: path.join(root, 'web'),
    publicDir: path.join(root, 'web/public'),
    plugins: [components(), unbundledWasm(), modelFiles()],
    build: {
      ...modules,
      emptyOutDir: true,
      rolldownOptions: { checks, input: path.join(root, 'web/index.html') },
    },
  });
  await rm(path.join(output, 'manifest.webmanifest'));
}

/** The extension's own pages, which keep their folders, and its background. */
async function buildPages(): Promise<void> {
  const page = (file: string) => path.join(import.meta.dirname, file);
  await build({
    ...common,
    root: import.meta.dirname,
    plugins: [components(), unbundledWasm()],
    build: {
      ...modules,
      rolldownOptions: {
        checks,
        input: {
          sidepanel: page('sidepanel/index.html'),
          permission: page('sidepanel/permission.html'),
          control: page('control/index.html'),
          offscreen: page('offscreen/index.html'),
          background: page('background/index.ts'),
        },
        output: {
          entryFileNames: ({ name }) =>
            name === 'background' ? 'background.js' : 'assets/[name]-[hash].js',
        },
      },
    },
  });
}

/** Scripts in pages are no modules: one file each. */
async function buildContentScript(file: string, name: string): Promise<void> {
  await build({
    ...common,
    root: import.meta.dirname,
    build: {
      outDir: output,
      emptyOutDir: false,
      target: 'chrome120',
      lib: {
        entry: path.join(root, 'extension/content', file),
        formats: ['iife'],
        name: 'cairnContent',
        fileName: () => name,
      },
    },
  });
}

async function writeManifest(): Promise<void> {
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  await writeFile(
    path.join(output, 'manifest.json'),
    JSON.stringify(manifest(version, appOrigin), null, 2),
  );
}

await buildApp();
await buildPages();
await buildContentScript('index.ts', 'content.js');
await buildContentScript('pick.ts', 'pick.js');
await writeManifest();
process.stdout.write(`The extension is in ${path.relative(root, output)}.\n`);
