/** Taking everything along, and deleting the account. */
import * as v from 'valibot';
import type { ExportSummary } from '../../edge/contract/portability.ts';
import { addressOf, anything, request } from './request.ts';
import { workspacePath } from './workspaces.ts';

/** Whose export: the person's own, or of a workspace by its id. */
export type ExportOf = 'person' | { workspaceId: string };

const pathOf = (of: ExportOf) =>
  of === 'person' ? '/api/person/export' : workspacePath(of.workspaceId, '/export');

const summary: v.GenericSchema<unknown, ExportSummary> = v.object({
  objects: v.number(),
  bytes: v.number(),
  parts: v.number(),
});

/** What there is to take; `confirm-needed` before a person's own. */
export const readExportSummary = (of: ExportOf): Promise<ExportSummary> =>
  request('GET', `${pathOf(of)}/summary`, summary);

/** Of one of the zips, counted from 1. */
export const exportAddress = (of: ExportOf, part: number) => addressOf(pathOf(of), { part });

/** The address is typed to show that it is meant. `last-owner`: a workspace would have none. */
export const deleteAccount = (email: string) =>
  request('DELETE', '/api/person', anything, { body: { email } });
