/** `npm run make -- FILE --out DIR …`: see make.ts. Installs and builds first where need be. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { build, environment, install, node, root } from './install.mjs';

try {
  install();
  build();
} catch (error) {
  console.error(`Cairn could not be built: ${error.message}`);
  process.exit(1);
}
const result = spawnSync(node, [path.join(root, 'web/cli/make.ts'), ...process.argv.slice(2)], {
  // Paths on the command line are meant from where the person stands.
  cwd: process.env.INIT_CWD ?? process.cwd(),
  env: environment,
  stdio: 'inherit',
});
process.exit(result.status ?? 1);
