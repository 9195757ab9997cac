import type { D1Migration } from '@cloudflare/vitest-plugin';
import type { Env } from '../env.ts';

declare global {
  namespace Cloudflare {
    interface Env extends EdgeTestEnv {}
    interface GlobalProps {
      mainModule: typeof import('../index.ts');
    }
  }
  interface EdgeTestEnv extends Env {
    MIGRATIONS: D1Migration[];
    EMPTY: D1Database;
  }
}
