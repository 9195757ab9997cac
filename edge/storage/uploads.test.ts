/** The routes of objects, against wrangler's R2 and, where installed, Ceph. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AuditRow } from '../audit/rows.ts';
import { openTestStorage, randomBytes, storages, withStorage } from '../test/storages.ts';
import { workspaceOfFour } from '../workspaces/probe.ts';
import { keyOf, readUse, setQuota } from './objects.ts';
import { md5Base64 } from './md5.ts';
import { sweepObjects } from './remove.ts';
import { Sender } from './sender.ts';
import { abandonedAfter } from './uploads.ts';

const mebibyte = 2 ** 20;
const text = (value: string) => new Uint8Array(new TextEncoder().encode(value));
const hour = 3_600_000;

describe.each(storages)('$name', (storage) => {
  const edge = withStorage(storage);
  const s3 = openTestStorage(storage);
  let four: Awaited<ReturnType<typeof workspaceOfFour>>;
  let editor: Sender;
  let workspaceId: string;
  beforeAll(async () => {
    four = await workspaceOfFour();
    workspaceId = four.workspaceId;
    editor = new Sender(edge, workspaceId, four.people.editor);
  });
  const stored = (id: string) => s3.head(keyOf({ workspace_id: workspaceId, id }));

  test('an object sent at once can be listed, fetched in ranges and deleted', async () => {
    const bytes = text('a small text');
    const id = await editor.send(bytes, { contentType: 'text/plain' });
    const { body } = await editor.ask('GET', `/objects/${id}`);
    expect(body).toMatchObject({ id, state: 'ready', size: bytes.length, kind: 'attachment' });
    const viewer = new Sender(edge, workspaceId, four.people.viewer);
    expect((await viewer.ask('GET', '/objects?kind=attachment')).body.objects).toContainEqual(body);
    expect((await viewer.ask('GET', '/objects?kind=video')).body.objects).toEqual([]);
    const whole = await viewer.fetchObject(id);
    expect(whole.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await whole.text()).toBe('a small text');
    const range = await viewer.fetchObject(id, { headers: { range: 'bytes=2-6' } });
    expect([range.status, await range.text()]).toEqual([206, 'small']);
    expect((await editor.ask('DELETE', `/objects/${id}`)).status).toBe(204);
    expect((await editor.ask('GET', `/objects/${id}`)).status).toBe(404);
    expect((await editor.ask('DELETE', `/objects/${id}`)).status).toBe(404);
    expect(await stored(id)).toBeNull();
  });

  test('in parts, broken off and gone on with, missing parts named first', async () => {
    const bytes = randomBytes(20 * mebibyte);
    const started = (await editor.start(bytes.length)).body;
    expect(started).toMatchObject({ partSize: 8 * mebibyte, partCount: 3 });
    const path = `/objects/${started.id}`;
    const [first, third] = await editor.sendParts(started, bytes, [1, 3]);
    const early = await editor.ask('POST', `${path}/complete`, {
      etags: [first, '0'.repeat(32), third],
    });
    expect(early).toMatchObject({ status: 409, body: { code: 'upload-incomplete' } });
    const { parts } = (await editor.ask('GET', `${path}/parts`)).body;
    // wrangler's R2 cannot list parts.
    if (storage.name === 'local') expect(parts).toBeNull();
    else expect(parts.map((part: { number: number }) => part.number)).toEqual([1, 3]);
    const [second] = await editor.sendParts(started, bytes, [2]);
    const sha256 = '0123456789abcdef'.repeat(4);
    const etags = [first, second, third];
    const done = await editor.ask('POST', `${path}/complete`, { etags, sha256 });
    expect(done).toMatchObject({ status: 200, body: { state: 'ready', sha256 } });
    expect(await editor.ask('POST', `${path}/complete`, { etags })).toEqual(done);
    const got = new Uint8Array(await (await editor.fetchObject(started.id)).arrayBuffer());
    expect(await md5Base64(got)).toBe(await md5Base64(bytes));
    expect((await editor.ask('POST', `${path}/parts`, { parts: [] })).status).toBe(400);
    const again = { parts: [{ number: 1, md5: await md5Base64(bytes) }] };
    expect((await editor.ask('POST', `${path}/parts`, again)).status).toBe(409);
  });

  test('only what was announced can be sent', async () => {
    const started = (await editor.start(10)).body;
    const [signed] = await editor.sign(started.id, [
      { number: 1, md5: await md5Base64(text('0123456789')) },
    ]);
    const put = async (body: string, headers = signed!.headers) => {
      const answer = await fetch(signed!.url, { method: 'PUT', headers, body });
      await answer.body?.cancel();
      return answer.status;
    };
    expect(await put('01234567890')).toBeOneOf([400, 403]);
    expect(await put('9876543210')).toBe(400);
    expect(await put('0123456789', { ...signed!.headers, 'content-type': 'text/html' })).toBe(403);
    expect(await stored(started.id)).toBeNull();
    const complete = await editor.ask('POST', `/objects/${started.id}/complete`, { etags: ['0'] });
    expect(complete).toMatchObject({ status: 409, body: { code: 'upload-incomplete' } });
    expect(await put('0123456789')).toBe(200);
  });

  test('a file that is not of its type is thrown away', async () => {
    const page = text('<!doctype html><script>alert(1)</script>');
    const started = (await editor.start(page.length, { contentType: 'image/png' })).body;
    const etags = await editor.sendParts(started, page);
    const done = await editor.ask('POST', `/objects/${started.id}/complete`, { etags });
    expect(done).toMatchObject({ status: 422, body: { code: 'content-mismatch' } });
    expect(await stored(started.id)).toBeNull();
    const type = { contentType: 'image/svg+xml' };
    expect((await editor.start(page.length, type)).status).toBe(400);
  });

  test('other bytes under the same key are found out', async () => {
    const started = (await editor.start(10)).body;
    const etags = await editor.sendParts(started, text('0123456789'));
    // What only whoever has the key of the bucket could do.
    const key = keyOf({ workspace_id: workspaceId, id: started.id });
    const forged = await s3.presign({ method: 'PUT', key, contentLength: 10, expiresIn: 60 });
    const put = await fetch(forged.url, { method: 'PUT', body: '9876543210' });
    await put.body?.cancel();
    const done = await editor.ask('POST', `/objects/${started.id}/complete`, { etags });
    expect(done).toMatchObject({ status: 422, body: { code: 'upload-damaged' } });
    expect(await stored(started.id)).toBeNull();
  });

  test('an aborted upload is gone, with its parts', async () => {
    const bytes = randomBytes(9 * mebibyte);
    const before = await readUse(edge, workspaceId);
    const started = (await editor.start(bytes.length)).body;
    const part = { number: 1, md5: await md5Base64(bytes.subarray(0, 8 * mebibyte)) };
    const [signed] = await editor.sign(started.id, [part]);
    expect((await readUse(edge, workspaceId)).bytes).toBe(before.bytes + bytes.length);
    expect((await editor.ask('DELETE', `/objects/${started.id}`)).status).toBe(204);
    expect(await readUse(edge, workspaceId)).toEqual(before);
    const body = bytes.subarray(0, 8 * mebibyte);
    const late = await fetch(signed!.url, { method: 'PUT', headers: signed!.headers, body });
    await late.body?.cancel();
    expect(late.status).toBe(404);
    expect(await s3.openUploads(keyOf({ workspace_id: workspaceId, id: started.id }))).toEqual([]);
  });

  test('abandoned uploads are swept a day after the last signature, ready objects are not', async () => {
    const now = Date.now();
    const kept = await editor.send(text('kept'));
    const bytes = randomBytes(9 * mebibyte);
    const started = (await editor.start(bytes.length)).body;
    await editor.sendParts(started, bytes, [1]);
    const key = keyOf({ workspace_id: workspaceId, id: started.id });
    const row = () =>
      env.DB.prepare('select state from objects where id = ?').bind(started.id).first('state');
    await sweepObjects(edge, now + abandonedAfter - hour);
    expect(await row()).toBe('pending');
    await sweepObjects(edge, now + abandonedAfter + hour);
    expect(await row()).toBe('deleted');
    expect(await s3.openUploads(key)).toEqual([]);
    const event = await env.DB.prepare(
      `select * from audit_events where chain = ? and target_id = ? and action = 'object.upload-aborted'`,
    )
      .bind(workspaceId, started.id)
      .first<AuditRow>();
    expect(event).toMatchObject({ outcome: 'success', actor_id: null });
    await sweepObjects(edge, now + abandonedAfter + 3 * hour);
    expect(await row()).toBeNull();
    expect(await stored(kept)).toMatchObject({ size: 4 });
  });

  test('what was put back after the deletion is removed once more', async () => {
    const started = (await editor.start(10)).body;
    const part = { number: 1, md5: await md5Base64(text('0123456789')) };
    const [signed] = await editor.sign(started.id, [part]);
    expect((await editor.ask('DELETE', `/objects/${started.id}`)).status).toBe(204);
    const late = await fetch(signed!.url, {
      ...{ method: 'PUT', headers: signed!.headers, body: '0123456789' },
    });
    await late.body?.cancel();
    expect(await stored(started.id)).not.toBeNull();
    await sweepObjects(edge, Date.now() + hour + 1);
    expect(await stored(started.id)).toBeNull();
  });
});

const ceph = storages.find(({ name }) => name === 'ceph');
test.runIf(ceph)(
  'objects of either size are encrypted where the location asks for it',
  async () => {
    const { workspaceId, people } = await workspaceOfFour();
    const encryption = { encryption: 'aws:kms', encryptionKeyId: ceph!.encryptionKeyId! } as const;
    const editor = new Sender(withStorage(ceph!, encryption), workspaceId, people.editor);
    for (const bytes of [text('small'), randomBytes(9 * mebibyte)]) {
      const got = await editor.fetchObject(await editor.send(bytes));
      expect(got.headers.get('x-amz-server-side-encryption')).toBe('aws:kms');
      expect(await md5Base64(await got.arrayBuffer())).toBe(await md5Base64(bytes));
    }
  },
);

describe('quota', () => {
  const storage = storages[0]!;
  const edge = withStorage(storage);

  test('is refused before the first byte, and free again after a deletion', async () => {
    const { workspaceId, people } = await workspaceOfFour();
    const editor = new Sender(edge, workspaceId, people.editor);
    await setQuota(edge, workspaceId, 100);
    const id = await editor.send(text('x'.repeat(60)));
    const full = await editor.start(41);
    expect(full).toMatchObject({ status: 413, body: { code: 'storage-full' } });
    expect(full.body.message).toBe('41 bytes are wanted, 40 of 100 are left');
    expect((await editor.start(40)).status).toBe(201);
    expect((await editor.start(1)).status).toBe(413);
    await editor.ask('DELETE', `/objects/${id}`);
    expect((await editor.start(60)).status).toBe(201);
    expect((await editor.ask('GET', '/storage')).body).toMatchObject({
      ...{ bytes: 100, objects: 2, quotaBytes: 100, location: storage.name },
      locations: [{ name: storage.name, bucket: storage.bucket }],
    });
  });

  test('of many who come at once, as many get room as there is', async () => {
    const { workspaceId, people } = await workspaceOfFour();
    const editor = new Sender(edge, workspaceId, people.editor);
    await setQuota(edge, workspaceId, 35);
    const answers = await Promise.all(Array.from({ length: 10 }, () => editor.start(10)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(await readUse(edge, workspaceId)).toMatchObject({ bytes: 30, objects: 3 });
  });

  test('an upload that storage does not open takes no room', async () => {
    const { workspaceId, people } = await workspaceOfFour();
    const down = withStorage({ ...storage, secretAccessKey: 'wrong' });
    const editor = new Sender(down, workspaceId, people.editor);
    const answer = await editor.start(20 * mebibyte);
    expect(answer).toMatchObject({ status: 502, body: { code: 'storage-unreachable' } });
    expect(await readUse(edge, workspaceId)).toMatchObject({ bytes: 0, objects: 0 });
    const none = new Sender({ ...env, STORAGE_LOCATIONS: '' }, workspaceId, people.editor);
    expect(await none.start(1)).toMatchObject({
      status: 503,
      body: { code: 'storage-not-configured' },
    });
  });

  test('a workspace that keeps nothing of a kind is sent nothing of it', async () => {
    const { workspaceId, people } = await workspaceOfFour();
    const editor = new Sender(edge, workspaceId, people.editor);
    await env.DB.prepare('update workspaces set settings = ? where id = ?')
      .bind('{"retention":{"video":"nothing"}}', workspaceId)
      .run();
    expect(await editor.start(1, { kind: 'video' })).toMatchObject({
      ...{ status: 409, body: { code: 'nothing-kept' } },
    });
    expect((await editor.start(1, { kind: 'image' })).status).toBe(201);
  });
});
