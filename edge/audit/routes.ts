/** `/api/workspaces/:workspaceId/audit`: the log of a workspace, for its owners and administrators. */
import { Hono } from 'hono';
import type { AppContext } from '../app-types.ts';
import {
  auditExportSchema,
  auditPageSchema,
  type AuditEntryJson,
  type AuditPage,
} from '../contract/audit.ts';
import { query } from '../requests.ts';
import { allow } from '../workspaces/allow.ts';
import type { ChainedEntry } from './chain.ts';
import { exportEntries } from './export.ts';
import { findEntries, streamEntries } from './find.ts';
import { recordEvent } from './record.ts';
import { anchorOf, verifyChain } from './verify.ts';

const answered = ({ chain: _, ...entry }: ChainedEntry): AuditEntryJson => entry;

export const auditRoutes = new Hono<AppContext>()
  .get('/:workspaceId/audit', allow('audit.read'), query(auditPageSchema), async (context) => {
    const { before, limit, ...filter } = context.req.valid('query');
    const { workspaceId, personId } = context.var.member!;
    const { address, requestId } = context.var;
    const entries = await findEntries(context.env, workspaceId, filter, { before, limit });
    if (before === undefined) {
      await recordEvent(context.env, {
        ...{ workspaceId, actorId: personId, action: 'audit.read', outcome: 'success' },
        ...{ address, requestId },
      });
    }
    context.header('Cache-Control', 'no-store');
    const next = entries.length === limit ? entries.at(-1)!.sequence : null;
    return context.json({ entries: entries.map(answered), next } satisfies AuditPage);
  })
  .get(
    '/:workspaceId/audit/export',
    allow('audit.export'),
    query(auditExportSchema),
    async (context) => {
      const { format, ...filter } = context.req.valid('query');
      const { workspaceId, personId } = context.var.member!;
      const { address, requestId } = context.var;
      await recordEvent(context.env, {
        ...{ workspaceId, actorId: personId, action: 'audit.exported', outcome: 'success' },
        ...{ address, requestId, detail: { format } },
      });
      const entries = streamEntries(context.env, workspaceId, filter);
      const anchor = await anchorOf(context.env, workspaceId);
      return exportEntries(format, entries, { chain: workspaceId, anchor });
    },
  )
  .get('/:workspaceId/audit/check', allow('audit.read'), async (context) => {
    context.header('Cache-Control', 'no-store');
    return context.json(await verifyChain(context.env, context.var.member!.workspaceId));
  });
