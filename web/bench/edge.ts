/**
 * The edge in workerd beside a worker of one bare Hono route, in the same run: requests a second,
 * processor time of workerd a request, bundle size, and time from starting workerd to the first answer.
 */
import { execFileSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, '.cache/bench/edge');
const secret = randomBytes(32).toString('hex');
const seconds = 5;
const connections = 16;

const bare = `import { Hono } from 'hono';
export default new Hono().get('/', (context) => context.json({ ok: true }));
`;

/** Bundles as `wrangler deploy` would. Returns the script. */
function bundle(name: string, main: string): string {
  const out = path.join(folder, name);
  mkdirSync(out, { recursive: true });
  const configuration = path.join(folder, `${name}.toml`);
  const date = /^compatibility_date = .*$/m.exec(
    readFileSync(path.join(root, 'wrangler.toml'), 'utf8'),
  )?.[0];
  writeFileSync(
    configuration,
    `name = "${name}"\nmain = "${main}"\n${date}\ncompatibility_flags = ["nodejs_compat"]\n`,
  );
  const wrangler = path.join(root, 'node_modules/wrangler/wrangler-dist/cli.js');
  execFileSync(
    process.execPath,
    [wrangler, 'deploy', '--dry-run', '--minify', '--outdir', out, '--config', configuration],
    {
      cwd: root,
      stdio: 'ignore',
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' },
    },
  );
  const file = readdirSync(out).find((one) => one.endsWith('.js'))!;
  return readFileSync(path.join(out, file), 'utf8');
}

/** Process ids of our children whose command is workerd. */
function workerdIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((id) => {
      try {
        const [, command, , parent] =
          /^\d+ \((.*)\) (\S) (\d+)/.exec(readFileSync(`/proc/${id}/stat`, 'utf8')) ?? [];
        return command === 'workerd' && Number(parent) === process.pid;
      } catch {
        return false; // It has ended meanwhile.
      }
    })
    .map(Number);
}

/** Milliseconds of processor time, user and system; a tick is 10 ms on Linux. */
function processorMs(id: number): number {
  const fields = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

const start = (script: string) =>
  new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script,
      compatibilityDate: '2026-11-01',
      compatibilityFlags: ['nodejs_compat'],
      d1Databases: { DB: 'bench' },
      r2Buckets: ['BUCKET'],
      serviceBindings: { ASSETS: () => new Response('asset') as never },
      bindings: {
        BETTER_AUTH_SECRET: secret,
        LOCAL_MODE: 'on',
        STORAGE_LOCATIONS: '',
        STORAGE_QUOTA_BYTES: '0',
      },
      // The log lines of every request go nowhere.
      handleStructuredLogs: () => {},
      port: 0,
    }),
  );

/** One person with a session and a workspace with some of a log. Returns cookie and id of the workspace. */
async function fill(worker: Miniflare): Promise<{ cookie: string; workspaceId: string }> {
  const database = await worker.getD1Database('DB');
  const migrations = path.join(root, 'edge/migrations');
  for (const name of readdirSync(migrations).sort()) {
    const sql = readFileSync(path.join(migrations, name), 'utf8').replace(/^\s*--.*$/gm, '');
    // A trigger has statements within it.
    for (const statement of sql.split(/;\s*\n(?=create|insert|alter|drop|update|$)/i)) {
      if (statement.trim()) await database.prepare(statement).run();
    }
  }
  const workspaceId = randomBytes(16).toString('hex');
  const token = randomBytes(16).toString('hex');
  const now = new Date().toISOString();
  const run = (sql: string, ...values: unknown[]) =>
    database
      .prepare(sql)
      .bind(...values)
      .run();
  await run(
    `insert into people (id, name, email, email_verified, created_at, updated_at)
     values ('person', 'Bench', 'bench@example.org', 1, ?1, ?1)`,
    now,
  );
  await run(
    `insert into sessions (id, person_id, token, expires_at, created_at, updated_at, seen_at)
     values ('session', 'person', ?1, '2999-01-01T00:00:00Z', ?2, ?2, ?3)`,
    ...[token, now, Date.now()],
  );
  await run(
    `insert into workspaces (id, name, created_at, created_by) values (?, 'Bench', 0, 'person')`,
    workspaceId,
  );
  await run(
    `insert into members (workspace_id, person_id, role, joined_at) values (?, 'person', 'owner', 0)`,
    workspaceId,
  );
  const signature = createHmac('sha256', secret).update(token).digest('base64');
  const cookie = `__Host-cairn.session_token=${encodeURIComponent(`${token}.${signature}`)}`;
  return { cookie, workspaceId };
}

interface Load {
  requestsPerSecond: number;
  /** Milliseconds of workerd's processor time. */
  processorMs: number;
  status: number;
}

/** Keeps some connections busy for some seconds. */
async function load(address: URL, headers: Record<string, string>, workerd: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let status = 0;
  const one = () =>
    new Promise<void>((resolve, reject) => {
      get(address, { agent, headers }, (response) => {
        status = response.statusCode ?? 0;
        response.resume().on('end', resolve).on('error', reject);
      }).on('error', reject);
    });
  const until = async (end: number): Promise<number> => {
    let count = 0;
    await Promise.all(
      Array.from({ length: connections }, async () => {
        for (; performance.now() < end; count += 1) await one();
      }),
    );
    return count;
  };
  await until(performance.now() + 1000);
  const before = processorMs(workerd);
  const began = performance.now();
  const count = await until(began + seconds * 1000);
  const took = (performance.now() - began) / 1000;
  agent.destroy();
  return {
    requestsPerSecond: count / took,
    processorMs: (processorMs(workerd) - before) / count,
    status,
  };
}

/** Milliseconds from starting workerd to the first answer: the middle of some tries. */
async function firstAnswer(script: string): Promise<number> {
  const times: number[] = [];
  for (let tries = 0; tries < 5; tries += 1) {
    const began = performance.now();
    const worker = start(script);
    await (await fetch(await worker.ready)).text();
    times.push(performance.now() - began);
    await worker.dispose();
  }
  return times.sort((a, b) => a - b)[2]!;
}

export async function run(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const source = path.join(folder, 'bare.ts');
  writeFileSync(source, bare);
  const scripts = {
    bare: bundle('bare', source),
    edge: bundle('edge', path.join(root, 'edge/index.ts')),
  };
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;
  console.log('| worker | bundle | gzip | workerd to first answer |\n|---|---|---|---|');
  for (const [name, script] of Object.entries(scripts)) {
    const first = await firstAnswer(script);
    const packed = gzipSync(script).length;
    console.log(
      `| ${name} | ${kilobytes(script.length)} | ${kilobytes(packed)} | ${first.toFixed(0)} ms |`,
    );
  }
  if (process.platform !== 'linux') {
    console.log('\nSkipped: processor time is read from /proc, which only Linux has.');
    return;
  }
  console.log(
    '\n| route | status | requests/s | processor time a request | × bare |\n|---|---|---|---|---|',
  );
  let bareMs = 0;
  for (const [name, script] of Object.entries(scripts)) {
    const worker = start(script);
    const address = await worker.ready;
    const [workerd] = workerdIds();
    if (!workerd) throw new Error('no workerd among our children');
    const { cookie, workspaceId } =
      name === 'edge' ? await fill(worker) : { cookie: '', workspaceId: '' };
    const own = `/api/workspaces/${workspaceId}`;
    const routes =
      name === 'bare'
        ? [['bare Hono route', '/']]
        : [
            ['/api/nothing, nobody signed in', '/api/nothing'],
            ['a workspace, signed in', own],
            ['its members, signed in', `${own}/members`],
            ['its audit log from number 1, signed in', `${own}/audit?before=1`],
          ];
    for (const [label, route] of routes) {
      const headers: Record<string, string> =
        label!.includes('signed in') && cookie ? { cookie } : {};
      const found = await load(new URL(route!, address), headers, workerd);
      if (name === 'bare') bareMs = found.processorMs;
      const { status, requestsPerSecond, processorMs: ms } = found;
      console.log(
        `| ${label} | ${status} | ${requestsPerSecond.toFixed(0)} | ${ms.toFixed(2)} ms | ${(ms / bareMs).toFixed(1)} |`,
      );
    }
    await worker.dispose();
  }
}

if (import.meta.filename === process.argv[1]) await run();
