/** What people do with their accounts, in the audit log. */
import type { Context } from 'hono';
import type { AppContext } from '../app-types.ts';
import type { AuditAction } from '../audit/actions.ts';
import { recordEvent, type AuditEvent } from '../audit/record.ts';
import { workspaceIdsOf } from '../workspaces/person.ts';

type More = Pick<Partial<AuditEvent>, 'outcome' | 'detail' | 'target'>;

/**
 * Into the log of the installation, and into that of each workspace the person is a member of: its
 * owners must see who signs in, or tries to, as one of their members. `personId` null: nobody known.
 */
export async function notePerson(
  context: Context<AppContext>,
  personId: string | null,
  action: AuditAction,
  more: More = {},
): Promise<void> {
  const workspaceIds = await workspaceIdsOf(context.env, personId);
  // For unusual patterns (alerts/rules.ts): where Cloudflare saw the address, as two letters.
  const { country } = (context.req.raw.cf ?? {}) as { country?: unknown };
  const place =
    action === 'person.signed-in' && typeof country === 'string' ? { country } : undefined;
  const detail = { ...more.detail, ...place };
  const actorId = context.var.person?.id ?? (more.outcome === 'denied' ? null : personId);
  for (const workspaceId of [null, ...workspaceIds]) {
    await recordEvent(context.env, {
      workspaceId,
      actorId,
      action,
      ...(personId ? { target: { kind: 'person', id: personId } } : {}),
      outcome: 'success',
      address: context.var.address,
      requestId: context.var.requestId,
      ...more,
      detail,
    });
  }
}
