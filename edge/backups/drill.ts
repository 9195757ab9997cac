/**
 * `npm run restore`: reads a backup into a new, empty local database and checks it. Runs in Node, with
 * the same code that the tests run in the worker.
 */
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { getPlatformProxy } from 'wrangler';
import type { Env } from '../env.ts';
import { makeBackup, prefix } from './make.ts';
import { readBackup, restore, type RestoreReport } from './restore.ts';
import { sqlOf } from './sql.ts';

const help = `Usage: npm run restore -- [FILE] [--to DIR] [--sql FILE]

Reads a backup into a new, empty local database and checks it: rows of every table, references, and
the audit log's chains. Without FILE it takes the local instance's newest backup, or makes one.

  --to DIR     keep the restored database there (it can be served: wrangler dev --persist-to DIR)
  --sql FILE   also write it as SQL, for: wrangler d1 execute NAME --remote --file FILE

The key comes from the environment variable BACKUP_KEY. Fetch a backup with:
  wrangler r2 object get cairn-backups/database/NAME.cairn-backup --remote --file backup.cairn-backup
`;

const root = path.resolve(import.meta.dirname, '../..');

/** A worker's configuration with nothing but an empty database, in its own folder. */
async function openEmptyDatabase(folder: string) {
  await mkdir(folder, { recursive: true });
  const wrangler = await readFile(path.join(root, 'wrangler.toml'), 'utf8');
  const [date] = /^compatibility_date = .*$/m.exec(wrangler) ?? [];
  const [database] = /\[\[d1_databases\]\][^[]*/.exec(wrangler) ?? [];
  const configPath = path.join(folder, 'wrangler.toml');
  await writeFile(configPath, `name = "restore"\n${date}\n${database}`);
  const persist = { path: path.join(folder, 'v3') };
  return getPlatformProxy<Env>({ configPath, persist, envFiles: [] });
}

/** The newest backup of the local instance, made now when there is none. */
async function localBackup(secret: string): Promise<Uint8Array> {
  const proxy = await getPlatformProxy<Env>({ configPath: path.join(root, 'wrangler.toml') });
  try {
    const env = { ...proxy.env, BACKUP_KEY: secret };
    const listed = await env.BACKUPS!.list({ prefix });
    const key = listed.objects.at(-1)?.key ?? (await makeBackup(env, Date.now()));
    console.log(`Backup: ${key}`);
    const stored = await env.BACKUPS!.get(key!);
    return new Uint8Array(await stored!.arrayBuffer());
  } finally {
    await proxy.dispose();
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function print({ at, installation, rows, chains, problems }: RestoreReport): void {
  console.log(`Installation ${installation}, saved ${new Date(at).toISOString()}\n`);
  for (const [table, count] of Object.entries(rows)) {
    console.log(`  ${table.padEnd(32)}${String(count).padStart(10)} rows`);
  }
  console.log('');
  for (const [chain, { ok, entries }] of Object.entries(chains)) {
    console.log(`  audit log ${chain}: ${entries} entries, ${ok ? 'whole' : 'BROKEN'}`);
  }
  for (const problem of problems) console.error(`  PROBLEM: ${problem}`);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { to: { type: 'string' }, sql: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const secret = process.env['BACKUP_KEY'];
  const [file] = positionals;
  if (!secret) {
    console.error('Set BACKUP_KEY to the key that the backup was made with.');
    return 2;
  }
  const bytes = file ? null : await localBackup(secret);
  const source = () => (bytes ? once(bytes) : createReadStream(file!));
  const folder = values.to ?? (await mkdtemp(path.join(tmpdir(), 'cairn-restore-')));
  const began = Date.now();
  const proxy = await openEmptyDatabase(folder);
  try {
    const report = await restore(proxy.env, readBackup(source(), secret));
    print(report);
    if (values.sql) await writeFile(values.sql, sqlOf(readBackup(source(), secret)));
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    const verdict =
      report.problems.length === 0 ? 'The backup is good.' : 'The backup is NOT good.';
    console.log(`\n${verdict} (${seconds} s${values.to ? `, kept in ${values.to}` : ''})`);
    return report.problems.length === 0 ? 0 : 1;
  } finally {
    await proxy.dispose();
    if (!values.to) await rm(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
  process.exitCode = 1;
}
