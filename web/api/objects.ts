/** Objects of a workspace: asking the edge for room, signatures and checks. Content goes elsewhere. */
import * as v from 'valibot';
import {
  contentTypes,
  objectKinds,
  type ArrivedParts,
  type ContentType,
  type Download,
  type ObjectKind,
  type ObjectPage,
  type ObjectView,
  type SignedPart,
  type StartedUpload,
} from '../../edge/contract/objects.ts';
import { anything, request, type RequestOptions } from './request.ts';
import { workspacePath } from './workspaces.ts';

type Signal = Pick<RequestOptions, 'signal'>;

const object: v.GenericSchema<unknown, ObjectView> = v.object({
  id: v.string(),
  kind: v.picklist(objectKinds),
  state: v.picklist(['pending', 'ready']),
  size: v.number(),
  contentType: v.picklist(contentTypes),
  etag: v.nullable(v.string()),
  sha256: v.nullable(v.string()),
  createdAt: v.number(),
  readyAt: v.nullable(v.number()),
});
const page: v.GenericSchema<unknown, ObjectPage> = v.object({
  objects: v.array(object),
  next: v.nullable(v.string()),
});
const started: v.GenericSchema<unknown, StartedUpload> = v.object({
  id: v.string(),
  partSize: v.number(),
  partCount: v.number(),
  expiresAt: v.number(),
});
const signedPart: v.GenericSchema<unknown, SignedPart> = v.object({
  number: v.number(),
  url: v.string(),
  headers: v.record(v.string(), v.string()),
  expiresAt: v.number(),
});
const arrived: v.GenericSchema<unknown, ArrivedParts> = v.object({
  parts: v.nullable(v.array(v.object({ number: v.number(), etag: v.string(), size: v.number() }))),
});
const download: v.GenericSchema<unknown, Download> = v.object({
  url: v.string(),
  expiresAt: v.number(),
  size: v.number(),
  contentType: v.picklist(contentTypes),
  sha256: v.nullable(v.string()),
});

const objectPath = (workspaceId: string, objectId: string, rest = '') =>
  workspacePath(workspaceId, `/objects/${encodeURIComponent(objectId)}${rest}`);

export const listObjects = (
  workspaceId: string,
  { kind, after, signal }: { kind?: ObjectKind; after?: string } & Signal = {},
): Promise<ObjectPage> =>
  request('GET', workspacePath(workspaceId, '/objects'), page, { query: { kind, after }, signal });

/** Reserves room; `storage-full` when there is not enough. */
export const startUpload = (
  workspaceId: string,
  body: { kind: ObjectKind; size: number; contentType: ContentType },
  { signal }: Signal = {},
): Promise<StartedUpload> =>
  request('POST', workspacePath(workspaceId, '/objects'), started, { body, signal });

export const signParts = async (
  workspaceId: string,
  objectId: string,
  parts: readonly { number: number; md5: string }[],
  { signal }: Signal = {},
): Promise<SignedPart[]> =>
  (
    await request(
      'POST',
      objectPath(workspaceId, objectId, '/parts'),
      v.object({ parts: v.array(signedPart) }),
      { body: { parts }, signal },
    )
  ).parts;

export const readArrivedParts = (
  workspaceId: string,
  objectId: string,
  { signal }: Signal = {},
): Promise<ArrivedParts> =>
  request('GET', objectPath(workspaceId, objectId, '/parts'), arrived, { signal });

export const completeUpload = (
  workspaceId: string,
  objectId: string,
  body: { etags: readonly string[]; sha256: string },
  { signal }: Signal = {},
): Promise<ObjectView> =>
  request('POST', objectPath(workspaceId, objectId, '/complete'), object, { body, signal });

/** Aborts the upload of one that is not there yet. */
export const deleteObject = (workspaceId: string, objectId: string) =>
  request('DELETE', objectPath(workspaceId, objectId), anything);

/** An address that is good for minutes. With a name, the browser saves it under that. */
export const signDownload = (
  workspaceId: string,
  objectId: string,
  name?: string,
): Promise<Download> =>
  request('POST', objectPath(workspaceId, objectId, '/download'), download, {
    body: name ? { name } : {},
  });
