/**
 * Checks the types of every .ts and .svelte file, and first that the check can fail at all: the
 * canary folder holds a component with a seeded type error that svelte-check must report.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const tool = (file: string) => path.join(root, 'node_modules', file);

function run(name: string, args: string[], quiet = false): number {
  const result = spawnSync(process.execPath, [tool(name), ...args], {
    cwd: root,
    stdio: quiet ? 'pipe' : 'inherit',
    encoding: 'utf8',
  });
  if (quiet && !/Type 'string' is not assignable to type 'number'/.test(result.stdout)) return 0;
  return result.status ?? 1;
}

const svelteCheck = 'svelte-check/bin/svelte-check';
const canary = run(
  svelteCheck,
  ['--workspace', 'web/canary', '--tsconfig', 'tsconfig.json', '--output', 'human'],
  true,
);
if (canary === 0) {
  console.error(
    'The seeded type error in web/canary was not reported: the type check checks nothing.',
  );
  process.exit(1);
}
const failures = [
  run('typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.edge.json']),
  run(svelteCheck, ['--tsconfig', 'tsconfig.json', '--fail-on-warnings', '--output', 'human']),
];
process.exit(failures.some((code) => code !== 0) ? 1 : 0);
