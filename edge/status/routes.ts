/** `/healthz`, `/readyz` and `/status`: whether it works, for machines, for deployments and for people. */
import { Hono } from 'hono';
import type { AppContext } from '../app-types.ts';
import { checkHealth } from '../health.ts';
import { logError } from '../logs/log.ts';
import { listDays } from './checks.ts';
import { statusPage } from './page.ts';
import { checkReadiness } from './readiness.ts';

export const statusRoutes = new Hono<AppContext>()
  .get('/healthz', async (context) => {
    context.header('Cache-Control', 'no-store');
    const health = await checkHealth(context.env, new URL(context.req.url).origin);
    return context.json(health, health.ok ? 200 : 503);
  })
  .get('/readyz', async (context) => {
    context.header('Cache-Control', 'no-store');
    const readiness = await checkReadiness(context.env, new URL(context.req.url).origin);
    return context.json(readiness, readiness.ready ? 200 : 503);
  })
  .get('/status', async (context) => {
    context.header('Cache-Control', 'no-store');
    const now = Date.now();
    const { ok, parts } = await checkHealth(context.env, new URL(context.req.url).origin);
    const days = await listDays(context.env, now).catch((error: unknown) => {
      logError('status days not read', error);
      return [];
    });
    return context.html(statusPage({ parts, days, now }), ok ? 200 : 503);
  });
