/** A `.cairn` file enters the library. */
import { AppError, toAppError } from '../core/errors.ts';
import { fileHandle } from '../storage/opfs.ts';
import { connect } from '../workers/rpc.ts';
import type { TransferApi } from '../workers/transfer.worker.ts';
import {
  importProject,
  type ImportedProject,
  type ImportProjectOptions,
} from './import-project.ts';

export const isCairnFile = (file: File): boolean => /\.cairn$/i.test(file.name);

/** Throws AppErrors of the `cairn-`, `file-` and storage areas; AbortError when cancelled. */
export async function importCairn(
  file: File,
  options: ImportProjectOptions,
): Promise<ImportedProject> {
  const { signal } = options;
  const worker = connect<TransferApi>(
    () =>
      new Worker(new URL('../workers/transfer.worker.ts', import.meta.url), {
        type: 'module',
        name: 'transfer',
      }),
  );
  try {
    if (file.size === 0) throw new AppError('file-empty');
    options.progress({ fraction: 0, doing: 'check' });
    const manifest = await worker.call.openCairn(file, { signal, killAfterMs: 500 });
    const extract = async (
      member: (typeof manifest.members)[number],
      path: string,
      context: { signal: AbortSignal; progress: typeof options.progress },
    ) => {
      const handle = await fileHandle(path, { create: true });
      await worker.call.extractMember({ file, member, handle }, { ...context, killAfterMs: 500 });
    };
    return await importProject(manifest, { extract }, options);
  } catch (error) {
    signal.throwIfAborted();
    const { code, message, details } = toAppError(error);
    throw new AppError(code, message, { cause: error, details: { ...details, name: file.name } });
  } finally {
    worker.close();
  }
}
