/** Refuses what another site makes a browser send (cross-site request forgery). */
import { createMiddleware } from 'hono/factory';
import type { AppContext } from '../app-types.ts';
import { refuse } from '../requests.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A browser says where a request that changes something comes from. With a cookie it must say so, and
 * it must be us; without a cookie there is nobody to forge, but a wrong origin is refused all the
 * same, so that no site can sign a visitor in as somebody else.
 */
export const sameOriginOnly = createMiddleware<AppContext>(async (context, next) => {
  if (!safeMethods.has(context.req.method)) {
    const origin = context.req.header('origin');
    const site = context.req.header('sec-fetch-site');
    const allowed = origin
      ? origin === ownOrigin(context.env.APP_ORIGIN, context.req.url)
      : site
        ? site === 'same-origin'
        : !context.req.header('cookie');
    if (!allowed) return refuse(context, 403, 'wrong-origin', 'the request comes from elsewhere');
  }
  await next();
});

const ownOrigin = (configured: string | undefined, url: string) =>
  URL.parse(configured ?? '')?.origin ?? new URL(url).origin;
