/** Security policy and settings of a workspace. */
import * as v from 'valibot';
import { policySchema, type Policy } from '../../edge/contract/policy.ts';
import {
  connectorsSchema,
  retentionSchema,
  settingsSchema,
  storageSchema,
  type ConnectorSettings,
  type Retention,
  type StorageSettings,
} from '../../edge/contract/settings.ts';
import { request } from './request.ts';
import { workspacePath } from './workspaces.ts';

export const readPolicy = (workspaceId: string): Promise<Policy> =>
  request('GET', workspacePath(workspaceId, '/policy'), policySchema);

export const writePolicy = (workspaceId: string, policy: Policy): Promise<Policy> =>
  request('PUT', workspacePath(workspaceId, '/policy'), policySchema, { body: policy });

const settings = v.object({
  ...settingsSchema.entries,
  locations: v.array(v.object({ name: v.string(), region: v.string() })),
});
export type WorkspaceSettingsView = v.InferOutput<typeof settings>;

export const readSettings = (workspaceId: string): Promise<WorkspaceSettingsView> =>
  request('GET', workspacePath(workspaceId, '/settings'), settings);

export const writeStorage = (workspaceId: string, body: StorageSettings) =>
  request('PUT', workspacePath(workspaceId, '/settings/storage'), storageSchema, { body });

export const writeRetention = (workspaceId: string, body: Retention) =>
  request('PUT', workspacePath(workspaceId, '/settings/retention'), retentionSchema, { body });

export const writeConnectors = (workspaceId: string, body: ConnectorSettings) =>
  request('PUT', workspacePath(workspaceId, '/settings/connectors'), connectorsSchema, { body });
