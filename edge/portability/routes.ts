/** Taking everything along, and deleting the account. Workspaces are deleted in workspaces/. */
import { Hono, type Context } from 'hono';
import type { AppContext } from '../app-types.ts';
import { installationChain } from '../audit/chain.ts';
import { sessionCookie, removeCookie } from '../auth/cookies.ts';
import { notePerson } from '../auth/note.ts';
import { requireConfirmed } from '../auth/session.ts';
import {
  deleteAccountSchema,
  exportPartSchema,
  type ExportSummary,
} from '../contract/portability.ts';
import { body, query, refuse } from '../requests.ts';
import { allow, workspacesOpenTo } from '../workspaces/allow.ts';
import { memberOf, note } from '../workspaces/note.ts';
import { countObjects, type Selection } from './media.ts';
import { removePerson } from './remove.ts';
import { personRows, workspaceRows } from './rows.ts';
import { exportZip } from './zip.ts';

/** What the person put into these workspaces: those they are still a member of and may enter now. */
const mediaOfPerson = (personId: string, workspaceIds: readonly string[]): Selection => ({
  where: `created_by = ? and workspace_id in (select value from json_each(?))`,
  values: [personId, JSON.stringify(workspaceIds)],
});
const mediaOfWorkspace = (workspaceId: string): Selection => ({
  where: 'workspace_id = ?',
  values: [workspaceId],
});

const noSuchPart = (context: Context) => refuse(context, 404, 'not-found', 'no such part');

export const personRoutes = new Hono<AppContext>()
  .get('/export/summary', requireConfirmed, async (context) => {
    context.header('Cache-Control', 'no-store');
    const { env, var: own } = context;
    const { open } = await workspacesOpenTo(env, own.person!, own.address);
    const summary = await countObjects(env, mediaOfPerson(own.person!.id, open));
    return context.json(summary satisfies ExportSummary);
  })
  .get('/export', requireConfirmed, query(exportPartSchema), async (context) => {
    const { id, email } = context.var.person!;
    const { part } = context.req.valid('query');
    const { open, closed } = await workspacesOpenTo(
      context.env,
      context.var.person!,
      context.var.address,
    );
    const media = mediaOfPerson(id, open);
    const { parts } = await countObjects(context.env, media);
    if (part > parts) return noSuchPart(context);
    await notePerson(context, id, 'person.exported', { detail: { part } });
    const chains = [installationChain, ...open, ...closed];
    return exportZip(context.env, {
      ...{ kind: 'person', id, at: Date.now(), part, parts, media, closed },
      rows: await personRows(context.env, id, email),
      logs: chains.map((chain) => ({ chain, filters: [{ actor: id }], whole: false })),
    });
  })
  /** The address is typed to show that it is meant. */
  .delete('/', requireConfirmed, body(deleteAccountSchema), async (context) => {
    const person = context.var.person!;
    if (context.req.valid('json').email !== person.email) {
      return refuse(context, 409, 'conflict', 'that is not the address of this account');
    }
    const { address, requestId } = context.var;
    const source = { actorId: person.id, address, requestId };
    const removal = await removePerson(context.env, person, Date.now(), source);
    if (!removal.removed) {
      const message = 'give each workspace you alone own another owner, or delete it, first';
      return context.json(
        { code: 'last-owner' as const, message, workspaces: removal.workspaces },
        409,
      );
    }
    removeCookie(context, sessionCookie);
    return context.json({ removed: true as const });
  });

export const workspaceExportRoutes = new Hono<AppContext>()
  .get('/:workspaceId/export/summary', allow('workspace.export'), async (context) => {
    context.header('Cache-Control', 'no-store');
    const media = mediaOfWorkspace(memberOf(context).workspaceId);
    return context.json((await countObjects(context.env, media)) satisfies ExportSummary);
  })
  .get(
    '/:workspaceId/export',
    allow('workspace.export'),
    query(exportPartSchema),
    async (context) => {
      const { workspaceId: id } = memberOf(context);
      const { part } = context.req.valid('query');
      const media = mediaOfWorkspace(id);
      const { parts } = await countObjects(context.env, media);
      if (part > parts) return noSuchPart(context);
      await note(context, 'workspace.exported', { detail: { part } });
      return exportZip(context.env, {
        ...{ kind: 'workspace', id, at: Date.now(), part, parts, media },
        rows: await workspaceRows(context.env, id),
        logs: [{ chain: id, filters: [{}], whole: true }],
      });
    },
  );
