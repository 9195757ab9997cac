/** Plain JavaScript for any Node 20+: runs before anything is installed. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { localSettings } from './local-settings.mjs';

export const root = path.resolve(import.meta.dirname, '../..');
const modules = path.join(root, 'node_modules');
/** The project's own Node, newer than the one this may run on. */
export const node = path.join(
  modules,
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);
/** Child processes find the project's Node and tools first, and wrangler asks nobody for anything. */
export const environment = {
  ...process.env,
  PATH: `${path.join(modules, 'node', 'bin')}${path.delimiter}${path.join(modules, '.bin')}${path.delimiter}${process.env.PATH}`,
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  DO_NOT_TRACK: '1',
};

const stampFile = (name) => path.join(root, '.cache', `${name}.stamp`);
const readStamp = (name) =>
  existsSync(stampFile(name)) ? readFileSync(stampFile(name), 'utf8') : '';
function writeStamp(name, value) {
  mkdirSync(path.join(root, '.cache'), { recursive: true });
  writeFileSync(stampFile(name), value);
}

export function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: environment,
    shell: process.platform === 'win32',
    ...options,
  });
  if (result.error) throw result.error;
  if (result.status !== 0) {
    throw new Error(
      `${path.basename(command)} ${args.join(' ')} ended with ${result.status ?? result.signal}`,
    );
  }
}

/** Installs the packages of the lock file, unless that very lock file is installed already. */
export function install() {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  if (readStamp('install') === lock && existsSync(node)) return;
  console.log('Installing packages …');
  // Not `npm ci`: it refuses a lock file made where a platform's optional package was not to be had.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    env: process.env,
  });
  writeStamp('install', lock);
}

const sourceFolders = ['web', 'edge', 'extension'];
const sourceFiles = ['package-lock.json', 'vite.config.ts', 'svelte.config.js', 'tsconfig.json'];

/** Changes when any source of the app does: paths, sizes and times of change. */
function sourceState() {
  const hash = createHash('sha256');
  const add = (file) => {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${path.relative(root, file)} ${size} ${mtimeMs}\n`);
  };
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) walk(file);
      else if (entry.isFile() && !/\.test\.ts$/.test(entry.name)) add(file);
    }
  };
  for (const folder of sourceFolders) walk(path.join(root, folder));
  for (const file of sourceFiles) add(path.join(root, file));
  return hash.digest('hex');
}

/** Builds the app into dist/web, unless nothing changed since the last build. */
export function build() {
  const state = sourceState();
  if (readStamp('build') === state && existsSync(path.join(root, 'dist/web/index.html'))) return;
  console.log('Building the app …');
  run(node, [path.join(modules, 'vite/bin/vite.js'), 'build', '--logLevel', 'warn']);
  writeStamp('build', state);
}

/** Builds the extension into dist/extension, unless nothing changed since the last build. */
export function buildExtension() {
  const state = `${sourceState()} ${process.env.CAIRN_APP_ORIGIN ?? ''}`;
  const isThere = existsSync(path.join(root, 'dist/extension/manifest.json'));
  if (readStamp('build-extension') === state && isThere) return;
  console.log('Building the extension …');
  run(node, [path.join(root, 'extension/build.ts')]);
  writeStamp('build-extension', state);
}

const wrangler = path.join(modules, 'wrangler/wrangler-dist/cli.js');

/**
 * Brings the local database up to date, unless it has all migrations already. `persistTo`: another
 * folder than wrangler's own for what the local server keeps.
 */
export function migrate({ persistTo = '' } = {}) {
  const folder = path.join(root, 'edge/migrations');
  const state = readdirSync(folder).sort().join('\n');
  const isDone =
    readStamp('migrations') === state && existsSync(path.join(root, '.wrangler/state'));
  if (isDone && !persistTo) return;
  const place = persistTo ? ['--persist-to', persistTo] : [];
  run(node, [wrangler, 'd1', 'migrations', 'apply', 'cairn', '--local', ...place], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...environment, CI: '1' },
  });
  if (!persistTo) writeStamp('migrations', state);
}

/**
 * Starts app and edge on one origin, everything local. Resolves with the child once it answers.
 * `variables` for the edge besides the local ones; `assets`: another folder than the built app.
 */
export async function serve({
  port,
  host = '127.0.0.1',
  quiet = false,
  variables = {},
  persistTo = '',
  assets = '',
}) {
  const settings = localSettings({ root, port, variables });
  const child = spawn(
    node,
    [
      wrangler,
      'dev',
      ...settings.options,
      '--port',
      String(port),
      '--ip',
      host,
      '--log-level',
      'error',
      '--show-interactive-dev-session=false',
      ...(persistTo ? ['--persist-to', persistTo] : []),
      ...(assets ? ['--assets', assets] : []),
    ],
    {
      cwd: root,
      env: { ...environment, CI: '1' },
      stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit'],
    },
  );
  const address = `http://localhost:${port}`;
  let ended = null;
  child.once('exit', (code) => {
    ended = code ?? 1;
    rmSync(settings.environment, { force: true });
  });
  for (let waited = 0; waited < 60_000; waited += 200) {
    if (ended !== null) throw new Error(`The server ended with ${ended} before it answered.`);
    const answer = await fetch(`${address}/healthz`).catch(() => null);
    if (answer) return { child, address };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  child.kill();
  throw new Error('The server did not answer within a minute.');
}
