import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;

export default defineConfig({
  cacheDir: path.join(root, '.cache/vitest-edge'),
  plugins: [
    cloudflareTest(async () => ({
      wrangler: { configPath: path.join(root, 'wrangler.toml') },
      miniflare: {
        bindings: {
          MIGRATIONS: await readD1Migrations(path.join(root, 'edge/migrations')),
          BETTER_AUTH_SECRET: randomBytes(32).toString('base64'),
          APP_ORIGIN: 'https://cairn.test',
          LOCAL_MODE: 'on',
          MAILER: 'capture',
          SIGN_UP: 'open',
          SEALING_KEY: randomBytes(32).toString('base64'),
          OUTBOUND_LOOPBACK: 'allowed',
          // Nobody outside is asked; tests name the one that the set-up starts.
          NAME_RESOLVER: '',
        },
        // What a backup is restored into.
        d1Databases: { EMPTY: 'empty' },
        assets: { directory: path.join(root, 'edge/test/assets'), binding: 'ASSETS' },
      },
    })),
  ],
  test: {
    name: 'edge',
    // Two slow cores must not decide.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Every request writes a log line; only those of a failing test are of interest.
    silent: 'passed-only',
    include: ['edge/**/*.test.ts'],
    globalSetup: ['edge/test/providers/start.ts', 'web/cli/test-storages.ts'],
    setupFiles: ['edge/test/setup.ts'],
  },
});
