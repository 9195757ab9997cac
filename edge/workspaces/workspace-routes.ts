/** Make, list, rename, delete and take back workspaces. */
import { Hono } from 'hono';
import type { AppContext } from '../app-types.ts';
import {
  createWorkspaceSchema,
  deleteWorkspaceSchema,
  renameWorkspaceSchema,
} from '../contract/workspaces.ts';
import { body, refuse } from '../requests.ts';
import { allow } from './allow.ts';
import { memberOf, note, noteIn } from './note.ts';
import { requirePerson } from '../auth/session.ts';
import { workspaceOfSession } from './person.ts';
import {
  closeWorkspace,
  createWorkspace,
  listWorkspaces,
  readWorkspace,
  renameWorkspace,
  reopenWorkspace,
} from './store.ts';

/** More would be a mistake or an attack. */
const mostWorkspaces = 50;

export const workspaceRoutes = new Hono<AppContext>()
  .get('/', requirePerson, async (context) => {
    const { id } = context.var.person!;
    const only = await workspaceOfSession(context);
    return context.json({ workspaces: await listWorkspaces(context.env, id, only) });
  })
  .post('/', requirePerson, body(createWorkspaceSchema), async (context) => {
    const { id } = context.var.person!;
    if (await workspaceOfSession(context)) {
      return refuse(context, 403, 'session-of-one-workspace', 'sign in with your own account');
    }
    const mine = await listWorkspaces(context.env, id, null);
    if (mine.filter((workspace) => workspace.role === 'owner').length >= mostWorkspaces) {
      return refuse(context, 409, 'conflict', `nobody owns more than ${mostWorkspaces} workspaces`);
    }
    const { name } = context.req.valid('json');
    const workspaceId = await createWorkspace(context.env, name, id, Date.now());
    await noteIn(context, workspaceId, 'workspace.created');
    return context.json((await readWorkspace(context.env, workspaceId, id))!, 201);
  })
  .get('/:workspaceId', allow('workspace.read'), async (context) => {
    const { workspaceId, personId } = memberOf(context);
    return context.json((await readWorkspace(context.env, workspaceId, personId))!);
  })
  .patch(
    '/:workspaceId',
    allow('workspace.update'),
    body(renameWorkspaceSchema),
    async (context) => {
      const { workspaceId, personId } = memberOf(context);
      await renameWorkspace(context.env, workspaceId, context.req.valid('json').name);
      await note(context, 'workspace.updated', { detail: { field: 'name' } });
      return context.json((await readWorkspace(context.env, workspaceId, personId))!);
    },
  )
  .delete(
    '/:workspaceId',
    allow('workspace.delete'),
    body(deleteWorkspaceSchema),
    async (context) => {
      const { workspaceId, personId } = memberOf(context);
      const { name } = context.req.valid('json');
      if (!(await closeWorkspace(context.env, workspaceId, name, Date.now()))) {
        return refuse(context, 409, 'conflict', 'another name, or it is being deleted already');
      }
      const view = (await readWorkspace(context.env, workspaceId, personId))!;
      await note(context, 'workspace.deleted', { detail: { purgeAt: view.purgeAt ?? 0 } });
      return context.json(view, 202);
    },
  )
  .post('/:workspaceId/restore', allow('workspace.delete'), async (context) => {
    const { workspaceId, personId } = memberOf(context);
    if (!(await reopenWorkspace(context.env, workspaceId))) {
      return refuse(context, 409, 'conflict', 'this workspace is not being deleted');
    }
    await note(context, 'workspace.restored');
    return context.json((await readWorkspace(context.env, workspaceId, personId))!);
  });
