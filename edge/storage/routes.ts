/** Objects of a workspace. The edge reserves, signs and checks; content goes straight to storage. */
import { Hono, type Context } from 'hono';
import * as v from 'valibot';
import type { AppContext } from '../app-types.ts';
import { idSchema } from '../contract/ids.ts';
import {
  completeUploadSchema,
  downloadSchema,
  listObjectsSchema,
  signPartsSchema,
  startUploadSchema,
  type ArrivedParts,
  type Download,
  type ObjectPage,
  type ObjectView,
  type SignedPart,
  type StartedUpload,
  type StorageView,
} from '../contract/objects.ts';
import { logError } from '../logs/log.ts';
import { body, query, refuse } from '../requests.ts';
import { allow } from '../workspaces/allow.ts';
import { memberOf, note } from '../workspaces/note.ts';
import { signDownload } from './downloads.ts';
import { locationsFor } from './locations.ts';
import { findObject, listObjects, readUse, toView, type ObjectRow } from './objects.ts';
import { Refusal } from './refusal.ts';
import { deleteObjects, removeFromStorage } from './remove.ts';
import { StorageError } from './signed-requests.ts';
import { arrivedParts, completeUpload, locationOf, signParts, startUpload } from './uploads.ts';

const missing = () => new Refusal(404, 'not-found', 'no such object');
const target = (row: { id: string }) => ({ kind: 'object', id: row.id });

/** The object of the address, if it is this workspace's. */
async function objectOf(context: Context<AppContext>): Promise<ObjectRow> {
  const id = v.safeParse(idSchema, context.req.param('objectId'));
  const { workspaceId } = memberOf(context);
  const row = id.success ? await findObject(context.env, workspaceId, id.output) : null;
  if (!row) throw missing();
  return row;
}

/** The same, while this very person sends it: nobody goes on with another's upload. */
async function uploadOf(context: Context<AppContext>): Promise<ObjectRow> {
  const row = await objectOf(context);
  if (row.created_by !== memberOf(context).personId) throw missing();
  return row;
}

async function pendingOf(context: Context<AppContext>): Promise<ObjectRow> {
  const row = await uploadOf(context);
  if (row.state !== 'pending') throw new Refusal(409, 'conflict', 'this upload has ended');
  return row;
}

export const storageRoutes = new Hono<AppContext>()
  .onError((error, context) => {
    if (error instanceof Refusal) return refuse(context, error.status, error.code, error.message);
    if (!(error instanceof StorageError)) throw error;
    logError('storage failed', error, {
      requestId: context.var.requestId,
      status: error.status,
      storageCode: error.code.replace(/[^A-Za-z]/g, '').slice(0, 40),
    });
    return refuse(context, 502, 'storage-unreachable', 'storage does not answer as it should');
  })
  .get('/:workspaceId/storage', allow('objects.read'), async (context) => {
    const { workspaceId } = memberOf(context);
    const [use, location] = await Promise.all([
      readUse(context.env, workspaceId),
      locationOf(context.env, workspaceId),
    ]);
    const locations = locationsFor(context.env, workspaceId).map(({ name, region, bucket }) => ({
      ...{ name, region, bucket },
    }));
    return context.json({
      ...use,
      location: location?.name ?? null,
      locations,
    } satisfies StorageView);
  })
  .get(
    '/:workspaceId/objects',
    allow('objects.read'),
    query(listObjectsSchema),
    async (context) => {
      const { workspaceId } = memberOf(context);
      const wanted = context.req.valid('query');
      const { rows, next } = await listObjects(context.env, workspaceId, wanted);
      return context.json({ objects: rows.map(toView), next } satisfies ObjectPage);
    },
  )
  .post(
    '/:workspaceId/objects',
    allow('objects.write'),
    body(startUploadSchema),
    async (context) => {
      const wanted = context.req.valid('json');
      const started = await startUpload(context.env, wanted, memberOf(context), Date.now());
      const { kind, size } = wanted;
      await note(context, 'object.upload-started', {
        target: target(started),
        detail: { kind, size },
      });
      return context.json(started satisfies StartedUpload, 201);
    },
  )
  .get('/:workspaceId/objects/:objectId', allow('objects.read'), async (context) => {
    const row = await objectOf(context);
    if (row.state !== 'ready') throw missing();
    return context.json(toView(row) satisfies ObjectView);
  })
  .get('/:workspaceId/objects/:objectId/parts', allow('objects.write'), async (context) =>
    context.json(
      (await arrivedParts(context.env, await pendingOf(context))) satisfies ArrivedParts,
    ),
  )
  .post(
    '/:workspaceId/objects/:objectId/parts',
    allow('objects.write'),
    body(signPartsSchema),
    async (context) => {
      const row = await pendingOf(context);
      const { parts } = context.req.valid('json');
      const signed: SignedPart[] = await signParts(context.env, row, parts, Date.now());
      return context.json({ parts: signed });
    },
  )
  .post(
    '/:workspaceId/objects/:objectId/complete',
    allow('objects.write'),
    body(completeUploadSchema),
    async (context) => {
      const row = await uploadOf(context);
      const ready = await completeUpload(context.env, row, context.req.valid('json'), Date.now());
      if (row.state === 'pending') {
        const { kind, size } = ready;
        await note(context, 'object.uploaded', { target: target(row), detail: { kind, size } });
      }
      return context.json(toView(ready) satisfies ObjectView);
    },
  )
  .post(
    '/:workspaceId/objects/:objectId/download',
    allow('objects.read'),
    body(downloadSchema),
    async (context) => {
      const row = await objectOf(context);
      if (row.state !== 'ready') throw missing();
      const { name } = context.req.valid('json');
      const download = await signDownload(context.env, row, name, Date.now());
      await note(context, 'object.read', { target: target(row), detail: { kind: row.kind } });
      return context.json(download satisfies Download);
    },
  )
  .delete('/:workspaceId/objects/:objectId', allow('objects.delete'), async (context) => {
    const row = await objectOf(context);
    const now = Date.now();
    const deleted = await deleteObjects(context.env, row.workspace_id, [row.id], now);
    const action = row.state === 'ready' ? 'object.deleted' : 'object.upload-aborted';
    await note(context, action, { target: target(row), detail: { kind: row.kind } });
    await removeFromStorage(context.env, deleted, now);
    return context.body(null, 204);
  });
