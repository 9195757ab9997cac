/** `npm run bench [NAME …]`: runs the named measurements, or all of them, and prints their tables. */
import { existsSync } from 'node:fs';
import path from 'node:path';

/** In the order in which they are printed. */
const names = [
  'export',
  'sync',
  'memory',
  'words',
  'analysis',
  'fillers',
  'noise',
  'steps',
  'record',
  'edge',
];

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`No such measurement: ${unknown.join(', ')}. There are: ${names.join(', ')}.`);
  process.exit(2);
}
let failed = 0;
for (const name of chosen.length > 0 ? chosen : names) {
  const file = path.join(import.meta.dirname, `${name}.ts`);
  if (!existsSync(file)) continue;
  console.log(`\n# ${name}\n`);
  const began = Date.now();
  try {
    const { run } = (await import(file)) as { run: () => Promise<void> };
    await run();
  } catch (error) {
    failed += 1;
    console.error(error);
  }
  console.log(`\n(${((Date.now() - began) / 1000).toFixed(0)} s)`);
}
process.exit(failed > 0 ? 1 : 0);
