import type { Context } from 'hono';
import type { AppContext } from '../app-types.ts';
import { reportError } from '../logs/errors.ts';
import { routeOf } from '../logs/requests.ts';

/**
 * Goes on after the answer is sent. What tells a known address from an unknown one is done here, so
 * that neither the answer nor its time can.
 */
export function inBackground(context: Context<AppContext>, work: () => Promise<void>): void {
  const route = routeOf(context);
  const { requestId } = context.var;
  context.executionCtx.waitUntil(
    work().catch((error: unknown) => reportError(context.env, error, { route, requestId })),
  );
}
