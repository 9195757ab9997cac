/** The edge: serves the app, accounts, workspaces and storage signing. Never sees a recording. */
import { Hono } from 'hono';
import type { AppContext } from './app-types.ts';
import { auditRoutes } from './audit/routes.ts';
import { sameOriginOnly } from './auth/origin.ts';
import { authRoutes } from './auth/routes.ts';
import { withPerson } from './auth/session.ts';
import type { Env } from './env.ts';
import { securityHeaders } from './headers.ts';
import { reportError } from './logs/errors.ts';
import { routeOf, withRequest } from './logs/requests.ts';
import { metricsRoutes, operatorRoutes } from './operator/routes.ts';
import { personRoutes, workspaceExportRoutes } from './portability/routes.ts';
import { inboxRoutes } from './mail/inbox-routes.ts';
import { runDueJobs } from './scheduled.ts';
import { samlAnswerRoutes, signOnRoutes } from './sign-on/routes.ts';
import { statusRoutes } from './status/routes.ts';
import { storageOrigins } from './storage/locations.ts';
import { storageOperatorRoutes } from './storage/operator-routes.ts';
import { storageRoutes } from './storage/routes.ts';
import { acceptRoutes } from './workspaces/invitation-routes.ts';
import { tenantRoutes } from './workspaces/routes.ts';
import { wellKnownRoutes } from './well-known/routes.ts';

const yearInSeconds = 31_536_000;

/** Files whose address holds a hash of their content never change. */
const cacheControl = (path: string) =>
  /^\/(assets\/|models\/[0-9a-f]{16}\/)/.test(path)
    ? `public, max-age=${yearInSeconds}, immutable`
    : 'no-cache';

const app = new Hono<AppContext>()
  .use(withRequest)
  .use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(securityHeaders(storageOrigins(context.env)))) {
      context.res.headers.set(name, value);
    }
  })
  .route('/api/sign-on', samlAnswerRoutes)
  .use('/api/*', sameOriginOnly, withPerson)
  .route('/', statusRoutes)
  .route('/.well-known', wellKnownRoutes)
  .route('/metrics', metricsRoutes)
  .route('/api/operator', operatorRoutes)
  .route('/api/operator/storage', storageOperatorRoutes)
  .route('/api/auth', authRoutes)
  .route('/dev/inbox', inboxRoutes)
  .route('/api/sign-on', signOnRoutes)
  .route('/api/invitations', acceptRoutes)
  .route('/api/workspaces', tenantRoutes)
  .route('/api/workspaces', auditRoutes)
  .route('/api/workspaces', workspaceExportRoutes)
  .route('/api/person', personRoutes)
  .route('/api/workspaces', storageRoutes)
  .all('/api/*', (context) => context.json({ code: 'not-found', message: 'no such endpoint' }, 404))
  .get('*', async (context) => {
    const { pathname } = new URL(context.req.url);
    const asset = await context.env.ASSETS.fetch(context.req.raw);
    const isPage = asset.headers.get('content-type')?.startsWith('text/html') ?? false;
    // A missing script or model part must be an error, not the app's page with status 200.
    if (
      isPage &&
      /\.[a-z0-9]+$|^\/models\/|^\/assets\//i.test(pathname) &&
      pathname !== '/index.html'
    ) {
      await asset.body?.cancel();
      return context.text('Not found', 404);
    }
    const response = new Response(asset.body, asset);
    response.headers.set('Cache-Control', cacheControl(pathname));
    return response;
  })
  .notFound((context) => context.text('Not found', 404))
  .onError(async (error, context) => {
    const { requestId } = context.var;
    await reportError(context.env, error, { route: routeOf(context), requestId });
    return context.json({ code: 'unexpected', message: 'the server failed' }, 500);
  });

export type Api = typeof app;
export default Object.assign(app, {
  async scheduled(event: ScheduledController, env: Env) {
    await runDueJobs(env, event.scheduledTime);
  },
});
