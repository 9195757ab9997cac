/**
 * A real S3 server to test against, gone afterwards: Ceph's object gateway with one monitor and one
 * store in memory, on this machine's loopback only. Ceph comes from the system's packages
 * (test-tools.mjs installs them on Debian). By hand: node web/cli/ceph-gateway.ts
 */
import { execFileSync, spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';

export interface Gateway {
  /** `http://127.0.0.1:PORT`. */
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** A key of the gateway's own that `aws:kms` can name. */
  encryptionKeyId: string;
  stop(): Promise<void>;
}

const region = 'default';
const encryptionKeyId = 'test-key';
/** Without an input: `ceph` would wait for its end. */
const quiet: StdioOptions = ['ignore', 'pipe', 'pipe'];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (!address || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** Every setting that differs from Ceph's own says why. */
function settings(folder: string, monitorPort: number, port: number): string {
  return `
[global]
fsid = ${randomUUID()}
mon host = v1:127.0.0.1:${monitorPort}
mon initial members = a
# The second protocol would take another port.
ms bind msgr2 = false
# The daemons of one test need not prove to each other who they are.
auth cluster required = none
auth service required = none
auth client required = none
# One monitor agrees with itself at once; the defaults wait a second for each of many small steps.
paxos propose interval = 0.05
paxos min wait = 0.01
# One copy, few placement groups: there is one store.
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 500
# A disk that is nearly full must not stop a test that writes nothing to it.
mon data avail warn = 1
mon data avail crit = 0
run dir = ${folder}
admin socket = ${folder}/$name.asok
log file = ${folder}/$name.log
keyring = ${folder}/keyring

[mon.a]
public addrv = [v1:127.0.0.1:${monitorPort}]
mon data = ${folder}/mon

[osd.0]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = ${2 * 2 ** 30}
osd memory target = ${2 ** 30 - 2 ** 27}
# Both would ask the monitor for what is set by hand below, and end the store when it differs.
osd class update on start = false
osd crush update on start = false

[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${port}
# Buckets as names before the host as well.
rgw dns name = localhost
rgw thread pool size = 16
rgw dynamic resharding = false
rgw override bucket index max shards = 1
# Encryption over plain HTTP, with a key that stands here: there is nothing to protect.
rgw crypt require ssl = false
rgw crypt s3 kms backend = testing
rgw crypt s3 kms encryption keys = ${encryptionKeyId}=${randomBytes(32).toString('base64')}
`;
}

async function waitFor(what: string, isReady: () => Promise<boolean>, seconds = 60) {
  for (const until = Date.now() + seconds * 1000; ;) {
    if (await isReady()) return;
    if (Date.now() > until) throw new Error(`Ceph: ${what} was not ready after ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Resolves when it answers. Throws, with the end of the daemons' words, when it does not come up. */
export async function startGateway(): Promise<Gateway> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'cairn-ceph-'));
  const [monitorPort, port] = [await freePort(), await freePort()];
  const file = path.join(folder, 'ceph.conf');
  await writeFile(file, settings(folder, monitorPort, port));
  await Promise.all(['mon', 'osd'].map((name) => mkdir(path.join(folder, name))));

  const run = (program: string, ...args: string[]) =>
    execFileSync(program, ['-c', file, ...args], { timeout: 60_000, stdio: quiet }).toString();
  const daemons: ChildProcess[] = [];
  const words = await open(path.join(folder, 'daemons.log'), 'a');
  function daemon(program: string, ...args: string[]) {
    // In the foreground, so that they are children of ours and end with us.
    const stdio: ['ignore', number, number] = ['ignore', words.fd, words.fd];
    const child = spawn(program, ['-c', file, '-f', ...args], { stdio });
    daemons.push(child);
  }
  async function stop() {
    // SIGKILL: on SIGTERM the store in memory takes its time, and nothing of it is kept.
    const ended = daemons.map((child) =>
      child.exitCode === null && child.signalCode === null
        ? new Promise((resolve) => child.once('exit', resolve))
        : null,
    );
    for (const child of daemons) child.kill('SIGKILL');
    await Promise.all(ended);
    process.off('exit', killAll);
    await words.close();
    await rm(folder, { recursive: true, force: true });
  }
  const killAll = () => daemons.forEach((child) => child.kill('SIGKILL'));
  process.on('exit', killAll);

  const [accessKeyId, secretAccessKey] = [randomBytes(10), randomBytes(20)].map((bytes) =>
    bytes.toString('hex'),
  ) as [string, string];
  try {
    const [keyring, map] = [path.join(folder, 'keyring'), path.join(folder, 'map')];
    execFileSync(
      'ceph-authtool',
      ['--create-keyring', keyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *'],
      { stdio: quiet },
    );
    const fsid = /fsid = (\S+)/.exec(await readFile(file, 'utf8'))![1]!;
    const address = `[v1:127.0.0.1:${monitorPort}]`;
    execFileSync('monmaptool', ['--create', '--addv', 'a', address, '--fsid', fsid, map], {
      stdio: quiet,
    });
    run('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring);
    daemon('ceph-mon', '-i', 'a');
    const store = randomUUID();
    run('ceph', 'osd', 'new', store);
    run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', store);
    daemon('ceph-osd', '-i', '0');
    run('ceph', 'osd', 'crush', 'add', 'osd.0', '1.0', 'root=default', 'host=localhost');
    daemon('radosgw', '-n', 'client.rgw');
    const endpoint = `http://127.0.0.1:${port}`;
    await waitFor('the gateway', () =>
      fetch(endpoint, { signal: AbortSignal.timeout(2000) }).then(
        (answer) => answer.ok,
        () => false,
      ),
    );
    run(
      ...(['radosgw-admin', '-n', 'client.rgw', 'user', 'create', '--uid=test'] as const),
      ...['--display-name=test', `--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`],
    );
    return { endpoint, region, accessKeyId, secretAccessKey, encryptionKeyId, stop };
  } catch (error) {
    const said = await readFile(path.join(folder, 'daemons.log'), 'utf8').catch(() => '');
    await stop();
    throw new Error(`Ceph did not start: ${String(error)}\n${said.slice(-2000)}`, {
      cause: error,
    });
  }
}

if (import.meta.filename === process.argv[1]) {
  const began = Date.now();
  const { stop, ...gateway } = await startGateway();
  console.log(
    gateway,
    `ready after ${((Date.now() - began) / 1000).toFixed(1)} s; stop with Ctrl+C`,
  );
  process.once('SIGINT', () => void stop().then(() => process.exit()));
}
