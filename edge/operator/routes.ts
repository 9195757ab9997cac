/** `/metrics` and `/api/operator`: what whoever runs the installation may see. No content and no names of people. */
import { Hono } from 'hono';
import type { AppContext } from '../app-types.ts';
import { auditExportSchema, auditPageSchema } from '../contract/audit.ts';
import { installationChain } from '../audit/chain.ts';
import { exportEntries } from '../audit/export.ts';
import { findEntries, streamEntries } from '../audit/find.ts';
import { anchorOf, verifyChain } from '../audit/verify.ts';
import { listErrors } from '../logs/errors.ts';
import { exposition } from '../metrics/exposition.ts';
import { query } from '../requests.ts';
import { operator } from './operator.ts';

export const metricsRoutes = new Hono<AppContext>().get(
  '/',
  operator({ quiet: true }),
  async (context) =>
    context.body(await exposition(context.env, Date.now()), 200, {
      'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
    }),
);

/** The log of what belongs to no workspace, such as sign-in attempts. */
export const operatorRoutes = new Hono<AppContext>()
  .get('/audit', operator(), query(auditPageSchema), async (context) => {
    const { before, limit, ...filter } = context.req.valid('query');
    const entries = await findEntries(context.env, installationChain, filter, { before, limit });
    const next = entries.length === limit ? entries.at(-1)!.sequence : null;
    return context.json({ entries, next });
  })
  .get('/audit/export', operator(), query(auditExportSchema), async (context) => {
    const { format, ...filter } = context.req.valid('query');
    const anchor = await anchorOf(context.env, installationChain);
    const entries = streamEntries(context.env, installationChain, filter);
    return exportEntries(format, entries, { chain: installationChain, anchor });
  })
  .get('/audit/check', operator(), async (context) =>
    context.json(await verifyChain(context.env, installationChain)),
  )
  .get('/errors', operator(), async (context) =>
    context.json({ errors: await listErrors(context.env) }),
  );
