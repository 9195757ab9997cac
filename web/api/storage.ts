/** What a workspace stores, and where. */
import * as v from 'valibot';
import type { StorageView } from '../../edge/contract/objects.ts';
import { request } from './request.ts';
import { workspacePath } from './workspaces.ts';

const storage: v.GenericSchema<unknown, StorageView> = v.object({
  bytes: v.number(),
  objects: v.number(),
  quotaBytes: v.number(),
  location: v.nullable(v.string()),
  locations: v.array(v.object({ name: v.string(), region: v.string(), bucket: v.string() })),
});

export const readStorage = (workspaceId: string): Promise<StorageView> =>
  request('GET', workspacePath(workspaceId, '/storage'), storage);
