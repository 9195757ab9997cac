/** The audit log of a workspace, newest first, in pages, through a filter. */
import type { AuditEntryJson, AuditFilter } from '../../edge/contract/audit.ts';
import { auditExportAddress, checkAudit, readAudit, type AuditVerdict } from '../api/audit.ts';
import { isAbort, toAppError, type AppError } from '../core/errors.ts';

export class AuditLog {
  #workspaceId: string;
  #filter = $state.raw<AuditFilter>({});
  #entries = $state.raw<readonly AuditEntryJson[] | null>(null);
  #next = $state.raw<number | null>(null);
  #loading = $state(false);
  #error = $state.raw<AppError | null>(null);
  #running: AbortController | null = null;

  constructor(workspaceId: string) {
    this.#workspaceId = workspaceId;
  }

  get filter(): AuditFilter {
    return this.#filter;
  }
  /** Null until known. */
  get entries(): readonly AuditEntryJson[] | null {
    return this.#entries;
  }
  get hasMore(): boolean {
    return this.#next !== null;
  }
  get loading(): boolean {
    return this.#loading;
  }
  get error(): AppError | null {
    return this.#error;
  }
  get isFiltered(): boolean {
    return Object.values(this.#filter).some((value) => value !== undefined && value !== '');
  }

  /** Asks anew from the newest entry; what was asked for before is dropped. */
  async find(filter: AuditFilter): Promise<void> {
    this.#filter = filter;
    await this.#read(undefined);
  }

  async more(): Promise<void> {
    if (this.#next !== null && !this.#loading) await this.#read(this.#next);
  }

  exportAddress(format: 'csv' | 'json'): string {
    return auditExportAddress(this.#workspaceId, this.#filter, format);
  }

  /** Whether the chain of hashes is whole. */
  check(): Promise<AuditVerdict> {
    return checkAudit(this.#workspaceId);
  }

  async #read(before: number | undefined): Promise<void> {
    this.#running?.abort();
    const running = (this.#running = new AbortController());
    this.#loading = true;
    try {
      const { signal } = running;
      const page = await readAudit(this.#workspaceId, this.#filter, { before, signal });
      this.#entries = before ? [...(this.#entries ?? []), ...page.entries] : page.entries;
      this.#next = page.next;
      this.#error = null;
    } catch (error) {
      if (!isAbort(error)) this.#error = toAppError(error);
    } finally {
      if (running === this.#running) this.#loading = false;
    }
  }
}
