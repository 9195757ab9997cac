/** Workspaces: `/api/workspaces`. One function an endpoint. */
import * as v from 'valibot';
import { roles } from '../../edge/contract/roles.ts';
import type { WorkspaceView } from '../../edge/contract/workspaces.ts';
import { anything, request } from './request.ts';

export const workspacePath = (workspaceId: string, rest = '') =>
  `/api/workspaces/${encodeURIComponent(workspaceId)}${rest}`;

export const workspaceAnswer: v.GenericSchema<unknown, WorkspaceView> = v.object({
  id: v.string(),
  name: v.string(),
  role: v.picklist(roles),
  createdAt: v.number(),
  purgeAt: v.nullable(v.number()),
});

export const listWorkspaces = async (): Promise<WorkspaceView[]> =>
  (await request('GET', '/api/workspaces', v.object({ workspaces: v.array(workspaceAnswer) })))
    .workspaces;

export const createWorkspace = (name: string) =>
  request('POST', '/api/workspaces', workspaceAnswer, { body: { name } });

export const readWorkspace = (workspaceId: string) =>
  request('GET', workspacePath(workspaceId), workspaceAnswer);

export const renameWorkspace = (workspaceId: string, name: string) =>
  request('PATCH', workspacePath(workspaceId), workspaceAnswer, { body: { name } });

/** `name` once more, so that nobody deletes by a slip. Answers with `purgeAt`. */
export const deleteWorkspace = (workspaceId: string, name: string) =>
  request('DELETE', workspacePath(workspaceId), workspaceAnswer, { body: { name } });

/** Takes a deletion back. */
export const restoreWorkspace = (workspaceId: string) =>
  request('POST', workspacePath(workspaceId, '/restore'), workspaceAnswer);

export const leaveWorkspace = (workspaceId: string) =>
  request('POST', workspacePath(workspaceId, '/leave'), anything);

export const transferWorkspace = (workspaceId: string, personId: string) =>
  request('POST', workspacePath(workspaceId, '/transfer'), anything, { body: { personId } });
