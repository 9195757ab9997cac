/**
 * `npm run scan [-- sqlmap|wapiti]`: starts an instance with an empty database, signs a person in, and lets sqlmap and
 * wapiti (Debian's packages) try everything they know on its routes. Prints what they find; ends with 1
 * when that is anything. Takes some minutes: every tool has a limit.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, environment, install, migrate, node, root, serve } from './install.mjs';
import { installTools } from './test-tools.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'cairn-scan-'));
const seconds = { sqlmap: 60, wapiti: 120 };
/** What is known and meant: a reason each. */
const accepted = [
  // Browsers took the filter out again, since it could be used against pages; our policy does its work.
  /X-XSS-Protection is not set/,
];
const person = { name: 'Scan', email: 'scan@example.org', password: 'otter-piano-7-lantern' };

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });

/** What a query of the scanned instance's own database answers. */
function askDatabase(/** @type {string} */ sql) {
  const wrangler = path.join(root, 'node_modules/wrangler/wrangler-dist/cli.js');
  const result = spawnSync(
    node,
    [
      wrangler,
      'd1',
      'execute',
      'cairn',
      '--local',
      '--json',
      '--persist-to',
      folder,
      '--command',
      sql,
    ],
    { cwd: root, env: { ...environment, CI: '1' }, encoding: 'utf8' },
  );
  return JSON.parse(result.stdout)[0].results;
}

/** The local server closes connections while it loads changed sources. */
async function patiently(/** @type {() => Promise<Response>} */ ask) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (tries === 5) throw error;
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

/** Signs a new person up, as a browser would. Returns what every request of theirs carries. */
async function signIn(/** @type {string} */ address) {
  const cookies = new Map();
  const post = async (/** @type {string} */ route, /** @type {unknown} */ json) => {
    const response = await patiently(() =>
      fetch(`${address}${route}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          origin: address,
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        },
        body: JSON.stringify(json),
      }),
    );
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    if (!response.ok) throw new Error(`${route}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  await post('/api/auth/sign-up', person);
  let token;
  for (let tries = 0; tries < 30 && !token; tries += 1) {
    const [mail] = askDatabase('select text from captured_mails');
    token = /#token=([0-9a-f]+)/.exec(mail?.text ?? '')?.[1];
  }
  await post('/api/auth/verify-email', { token });
  const workspace = await post('/api/workspaces', { name: 'Scan' });
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return { cookie, workspaceId: workspace.id };
}

/** What sqlmap tries: every query and every body that reaches the database. `*` marks a place in a path. */
function targets(/** @type {string} */ workspaceId) {
  const own = `/api/workspaces/${workspaceId}`;
  return [
    ['GET', `${own}/audit?actor=a&action=member&outcome=success&from=1&search=a&before=99&limit=5`],
    ['GET', `${own}/audit/export?format=csv&search=a`],
    ['GET', `${own}/objects?kind=video`],
    ['GET', `/api/workspaces/${workspaceId}*/members`],
    ['POST', '/api/auth/sign-in', { email: person.email, password: 'wrong' }],
    ['POST', '/api/workspaces', { name: 'Scan' }],
    ['PATCH', own, { name: 'Scan' }],
    ['POST', `${own}/objects`, { kind: 'video', size: 10, contentType: 'video/mp4' }],
    ['POST', '/api/invitations/accept', { token: '0'.repeat(64) }],
  ];
}

/** Returns what sqlmap found, as lines. */
function sqlmap(/** @type {string} */ address, /** @type {string} */ cookie, target) {
  const [method, route, json] = target;
  const { host } = new URL(address);
  const request = [
    `${method} ${route} HTTP/1.1`,
    ...[`Host: ${host}`, `Origin: ${address}`, `Cookie: ${cookie}`],
    ...(json ? ['Content-Type: application/json'] : []),
    '',
    json ? JSON.stringify(json) : '',
  ];
  const file = path.join(folder, 'request.txt');
  writeFileSync(file, request.join('\r\n'));
  const result = spawnSync(
    'sqlmap',
    [
      ...[
        '-r',
        file,
        '--batch',
        '--ignore-stdin',
        '--flush-session',
        '--output-dir',
        path.join(folder, 'sqlmap'),
      ],
      ...[
        '--dbms',
        'sqlite',
        '--technique',
        'BEUS',
        '--level',
        '2',
        '--risk',
        '2',
        '--threads',
        '4',
      ],
      ...['--ignore-code', '400,401,403,404,409,413,429', '--disable-coloring', '--timeout', '10'],
      ...['--skip', 'cookie,origin,host,user-agent,referer'],
    ],
    { encoding: 'utf8', timeout: seconds.sqlmap * 1000 },
  );
  const lines = (result.stdout ?? '').split('\n');
  const tests = lines.filter((line) => /testing '/.test(line)).length;
  const found = lines.filter((line) =>
    /is vulnerable|injectable \(|^(Type|Payload):|identified the following/.test(line),
  );
  const end = result.error ? `stopped after ${seconds.sqlmap} s` : 'done';
  console.log(`  sqlmap ${method} ${route.replace(/[0-9a-f]{32}/, '…')}: ${tests} tests, ${end}`);
  if (!result.error && !lines.some((line) => /all tested parameters|testing '/.test(line))) {
    throw new Error(`sqlmap tested nothing:\n${lines.slice(-8).join('\n')}`);
  }
  for (const line of found) console.log(`    ${line.trim()}`);
  return found.filter((line) => !/not injectable|does not seem/.test(line));
}

/** Returns what wapiti found: category and description. */
function wapiti(
  /** @type {string} */ address,
  /** @type {string} */ cookie,
  /** @type {string} */ workspaceId,
) {
  const report = path.join(folder, 'wapiti.json');
  const starts = targets(workspaceId)
    .filter(([method]) => method === 'GET')
    .flatMap(([, route]) => ['-s', `${address}${route.replace('*', '')}`]);
  const result = spawnSync(
    'wapiti',
    [
      ...['-u', `${address}/`, ...starts, '-H', `Cookie: ${cookie}`, '-f', 'json', '-o', report],
      ...[
        '-m',
        'backup,cookieflags,crlf,csp,exec,file,http_headers,methods,permanentxss,redirect,shellshock,sql,ssrf,xss,xxe',
      ],
      ...['--max-scan-time', String(seconds.wapiti), '--max-attack-time', '20', '--flush-session'],
      ...['--store-session', path.join(folder, 'wapiti'), '--no-bugreport', '-v', '0'],
      // Asks its authors' server whether what it planted was fetched; nothing here leaves the machine.
      ...['--endpoint', address],
    ],
    { encoding: 'utf8', timeout: (seconds.wapiti + 180) * 1000 },
  );
  let json;
  try {
    json = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    throw new Error(
      `wapiti wrote no report: ${(result.stderr || result.stdout || '').slice(-400)}`,
    );
  }
  console.log('  wapiti: done');
  return ['vulnerabilities', 'anomalies'].flatMap((kind) =>
    Object.entries(json[kind]).flatMap(([category, all]) =>
      all.map((one) => `${category}: ${one.method} ${one.path} ${one.parameter ?? ''} ${one.info}`),
    ),
  );
}

install();
build();
const known = ['sqlmap', 'wapiti'];
const chosen = process.argv.slice(2).filter((name) => known.includes(name));
const tools = installTools(chosen.length > 0 ? chosen : known);
if (tools.length === 0) {
  console.error('Neither sqlmap nor wapiti is installed.');
  process.exit(2);
}
migrate({ persistTo: folder });
const port = await freePort();
const { child, address } = await serve({ port, persistTo: folder, quiet: true });
const findings = [];
try {
  const { cookie, workspaceId } = await signIn(address);
  if (tools.includes('sqlmap')) {
    for (const target of targets(workspaceId)) findings.push(...sqlmap(address, cookie, target));
  }
  if (tools.includes('wapiti')) findings.push(...wapiti(address, cookie, workspaceId));
  const [{ count }] = askDatabase('select count(*) as count from error_reports');
  if (count > 0) {
    for (const { name, route, count: times } of askDatabase('select * from error_reports')) {
      findings.push(`the server failed ${times} times: ${name} at ${route}`);
    }
  }
  const left = findings.filter((finding) => !accepted.some((known) => known.test(finding)));
  findings.splice(0, findings.length, ...left);
  console.log(findings.length === 0 ? '\nNothing was found.' : '\nFound:');
  for (const finding of findings) console.log(`  ${finding.trim()}`);
} finally {
  child.kill();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(findings.length === 0 ? 0 : 1);
