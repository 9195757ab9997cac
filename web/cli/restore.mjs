/** `npm run restore -- [FILE] …`: see edge/backups/drill.ts. Installs first where need be. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { environment, install, migrate, node, root } from './install.mjs';

try {
  install();
  migrate();
} catch (error) {
  console.error(`Cairn could not be set up: ${error.message}`);
  process.exit(1);
}
const result = spawnSync(
  node,
  [path.join(root, 'edge/backups/drill.ts'), ...process.argv.slice(2)],
  {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    env: environment,
    stdio: 'inherit',
  },
);
process.exit(result.status ?? 1);
