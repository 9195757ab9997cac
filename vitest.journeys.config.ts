import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** Whole journeys: the built app in real Chromium, driven from Node. */
export default defineConfig({
  cacheDir: path.join(import.meta.dirname, '.cache/vitest-journeys'),
  test: {
    name: 'journeys',
    include: ['web/**/*.e2e.ts', 'extension/**/*.e2e.ts'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    // Real devices, clocks and two cores: a second try, which the report shows.
    retry: 1,
  },
});
