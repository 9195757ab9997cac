/** The audit log of a workspace. */
import * as v from 'valibot';
import type { AuditEntryJson, AuditFilter, AuditPage } from '../../edge/contract/audit.ts';
import { addressOf, request } from './request.ts';
import { workspacePath } from './workspaces.ts';

const entry: v.GenericSchema<unknown, AuditEntryJson> = v.object({
  sequence: v.number(),
  at: v.number(),
  actorId: v.nullable(v.string()),
  action: v.string(),
  targetKind: v.nullable(v.string()),
  targetId: v.nullable(v.string()),
  outcome: v.picklist(['success', 'error', 'denied']),
  address: v.nullable(v.string()),
  requestId: v.nullable(v.string()),
  detail: v.nullable(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]))),
  previousHash: v.string(),
  hash: v.string(),
});
const page: v.GenericSchema<unknown, AuditPage> = v.object({
  entries: v.array(entry),
  next: v.nullable(v.number()),
});
const verdict = v.object({
  ok: v.boolean(),
  entries: v.number(),
  brokenAt: v.optional(v.number()),
});
export type AuditVerdict = v.InferOutput<typeof verdict>;

/** Newest first; `before` is `next` of the page before. */
export const readAudit = (
  workspaceId: string,
  filter: AuditFilter,
  { before, signal }: { before?: number | undefined; signal?: AbortSignal } = {},
): Promise<AuditPage> =>
  request('GET', workspacePath(workspaceId, '/audit'), page, {
    query: { ...filter, before, limit: 50 },
    signal,
  });

/** For a link that saves the file. */
export const auditExportAddress = (
  workspaceId: string,
  filter: AuditFilter,
  format: 'csv' | 'json',
) => addressOf(workspacePath(workspaceId, '/audit/export'), { ...filter, format });

/** Whether the chain of hashes is whole. */
export const checkAudit = (workspaceId: string): Promise<AuditVerdict> =>
  request('GET', workspacePath(workspaceId, '/audit/check'), verdict);
