/** Invitations: what members make, and what whoever holds a token does with it. */
import * as v from 'valibot';
import { passwordRuleSchema } from '../../edge/contract/policy.ts';
import { roles, type Role } from '../../edge/contract/roles.ts';
import type { InvitationView, WorkspaceView } from '../../edge/contract/workspaces.ts';
import { anything, request } from './request.ts';
import { workspacePath, workspaceAnswer } from './workspaces.ts';

const entries = {
  id: v.string(),
  email: v.nullable(v.string()),
  role: v.picklist(roles),
  createdAt: v.number(),
  createdBy: v.string(),
  expiresAt: v.number(),
};
const invitation: v.GenericSchema<unknown, InvitationView> = v.object(entries);
/** With the link to hand over; null when a mail was sent. */
const made = v.object({ ...entries, link: v.nullable(v.string()) });
export type MadeInvitation = v.InferOutput<typeof made>;

export const listInvitations = async (workspaceId: string): Promise<InvitationView[]> =>
  (
    await request(
      'GET',
      workspacePath(workspaceId, '/invitations'),
      v.object({ invitations: v.array(invitation) }),
    )
  ).invitations;

/** `email` null: the answer holds a link to hand over. `days`: how long it is good. */
export const invite = (
  workspaceId: string,
  body: { email: string | null; role: Role; days?: number },
): Promise<MadeInvitation> =>
  request('POST', workspacePath(workspaceId, '/invitations'), made, { body });

export const revokeInvitation = (workspaceId: string, invitationId: string) =>
  request(
    'DELETE',
    workspacePath(workspaceId, `/invitations/${encodeURIComponent(invitationId)}`),
    anything,
  );

const opened = v.object({
  workspaceName: v.string(),
  role: v.picklist(roles),
  email: v.nullable(v.string()),
  /** What the password of who signs up by it must meet; the default when it is not said. */
  passwordRule: v.optional(v.nullable(passwordRuleSchema), null),
});
export type OpenedInvitation = v.InferOutput<typeof opened>;

/** What a token opens; `invitation-invalid` when nothing any more. */
export const lookAtInvitation = (token: string): Promise<OpenedInvitation> =>
  request('POST', '/api/invitations/look', opened, { body: { token } });

export const acceptInvitation = (token: string): Promise<WorkspaceView> =>
  request('POST', '/api/invitations/accept', workspaceAnswer, { body: { token } });
