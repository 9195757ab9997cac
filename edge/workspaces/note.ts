import type { Context } from 'hono';
import type { AppContext } from '../app-types.ts';
import type { AuditAction } from '../audit/actions.ts';
import { recordEvent, type AuditEvent } from '../audit/record.ts';

/** Writes into the audit log of `workspaceId` that the person of this request did something. */
export const noteIn = (
  context: Context<AppContext>,
  workspaceId: string | null,
  action: AuditAction,
  more: Pick<Partial<AuditEvent>, 'target' | 'detail' | 'outcome'> = {},
) =>
  recordEvent(context.env, {
    workspaceId,
    actorId: context.var.person?.id ?? null,
    action,
    outcome: 'success',
    address: context.var.address,
    requestId: context.var.requestId,
    ...more,
  });

/** The same in the workspace that `allow` let the person into. */
export const note = (
  context: Context<AppContext>,
  action: AuditAction,
  more: Pick<Partial<AuditEvent>, 'target' | 'detail' | 'outcome'> = {},
) => noteIn(context, memberOf(context).workspaceId, action, more);

/** The member that `allow` found. A route without `allow` fails here instead of going on. */
export function memberOf(context: Context<AppContext>) {
  const { member } = context.var;
  if (!member) throw new Error('a route of a workspace without allow()');
  return member;
}
