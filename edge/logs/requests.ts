/** Gives every request its id, address and trace, and writes one log line when it is answered. */
import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes, routePath } from 'hono/route';
import type { AppContext } from '../app-types.ts';
import { countRequest } from '../metrics/counters.ts';
import { log } from './log.ts';
import { randomHex, traceOf } from './trace.ts';

/**
 * The pattern that answered, such as `/api/workspaces/:workspaceId/audit`. The address itself is never
 * logged: it holds ids, and with some links a token.
 */
export function routeOf(context: Context<AppContext>): string {
  const answered = routePath(context);
  if (!answered.endsWith('*')) return answered;
  // A middleware answered for the route behind it, such as one that refuses strangers.
  const patterns = matchedRoutes(context).map((route) => route.path);
  return patterns.find((pattern) => !pattern.endsWith('*')) ?? answered;
}

/** Cloudflare sets this header itself and drops what a client sent; no other is believed. */
export const addressOf = (context: Context<AppContext>): string =>
  context.req.header('cf-connecting-ip') ?? 'unknown';

export const withRequest: MiddlewareHandler<AppContext> = async (context, next) => {
  const began = Date.now();
  const trace = traceOf(context.req.header('traceparent'));
  context.set('requestId', randomHex(16));
  context.set('address', addressOf(context));
  context.set('trace', trace);
  context.set('person', null);
  context.set('member', null);
  await next();
  context.res.headers.set('x-request-id', context.var.requestId);
  // What the API answers is somebody's: no cache keeps it, unless a route says otherwise.
  if (context.req.path.startsWith('/api/') && !context.res.headers.has('cache-control')) {
    context.res.headers.set('cache-control', 'no-store');
  }
  const { status } = context.res;
  const route = routeOf(context);
  const durationMs = Date.now() - began;
  countRequest(context.env, { method: context.req.method, route, status, durationMs });
  log(status >= 500 ? 'error' : 'info', 'request', {
    requestId: context.var.requestId,
    traceId: trace.traceId,
    spanId: trace.spanId,
    parentSpanId: trace.parentSpanId,
    method: context.req.method,
    route,
    status,
    durationMs,
  });
};
