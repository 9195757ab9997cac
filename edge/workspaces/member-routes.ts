/** Members: who they are, what they may, and how they go. Nobody acts on a role above their own. */
import { Hono } from 'hono';
import type { AppContext } from '../app-types.ts';
import { reaches } from '../contract/roles.ts';
import { changeRoleSchema, transferSchema } from '../contract/workspaces.ts';
import { body, refuse } from '../requests.ts';
import { allow } from './allow.ts';
import { changeRole, listMembers, removeMember, roleOf, transferOwnership } from './members.ts';
import { memberOf, note } from './note.ts';
import { mayDo } from './permissions.ts';

const lastOwner = 'a workspace keeps at least one owner';

export const memberRoutes = new Hono<AppContext>()
  .get('/:workspaceId/members', allow('members.read'), async (context) => {
    const { workspaceId, personId, role } = memberOf(context);
    const seesAddresses = mayDo(role, 'members.invite');
    const members = (await listMembers(context.env, workspaceId)).map((member) => ({
      ...member,
      email: seesAddresses || member.personId === personId ? member.email : null,
    }));
    return context.json({ members });
  })
  .patch(
    '/:workspaceId/members/:personId',
    allow('members.change'),
    body(changeRoleSchema),
    async (context) => {
      const { workspaceId, role: own } = memberOf(context);
      const personId = context.req.param('personId');
      const { role: to } = context.req.valid('json');
      const from = await roleOf(context.env, workspaceId, personId);
      if (!from) return refuse(context, 404, 'not-found', 'no such member');
      if (!reaches(own, from) || !reaches(own, to)) {
        return refuse(context, 403, 'role-too-high', 'that role is above your own');
      }
      const change = { workspaceId, personId, from, to, now: Date.now() };
      if (!(await changeRole(context.env, change))) {
        return refuse(context, 409, 'last-owner', lastOwner);
      }
      await note(context, 'member.role-changed', {
        target: { kind: 'person', id: personId },
        detail: { from, to },
      });
      return context.json({ personId, role: to });
    },
  )
  .delete('/:workspaceId/members/:personId', allow('members.remove'), async (context) => {
    const { workspaceId, role: own } = memberOf(context);
    const personId = context.req.param('personId');
    const from = await roleOf(context.env, workspaceId, personId);
    if (!from) return refuse(context, 404, 'not-found', 'no such member');
    if (!reaches(own, from)) {
      return refuse(context, 403, 'role-too-high', 'that role is above your own');
    }
    const removal = { workspaceId, personId, from, by: 'others' as const, now: Date.now() };
    if (!(await removeMember(context.env, removal))) {
      return refuse(context, 409, 'last-owner', lastOwner);
    }
    await note(context, 'member.removed', {
      target: { kind: 'person', id: personId },
      detail: { role: from },
    });
    return context.json({ personId });
  })
  .post('/:workspaceId/leave', allow('members.leave'), async (context) => {
    const { workspaceId, personId, role: from } = memberOf(context);
    const removal = { workspaceId, personId, from, by: 'self' as const, now: Date.now() };
    if (!(await removeMember(context.env, removal))) {
      return refuse(context, 409, 'last-owner', lastOwner);
    }
    await note(context, 'member.left', { target: { kind: 'person', id: personId } });
    return context.json({ personId });
  })
  .post(
    '/:workspaceId/transfer',
    allow('workspace.transfer'),
    body(transferSchema),
    async (context) => {
      const { workspaceId, personId: from } = memberOf(context);
      const { personId: to } = context.req.valid('json');
      if (to === from) return refuse(context, 409, 'conflict', 'you are the owner already');
      if (!(await transferOwnership(context.env, { workspaceId, from, to }))) {
        return refuse(context, 404, 'not-found', 'no such member');
      }
      for (const [id, role] of [
        [to, 'owner'],
        [from, 'admin'],
      ] as const) {
        await note(context, 'member.role-changed', {
          target: { kind: 'person', id },
          detail: { to: role, reason: 'transfer' },
        });
      }
      return context.json({ owner: to });
    },
  );
