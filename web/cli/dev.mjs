/** `npm run dev`: the app with hot reload; requests to the edge go to a local worker beside it. */
import { build, environment, install, migrate, node, root, serve } from './install.mjs';
import { spawn } from 'node:child_process';
import path from 'node:path';

install();
build();
migrate();
const { child } = await serve({ port: 8788, quiet: true });
const vite = spawn(
  node,
  [path.join(root, 'node_modules/vite/bin/vite.js'), ...process.argv.slice(2)],
  {
    cwd: root,
    env: environment,
    stdio: 'inherit',
  },
);
vite.once('exit', (code) => {
  child.kill();
  process.exit(code ?? 0);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => vite.kill(signal));
