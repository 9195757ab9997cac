/** Looks into files and brings them into OPFS. */
import type { JobContext } from '../core/progress.ts';
import { copyFile } from '../import/copy.ts';
import { fingerprint } from '../import/fingerprint.ts';
import { reindex } from '../import/matroska/reindex.ts';
import { makePoster } from '../import/poster.ts';
import { probe } from '../import/probe.ts';
import { remux } from '../import/remux.ts';
import { serve } from './rpc.ts';

const methods = {
  fingerprint: (file: Blob) => fingerprint(file),
  /** Reports progress every second, so that a caller can tell slow from stuck. */
  async probe(file: Blob, { progress }: JobContext) {
    const tick = () => progress({ fraction: 0, doing: 'probe' });
    const pulse = setInterval(tick, 1000);
    try {
      return await probe(file, tick);
    } finally {
      clearInterval(pulse);
    }
  },
  copy: ({ file, handle }: { file: Blob; handle: FileSystemFileHandle }, context: JobContext) =>
    copyFile(file, handle, context),
  remux: (
    input: { file: Blob; handle: FileSystemFileHandle; fromZero: boolean; duration: number },
    context: JobContext,
  ) => remux(input.file, input.handle, input, context),
  reindex: ({ file, handle }: { file: Blob; handle: FileSystemFileHandle }, context: JobContext) =>
    reindex(file, handle, context),
  poster: (file: Blob) => makePoster(file),
};
export type ImportApi = typeof methods;
serve(methods);
