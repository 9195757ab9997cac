import { svelte } from '@sveltejs/vite-plugin-svelte';
import path from 'node:path';
import { defineConfig } from 'vite';
import { isolationHeaders } from './edge/headers.ts';
import { serviceWorker } from './web/cli/service-worker-plugin.ts';
import { unbundledWasm } from './web/models/unbundled-wasm.ts';
import { modelFiles } from './web/models/vite-plugin.ts';

const root = import.meta.dirname;

export default defineConfig({
  root: path.join(root, 'web'),
  publicDir: path.join(root, 'web/public'),
  cacheDir: path.join(root, '.cache/vite'),
  plugins: [
    svelte({ configFile: path.join(root, 'svelte.config.js') }),
    unbundledWasm(),
    modelFiles(),
    serviceWorker(),
  ],
  resolve: { alias: { 'blob-polyfill': path.join(root, 'web/models/native-blob.ts') } },
  worker: {
    format: 'es',
    plugins: () => [unbundledWasm()],
    rolldownOptions: { checks: { bundlerTimings: false, ineffectiveDynamicImport: false } },
  },
  build: {
    outDir: path.join(root, 'dist/web'),
    emptyOutDir: true,
    target: 'es2024',
    // Inlined assets would be data: addresses, which the content security policy forbids for scripts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 3000,
    rolldownOptions: {
      checks: { bundlerTimings: false, ineffectiveDynamicImport: false },
      input: {
        app: path.join(root, 'web/index.html'),
        sw: path.join(root, 'web/service-worker.ts'),
      },
      output: {
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  optimizeDeps: {
    exclude: ['@ffmpeg/ffmpeg', '@ffmpeg/core', '@mediabunny/aac-encoder'],
  },
  server: {
    headers: isolationHeaders,
    fs: { allow: [root] },
    proxy: Object.fromEntries(
      ['/api', '/healthz', '/dev/inbox'].map((path) => [path, 'http://localhost:8788']),
    ),
  },
});
