/** Lets operators in: whoever runs the installation, by a token from a secret. Not a person, not a role. */
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { AppContext } from '../app-types.ts';
import { recordEvent } from '../audit/record.ts';
import { take } from '../auth/limits.ts';
import { networkSubject, tooMany } from '../auth/refusals.ts';
import { refuse } from '../requests.ts';

/** Shorter tokens could be guessed. Characters. */
export const shortestToken = 32;

/** Compares digests, so that neither content nor length show in the time it takes. */
async function isEqual(a: string, b: string): Promise<boolean> {
  const encoder = new TextEncoder();
  const [left, right] = await Promise.all(
    [a, b].map((text) => crypto.subtle.digest('SHA-256', encoder.encode(text))),
  );
  return crypto.subtle.timingSafeEqual(left!, right!);
}

/**
 * Passes requests with `Authorization: Bearer OPERATOR_TOKEN`. Where no token of 32 characters or more
 * is configured the route does not exist. `quiet`: success is not logged, for what machines ask for
 * several times a minute; refusals always are, up to their limit.
 */
export const operator = ({ quiet = false } = {}) =>
  createMiddleware<AppContext>(async function operatorOnly(context, next) {
    const expected = context.env.OPERATOR_TOKEN ?? '';
    if (expected.length < shortestToken) return refuse(context, 404, 'not-found', 'no such page');
    const [, given = ''] =
      /^Bearer ([!-~]{1,512})$/.exec(context.req.header('authorization') ?? '') ?? [];
    const isRight = given !== '' && (await isEqual(given, expected));
    if (!isRight) {
      // Else anybody could fill the log. The operator's own token is never counted.
      const taken = await take(context.env, 'operatorByAddress', [networkSubject(context)]);
      if (!taken.allowed) return tooMany(context, taken);
    }
    if (!isRight || !quiet) {
      await recordEvent(context.env, {
        workspaceId: null,
        actorId: isRight ? 'operator' : null,
        action: 'operator.access',
        target: { kind: 'route', id: routePath(context) },
        outcome: isRight ? 'success' : 'denied',
        address: context.var.address,
        requestId: context.var.requestId,
      });
    }
    if (!isRight) {
      context.header('WWW-Authenticate', 'Bearer');
      return refuse(context, 401, 'not-signed-in', 'the operator token is asked for');
    }
    context.header('Cache-Control', 'no-store');
    await next();
  });
