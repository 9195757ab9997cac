/** Against real servers: wrangler's local R2 and, where installed, Ceph. */
import { connect } from 'cloudflare:sockets';
import { describe, expect, test } from 'vitest';
import { md5Base64, openTestStorage, randomBytes, storages } from '../test/storages.ts';
import { StorageError, type SignedRequest } from './signed-requests.ts';

const text = (value: string) => new Uint8Array(new TextEncoder().encode(value));
const send = async (request: SignedRequest, init: RequestInit = {}) => {
  const response = await fetch(request.url, {
    method: request.method,
    headers: request.headers,
    redirect: 'manual',
    ...init,
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
};
const mebibyte = 2 ** 20;

describe.each(storages)('$name', (storage) => {
  const s3 = openTestStorage(storage);
  let count = 0;
  const newKey = () => `w/test/${storage.name}-${(count += 1)}`;

  async function signPut(body: Uint8Array<ArrayBuffer>, key = newKey(), now = Date.now()) {
    const request = await s3.presign(
      {
        method: 'PUT',
        key,
        contentLength: body.length,
        headers: { 'content-md5': await md5Base64(body), 'content-type': 'text/plain' },
        expiresIn: 60,
      },
      now,
    );
    return { key, request };
  }
  const signGet = (key: string, query: Record<string, string> = {}) =>
    s3.presign({ method: 'GET', key, query, expiresIn: 60 });

  test('what was put is there, whole and in ranges', async () => {
    const { key, request } = await signPut(text('0123456789'));
    const put = await send(request, { body: '0123456789' });
    expect(put.status).toBe(200);
    const get = await signGet(key);
    expect((await send(get)).body).toBe('0123456789');
    const range = await send(get, { headers: { range: 'bytes=3-5' } });
    expect([range.status, range.body]).toEqual([206, '345']);
    expect(range.headers.get('content-range')).toBe('bytes 3-5/10');
    expect((await send(get, { headers: { range: 'bytes=90-' } })).status).toBe(416);
    expect(await s3.head(key)).toEqual({ size: 10, etag: '781e5e245d69b566979b86e28d23f2c7' });
    expect(new TextDecoder().decode(await s3.readStart(key, 4))).toBe('0123');
    await s3.remove(key);
    expect(await s3.head(key)).toBeNull();
    await s3.remove(key);
  });

  test.each([
    ['another length', '01234567890', {}],
    ['other bytes', '9876543210', {}],
    ['another type', '0123456789', { 'content-type': 'text/html' }],
    ['another MD5', '9876543210', { 'content-md5': 'H1pvBcpUzkfZpHoP86zqLg==' }],
    ['no MD5', '0123456789', { 'content-md5': null }],
  ])('%s than signed is refused, and nothing is stored', async (_, body, changed) => {
    const { key, request } = await signPut(text('0123456789'));
    const headers = new Headers(request.headers);
    for (const [name, value] of Object.entries(changed)) {
      if (value === null) headers.delete(name);
      else headers.set(name, value);
    }
    expect((await send(request, { body, headers })).status).toBeOneOf([400, 403]);
    expect(await s3.head(key)).toBeNull();
  });

  test('a signature is good for its key, its method, its time and its holder only', async () => {
    const body = '0123456789';
    const { key, request } = await signPut(text(body));
    const refused = async (change: (url: URL) => void, init: RequestInit = { body }) => {
      const url = new URL(request.url);
      change(url);
      const answer = await send({ ...request, url: url.href }, init);
      expect(answer.status).toBeOneOf([400, 401, 403]);
    };
    await refused((url) => (url.pathname = url.pathname.replace(/test/, 'other')));
    await refused((url) => (url.pathname += 'x'));
    await refused(() => undefined, { method: 'DELETE' });
    await refused(() => undefined, { method: 'GET' });
    await refused((url) => url.searchParams.set('X-Amz-Expires', '600'));
    await refused((url) => url.searchParams.set('X-Amz-Signature', '0'.repeat(64)));
    await refused((url) => url.searchParams.set('X-Amz-SignedHeaders', 'host'));
    await refused((url) => (url.search = ''));
    const late = await signPut(text(body), newKey(), Date.now() - 61_000);
    expect((await send(late.request, { body })).status).toBe(403);
    const foreign = openTestStorage({ ...storage, secretAccessKey: 'of somebody else' });
    const forged = await foreign.presign({ method: 'GET', key, expiresIn: 60 });
    expect((await send(forged)).status).toBe(403);
    expect(await s3.head(key)).toBeNull();
    expect(await s3.head(late.key)).toBeNull();
  });

  test('an object in parts: sent out of order, one of them twice, put together, checked', async () => {
    const key = newKey();
    const parts = [randomBytes(5 * mebibyte), randomBytes(5 * mebibyte), randomBytes(1000)];
    const uploadId = await s3.createUpload(key, 'video/mp4');
    const etags: string[] = [];
    for (const number of [3, 1, 2, 1]) {
      const part = parts[number - 1]!;
      const request = await s3.presign({
        method: 'PUT',
        key,
        query: { partNumber: String(number), uploadId },
        contentLength: part.length,
        headers: { 'content-md5': await md5Base64(part) },
        expiresIn: 60,
      });
      const other = await send(request, { body: 'short' });
      expect(other.status).toBeOneOf([400, 403]);
      const put = await send(request, { body: part });
      expect(put.status).toBe(200);
      etags[number - 1] = put.headers.get('etag')!.replaceAll('"', '');
    }
    const listed = await s3.listParts(key, uploadId);
    // wrangler's R2 cannot list parts.
    if (storage.name === 'ceph') {
      expect(listed).toEqual(
        parts.map((part, i) => ({ number: i + 1, etag: etags[i], size: part.length })),
      );
      expect(await s3.openUploads(key)).toEqual([uploadId]);
    } else {
      expect(listed).toBeNull();
    }
    const wrong = etags.map((etag, i) => ({
      number: i + 1,
      etag: i === 1 ? '0'.repeat(32) : etag,
    }));
    await expect(s3.completeUpload(key, uploadId, wrong)).rejects.toMatchObject({ status: 400 });
    await s3.completeUpload(
      key,
      uploadId,
      etags.map((etag, i) => ({ number: i + 1, etag })),
    );
    expect(await s3.head(key)).toMatchObject({ size: 10 * mebibyte + 1000 });
    const got = await fetch((await signGet(key)).url);
    expect(got.headers.get('content-type')).toBe('video/mp4');
    const bytes = new Uint8Array(await got.arrayBuffer());
    expect(await md5Base64(bytes.slice(5 * mebibyte, 10 * mebibyte))).toBe(
      await md5Base64(parts[1]!),
    );
  });

  test('many are removed with one call, those that are gone already too', async () => {
    const keys = await Promise.all(
      ['a', 'b', 'c'].map(async (body) => {
        const { key, request } = await signPut(text(body));
        expect((await send(request, { body })).status).toBe(200);
        return key;
      }),
    );
    expect(await s3.removeAll([...keys.slice(0, 2), 'w/test/never'])).toEqual([]);
    expect(await Promise.all(keys.map((key) => s3.head(key)))).toMatchObject([null, null, {}]);
  });

  test('nothing can be put into an upload that was ended', async () => {
    const key = newKey();
    const uploadId = await s3.createUpload(key, 'video/mp4');
    const query = { partNumber: '1', uploadId };
    const request = await s3.presign({
      method: 'PUT',
      key,
      query,
      contentLength: 3,
      expiresIn: 60,
    });
    expect((await send(request, { body: 'abc' })).status).toBe(200);
    await s3.abortUpload(key, uploadId);
    await s3.abortUpload(key, uploadId);
    expect((await send(request, { body: 'abc' })).status).toBe(404);
    expect(await s3.openUploads(key)).toEqual([]);
    // Ceph says 500, others 404.
    const parts = [{ number: 1, etag: '0'.repeat(32) }];
    await expect(s3.completeUpload(key, uploadId, parts)).rejects.toBeInstanceOf(StorageError);
    expect(await s3.head(key)).toBeNull();
  });

  test('whether it can be reached', async () => {
    expect(await s3.reachable()).toBe(true);
    expect(await openTestStorage({ ...storage, secretAccessKey: 'wrong' }).reachable()).toBe(false);
  });
});

const ceph = storages.find(({ name }) => name === 'ceph');
describe.runIf(ceph)('ceph only', () => {
  const s3 = () => openTestStorage(ceph!);

  test('browsers of our origin may send and read, others may not', async () => {
    await s3().allowOrigins(['https://cairn.test']);
    const ask = async (origin: string, method: string, header = 'content-md5,content-type') => {
      const response = await fetch(`${ceph!.endpoint}/${ceph!.bucket}/w/x`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': method,
          'access-control-request-headers': header,
        },
      });
      await response.body?.cancel();
      return [response.status, response.headers.get('access-control-allow-origin')];
    };
    expect(await ask('https://cairn.test', 'PUT')).toEqual([200, 'https://cairn.test']);
    expect(await ask('https://cairn.test', 'GET', 'range')).toEqual([200, 'https://cairn.test']);
    expect(await ask('https://cairn.test', 'DELETE')).toEqual([403, null]);
    expect(await ask('https://evil.test', 'PUT')).toEqual([403, null]);
  });

  test('a download is saved under the name that was signed', async () => {
    const key = 'w/test/named';
    const put = { method: 'PUT' as const, key, contentLength: 1, expiresIn: 60 };
    expect((await send(await s3().presign(put), { body: 'x' })).status).toBe(200);
    const disposition = `attachment; filename*=UTF-8''%C3%A4%20b.txt`;
    const query = { 'response-content-disposition': disposition };
    const get = await s3().presign({ method: 'GET', key, query, expiresIn: 60 });
    expect((await send(get)).headers.get('content-disposition')).toBe(disposition);
    const bare = new URL(get.url);
    bare.searchParams.set('response-content-disposition', 'inline');
    expect((await send({ ...get, url: bare.href })).status).toBe(403);
  });

  test('encryption at rest is asked for, and cannot be left out', async () => {
    const encrypted = openTestStorage(ceph!, {
      encryption: 'aws:kms',
      encryptionKeyId: ceph!.encryptionKeyId!,
    });
    const key = 'w/test/encrypted';
    const put = await encrypted.presign({
      method: 'PUT',
      key,
      headers: encrypted.encryptionHeaders,
      contentLength: 6,
      expiresIn: 60,
    });
    expect((await send({ ...put, headers: {} }, { body: 'secret' })).status).toBe(403);
    expect((await send(put, { body: 'secret' })).status).toBe(200);
    const get = await send(await s3().presign({ method: 'GET', key, expiresIn: 60 }));
    expect(get.body).toBe('secret');
    expect(get.headers.get('x-amz-server-side-encryption')).toBe('aws:kms');
  });

  test('a bucket named before the host', async () => {
    const { port } = new URL(ceph!.endpoint);
    const virtual = openTestStorage(
      { ...ceph!, endpoint: `http://localhost:${port}` },
      { style: 'virtual-host' },
    );
    const put = await s3().presign({
      method: 'PUT',
      key: 'w/test/virtual',
      contentLength: 5,
      expiresIn: 60,
    });
    expect((await send(put, { body: 'hello' })).status).toBe(200);
    const get = await virtual.presign({ method: 'GET', key: 'w/test/virtual', expiresIn: 60 });
    const url = new URL(get.url);
    expect(url.host).toBe(`cairn.localhost:${port}`);
    expect(url.pathname).toBe('/w/test/virtual');
    // No name server knows `cairn.localhost`, so the request is written out.
    const socket = connect({ hostname: '127.0.0.1', port: Number(port) });
    const writer = socket.writable.getWriter();
    const head = `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nConnection: close\r\n\r\n`;
    await writer.write(text(head));
    const answer = await new Response(socket.readable).text();
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toMatch(/hello$/);
  });
});
