/** Starts the S3 servers that the edge's tests send objects to; their addresses are `inject`ed. */
import { AwsV4Signer } from 'aws4fetch';
import { randomBytes } from 'node:crypto';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import type { TestProject } from 'vitest/node';
import type { TestStorage } from '../../edge/test/storage-context.ts';
import { startGateway } from './ceph-gateway.ts';
import { installTools } from './test-tools.mjs';

const bucket = 'cairn';

async function makeBucket(storage: TestStorage): Promise<void> {
  const { url, headers } = await new AwsV4Signer({
    ...storage,
    url: `${storage.endpoint}/${bucket}`,
    method: 'PUT',
    service: 's3',
  }).sign();
  const answer = await fetch(url, { method: 'PUT', headers });
  if (!answer.ok) throw new Error(`no bucket: ${answer.status} ${await answer.text()}`);
}

/** Null, having said so, where it is not installed. Installed and not starting is an error. */
export async function startCeph(): Promise<{ storage: TestStorage; stop(): Promise<void> } | null> {
  if (!installTools(['radosgw']).includes('radosgw')) {
    console.warn('Skipped: the tests against Ceph, which is not installed (Debian: radosgw)');
    return null;
  }
  const { stop, ...gateway } = await startGateway();
  const storage: TestStorage = { name: 'ceph', bucket, ...gateway };
  await makeBucket(storage);
  return { storage, stop };
}

/** The S3 side of wrangler's local R2. */
export async function startLocalStorage(): Promise<{
  storage: TestStorage;
  stop(): Promise<void>;
}> {
  const credentials = {
    accessKeyId: randomBytes(10).toString('hex'),
    secretAccessKey: randomBytes(20).toString('hex'),
  };
  const server = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: 'export default { fetch: () => new Response(null, { status: 404 }) }',
      compatibilityDate: '2026-01-01',
      r2Buckets: { BUCKET: { id: bucket, s3Credentials: credentials } },
      port: 0,
    }),
  );
  const endpoint = new URL('/cdn-cgi/local/r2/s3', await server.ready).href;
  const storage: TestStorage = {
    ...{ name: 'local', endpoint, region: 'auto', bucket, encryptionKeyId: null },
    ...credentials,
  };
  return { storage, stop: () => server.dispose() };
}

export default async function setup({ provide }: TestProject) {
  const started = await Promise.all([startLocalStorage(), startCeph()]);
  const running = started.filter((one) => one !== null);
  provide(
    'storages',
    running.map(({ storage }) => storage),
  );
  return async () => {
    await Promise.all(running.map(({ stop }) => stop()));
  };
}
