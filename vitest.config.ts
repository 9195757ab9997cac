import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { isolationHeaders } from './edge/headers.ts';
import { chromiumArguments, chromiumPath } from './web/cli/chromium.ts';
import { modelFiles } from './web/models/vite-plugin.ts';
import { testMedia } from './web/e2e/test-media-plugin.ts';

const root = import.meta.dirname;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['web/**/*.test.ts', 'extension/**/*.test.ts'],
          exclude: [
            '**/*.browser.test.ts',
            '**/*.svelte.test.ts',
            '**/e2e/**',
            '**/node_modules/**',
          ],
        },
      },
      {
        root,
        cacheDir: path.join(root, '.cache/vitest'),
        plugins: [
          svelte({ configFile: path.join(root, 'svelte.config.js') }),
          modelFiles(),
          testMedia(),
        ],
        resolve: { alias: { 'blob-polyfill': path.join(root, 'web/models/native-blob.ts') } },
        worker: { format: 'es' },
        optimizeDeps: {
          exclude: ['@ffmpeg/ffmpeg', '@ffmpeg/core', '@mediabunny/aac-encoder'],
          include: [
            'mediabunny',
            'dexie',
            'fflate',
            'marked',
            'valibot',
            '@huggingface/transformers',
            'onnxruntime-web/wasm',
          ],
        },
        server: { headers: isolationHeaders },
        test: {
          name: 'browser',
          include: ['web/**/*.browser.test.ts', 'web/**/*.svelte.test.ts'],
          testTimeout: 120_000,
          // Real encoders, clocks and two cores: a second try, which the report shows.
          retry: 1,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { executablePath: chromiumPath(), args: chromiumArguments },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
