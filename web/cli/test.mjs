/**
 * `npm test`: installs what the tests need, then runs format, lint, types, audit, unit, browser, edge, build
 * and the whole journeys, fastest first. `npm test -- unit edge` runs only the named parts.
 */
import path from 'node:path';
import { build, buildExtension, environment, install, node, root, run } from './install.mjs';
import { auditPackages } from './audit-packages.mjs';
import { installTools } from './test-tools.mjs';

const bin = (name) => path.join(root, 'node_modules', name);
const vitest = (...args) => run(node, [bin('vitest/vitest.mjs'), 'run', ...args]);

const parts = {
  format: () =>
    run(node, [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']),
  lint: () => run(node, [bin('eslint/bin/eslint.js'), '--max-warnings', '0', '.']),
  types: () => run(node, ['web/cli/types.ts']),
  audit: () => auditPackages(),
  unit: () => vitest('--project', 'node'),
  edge: () => vitest('-c', 'vitest.edge.config.ts'),
  browser: () => vitest('--project', 'browser'),
  build: () => {
    build();
    buildExtension();
  },
  journeys: () => vitest('-c', 'vitest.journeys.config.ts'),
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(
    `No such part: ${unknown.join(', ')}. There are: ${Object.keys(parts).join(', ')}.`,
  );
  process.exit(2);
}

try {
  install();
  if (!installTools().includes('chromium') && !process.env.CHROMIUM_PATH) {
    throw new Error('there is no Chromium; install it or set CHROMIUM_PATH');
  }
} catch (error) {
  console.error(`\nThe tests could not start: ${error.message}`);
  process.exit(1);
}

const failed = [];
let passed = 0;
Object.assign(process.env, environment);
for (const name of chosen.length > 0 ? chosen : Object.keys(parts)) {
  const began = Date.now();
  console.log(`\n── ${name} ──`);
  try {
    parts[name]();
    passed += 1;
    console.log(`── ${name}: passed in ${((Date.now() - began) / 1000).toFixed(0)} s`);
  } catch (error) {
    failed.push(name);
    console.error(`── ${name}: FAILED (${error.message})`);
  }
}
if (failed.length > 0) console.error(`\nFailed: ${failed.join(', ')}`);
console.log(`\n${passed} passed, ${failed.length} failed`);
process.exit(failed.length > 0 ? 1 : 0);
