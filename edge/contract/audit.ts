/** Asking for the audit log. */
import * as v from 'valibot';

const wholeNumber = v.pipe(v.string(), v.regex(/^[0-9]{1,15}$/), v.transform(Number));

export const auditFilterSchema = v.strictObject({
  /** Who did it. */
  actor: v.optional(v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-]{1,64}$/))),
  /** One action (`member.invited`) or all of an area (`member`). */
  // eslint-disable-next-line security/detect-unsafe-regex -- no part can match what another does
  action: v.optional(v.pipe(v.string(), v.regex(/^[a-z-]{1,40}(\.[a-z-]{1,40})?$/))),
  outcome: v.optional(v.picklist(['success', 'error', 'denied'])),
  /** Milliseconds since 1970; from inclusive, until exclusive. */
  from: v.optional(wholeNumber),
  until: v.optional(wholeNumber),
  /** Text somewhere in actor, action, target, address, request id or detail. */
  search: v.optional(v.pipe(v.string(), v.maxLength(100))),
});
export type AuditFilter = v.InferOutput<typeof auditFilterSchema>;

export const auditPageSchema = v.strictObject({
  ...auditFilterSchema.entries,
  /** `next` of the page before; older entries follow. */
  before: v.optional(wholeNumber),
  limit: v.optional(
    v.pipe(
      wholeNumber,
      v.check((value) => value >= 1 && value <= 200),
    ),
    '50',
  ),
});

export const auditExportSchema = v.strictObject({
  ...auditFilterSchema.entries,
  format: v.optional(v.picklist(['csv', 'json']), 'json'),
});

/** One entry as it is answered and exported. The hashes let anybody check the chain. */
export interface AuditEntryJson {
  sequence: number;
  at: number;
  actorId: string | null;
  action: string;
  targetKind: string | null;
  targetId: string | null;
  outcome: 'success' | 'error' | 'denied';
  address: string | null;
  requestId: string | null;
  detail: Record<string, string | number | boolean> | null;
  previousHash: string;
  hash: string;
}

export interface AuditPage {
  entries: AuditEntryJson[];
  /** For the page after this one; null at the end. */
  next: number | null;
}
