/** Streams a file into OPFS. Only in workers. */
import type { JobContext } from '../core/progress.ts';
import { rewrite, writeFully } from '../storage/opfs.ts';

const chunk = 8 * 1024 * 1024;

/** A file that shrinks or goes away while it is read rejects with the browser's NotReadableError. */
export async function copyFile(
  file: Blob,
  handle: FileSystemFileHandle,
  { signal, progress }: JobContext,
): Promise<void> {
  await rewrite(handle, async (access) => {
    for (let at = 0; at < file.size; at += chunk) {
      signal.throwIfAborted();
      const data = await file.slice(at, at + chunk).arrayBuffer();
      writeFully(access, data, at);
      progress({ fraction: Math.min(1, (at + chunk) / file.size), doing: 'copy' });
    }
  });
}
