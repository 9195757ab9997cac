/**
 * What the edge needs to run on one's own machine: secrets made here once, mail caught instead of sent,
 * and wrangler's local R2 as storage. Kept in .wrangler/, readable by this user only; never committed.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** @type {Record<string, () => string>} */
const secrets = {
  BETTER_AUTH_SECRET: () => randomBytes(32).toString('base64url'),
  SEALING_KEY: () => randomBytes(32).toString('base64'),
  STORAGE_ACCESS_KEY: () => randomBytes(10).toString('hex'),
  STORAGE_SECRET_KEY: () => randomBytes(20).toString('hex'),
};

/** @param {string} folder @returns {Record<string, string>} */
function readSecrets(folder) {
  const file = path.join(folder, 'local-secrets.json');
  /** @type {Record<string, string>} */
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const missing = Object.keys(secrets).filter((name) => !kept[name]);
  for (const name of missing) kept[name] = secrets[name]();
  if (missing.length > 0) writeFileSync(file, JSON.stringify(kept, null, 2), { mode: 0o600 });
  return kept;
}

/**
 * Writes the settings for a server at `port` and returns wrangler's arguments for them. `environment` is
 * the file with its variables, to be removed when the server has ended.
 * @param {{root: string, port: number, variables?: Record<string, string>}} options `variables`: more
 * of them, or others than these.
 * @returns {{options: string[], environment: string}}
 */
export function localSettings({ root, port, variables = {} }) {
  const folder = path.join(root, '.wrangler');
  mkdirSync(folder, { recursive: true });
  const kept = readSecrets(folder);
  const endpoint = `http://127.0.0.1:${port}/cdn-cgi/local/r2/s3`;
  const all = {
    LOCAL_MODE: 'on',
    SIGN_UP: 'open',
    MAILER: 'capture',
    BETTER_AUTH_SECRET: kept.BETTER_AUTH_SECRET,
    SEALING_KEY: kept.SEALING_KEY,
    STORAGE_LOCATIONS: JSON.stringify([
      { name: 'local', endpoint, bucket: 'cairn', region: 'auto' },
    ]),
    STORAGE_KEY_LOCAL: `${kept.STORAGE_ACCESS_KEY}:${kept.STORAGE_SECRET_KEY}`,
    ...variables,
  };
  const environment = path.join(folder, `local-${port}.env`);
  const lines = Object.entries(all).map(([name, value]) => `${name}='${value}'\n`);
  writeFileSync(environment, lines.join(''), { mode: 0o600 });
  // The keys of local R2 can only stand in the configuration, beside whose file its paths begin.
  const keys = `{ accessKeyId = "${kept.STORAGE_ACCESS_KEY}", secretAccessKey = "${kept.STORAGE_SECRET_KEY}" }`;
  const common = readFileSync(path.join(root, 'wrangler.toml'), 'utf8');
  const local = common.replace(
    /^binding = "BUCKET"$/m,
    `$&\nlocal_dev = { experimental_s3_credentials = ${keys} }`,
  );
  if (local === common) throw new Error('wrangler.toml has no bucket bound to BUCKET');
  const configuration = path.join(root, 'wrangler.local.toml');
  // Another server may be watching it: only what changed is written.
  if (!existsSync(configuration) || readFileSync(configuration, 'utf8') !== local) {
    writeFileSync(configuration, local, { mode: 0o600 });
  }
  return { options: ['--config', configuration, '--env-file', environment], environment };
}
