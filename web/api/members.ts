/** Members of a workspace. */
import * as v from 'valibot';
import { roles, type Role } from '../../edge/contract/roles.ts';
import type { MemberView } from '../../edge/contract/workspaces.ts';
import { anything, request } from './request.ts';
import { workspacePath } from './workspaces.ts';

const member: v.GenericSchema<unknown, MemberView> = v.object({
  personId: v.string(),
  name: v.string(),
  email: v.nullable(v.string()),
  role: v.picklist(roles),
  joinedAt: v.number(),
});

const memberPath = (workspaceId: string, personId: string) =>
  workspacePath(workspaceId, `/members/${encodeURIComponent(personId)}`);

export const listMembers = async (workspaceId: string): Promise<MemberView[]> =>
  (
    await request(
      'GET',
      workspacePath(workspaceId, '/members'),
      v.object({ members: v.array(member) }),
    )
  ).members;

export const changeRole = (workspaceId: string, personId: string, role: Role) =>
  request('PATCH', memberPath(workspaceId, personId), anything, { body: { role } });

export const removeMember = (workspaceId: string, personId: string) =>
  request('DELETE', memberPath(workspaceId, personId), anything);
