/** Who reaches whose objects, and what any body does. Storage is wrangler's R2. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { openTestStorage, storages, withStorage } from '../test/storages.ts';
import { person, workspaceOfFour } from '../workspaces/probe.ts';
import { md5Base64 } from './md5.ts';
import { keyOf } from './objects.ts';
import { deleteAllObjects, sweepObjects } from './remove.ts';
import { Sender } from './sender.ts';

const storage = storages[0]!;
const edge = withStorage(storage);
const text = (value: string) => new Uint8Array(new TextEncoder().encode(value));
const etags = ['d41d8cd98f00b204e9800998ecf8427e'];

let ours: Awaited<ReturnType<typeof workspaceOfFour>>;
let theirs: typeof ours;
let editor: Sender;
beforeAll(async () => {
  [ours, theirs] = [await workspaceOfFour(), await workspaceOfFour()];
  editor = new Sender(edge, ours.workspaceId, ours.people.editor);
});

describe('tenants', () => {
  test('nobody reaches an object of another workspace, by either address', async () => {
    const ready = await editor.send(text('ours'));
    const pending = (await editor.start(4)).body.id as string;
    const parts = [{ number: 1, md5: await md5Base64(text('ours')) }];
    const viaOwn = new Sender(edge, theirs.workspaceId, theirs.people.owner);
    const viaOurs = new Sender(edge, ours.workspaceId, theirs.people.owner);
    for (const other of [viaOwn, viaOurs]) {
      for (const id of [ready, pending]) {
        const answers = await Promise.all([
          other.ask('GET', `/objects/${id}`),
          other.ask('GET', `/objects/${id}/parts`),
          other.ask('POST', `/objects/${id}/parts`, { parts }),
          other.ask('POST', `/objects/${id}/complete`, { etags }),
          other.ask('POST', `/objects/${id}/download`, {}),
          other.ask('DELETE', `/objects/${id}`),
        ]);
        expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
      }
    }
    expect((await viaOwn.ask('GET', '/objects')).body.objects).toEqual([]);
    expect((await viaOurs.ask('GET', '/objects')).status).toBe(404);
    expect((await viaOurs.start(1)).status).toBe(404);
    expect(await (await editor.fetchObject(ready)).text()).toBe('ours');
  });

  test('a key begins with the workspace that was allowed, whatever is asked', async () => {
    const started = (await editor.start(4)).body;
    const [signed] = await editor.sign(started.id, [
      { number: 1, md5: await md5Base64(text('ours')) },
    ]);
    const path = new URL(signed!.url).pathname;
    expect(path.endsWith(`/${storage.bucket}/w/${ours.workspaceId}/${started.id}`)).toBe(true);
    const stranger = new Sender(edge, `${ours.workspaceId}/../${theirs.workspaceId}`, person());
    expect((await stranger.start(1)).status).toBe(404);
  });

  test('viewers read, nobody goes on with the upload of another, nobody signed out does anything', async () => {
    const viewer = new Sender(edge, ours.workspaceId, ours.people.viewer);
    const ready = await editor.send(text('read'));
    expect(await (await viewer.fetchObject(ready)).text()).toBe('read');
    expect((await viewer.start(1)).status).toBe(403);
    expect((await viewer.ask('DELETE', `/objects/${ready}`)).status).toBe(403);
    const { id } = (await editor.start(4)).body;
    const owner = new Sender(edge, ours.workspaceId, ours.people.owner);
    const parts = [{ number: 1, md5: await md5Base64(text('mine')) }];
    expect((await owner.ask('POST', `/objects/${id}/parts`, { parts })).status).toBe(404);
    expect((await owner.ask('POST', `/objects/${id}/complete`, { etags })).status).toBe(404);
    expect((await viewer.ask('GET', `/objects/${id}`)).status).toBe(404);
    expect((await owner.ask('DELETE', `/objects/${id}`)).status).toBe(204);
    const nobody = new Sender(edge, ours.workspaceId, null);
    expect((await nobody.start(1)).status).toBe(401);
    expect((await nobody.ask('POST', `/objects/${ready}/download`, {})).status).toBe(401);
  });

  test('a location that is offered to others only is not used', async () => {
    const elsewhere = withStorage(storage, { workspaces: [theirs.workspaceId] });
    const answer = await new Sender(elsewhere, ours.workspaceId, ours.people.editor).start(1);
    expect(answer).toMatchObject({ status: 503, body: { code: 'storage-not-configured' } });
  });

  test('all that a workspace has can be taken out, and only that', async () => {
    const kept = await new Sender(edge, theirs.workspaceId, theirs.people.editor).send(
      text('kept'),
    );
    const gone = await editor.send(text('gone'));
    const s3 = openTestStorage(storage);
    expect(await deleteAllObjects(edge, ours.workspaceId, Date.now())).toBeGreaterThan(0);
    await sweepObjects(edge, Date.now());
    expect(await s3.head(keyOf({ workspace_id: ours.workspaceId, id: gone }))).toBeNull();
    expect(await s3.head(keyOf({ workspace_id: theirs.workspaceId, id: kept }))).not.toBeNull();
    expect((await editor.ask('GET', '/objects')).body.objects).toEqual([]);
    expect((await editor.ask('GET', '/storage')).body).toMatchObject({ bytes: 0, objects: 0 });
  });
});

test('what nobody foresaw is one plain failure', async () => {
  const broken = new Sender({ ...edge, DB: null } as never, ours.workspaceId, ours.people.editor);
  const answer = await broken.ask('GET', '/objects');
  expect(answer).toMatchObject({ status: 500, body: { code: 'unexpected' } });
});

test('whatever the body and the address, no answer is a failure of the server', async () => {
  const id = (await editor.start(4)).body.id as string;
  const anyId = fc.oneof(
    fc.constant(id),
    fc.stringMatching(/^[0-9a-f]{32}$/),
    fc.string().map(encodeURIComponent),
  );
  const near = fc.oneof(
    fc.record(
      {
        kind: fc.oneof(fc.constant('video'), fc.string()),
        size: fc.oneof(fc.integer(), fc.double(), fc.string()),
        contentType: fc.oneof(fc.constant('video/mp4'), fc.string()),
      },
      { requiredKeys: [] },
    ),
    fc.record({
      parts: fc.array(
        fc.record({
          number: fc.oneof(fc.integer(), fc.constant(1)),
          md5: fc.oneof(fc.constant('H1pvBcpUzkfZpHoP86zqLg=='), fc.base64String()),
        }),
        { maxLength: 3 },
      ),
    }),
    fc.record({ etags: fc.array(fc.oneof(fc.constant(etags[0]), fc.string()), { maxLength: 3 }) }),
    fc.record({ name: fc.string({ unit: 'binary' }) }, { requiredKeys: [] }),
  );
  const path = fc
    .tuple(anyId, fc.constantFrom('', '/parts', '/complete', '/download'))
    .map(([object, rest]) => `/objects/${object}${rest}`);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'DELETE'),
      fc.oneof(path, fc.constant('/objects'), fc.constant('/storage')),
      fc.oneof(near, fc.jsonValue()),
      async (method, address, json) => {
        if (method === 'DELETE' && address.includes(id)) return;
        const answer = await editor.ask(method, address, method === 'GET' ? undefined : json);
        expect(answer.status).toBeLessThan(500);
        if (answer.status >= 400) expect(Object.keys(answer.body)).toEqual(['code', 'message']);
        expect(JSON.stringify(answer.body ?? '')).not.toMatch(/\bat .+:\d+:\d+/);
      },
    ),
    { numRuns: 150 },
  );
});
