/** Writes what mediabunny muxes straight to a file in OPFS. Only in workers. */
import { StreamTarget, type StreamTargetChunk } from 'mediabunny';
import { writeFully } from '../storage/opfs.ts';

export interface DiskTarget {
  target: StreamTarget;
  /** Frees the file's lock; the written bytes stay. */
  close(): void;
}

export async function openDiskTarget(handle: FileSystemFileHandle): Promise<DiskTarget> {
  const access = await handle.createSyncAccessHandle();
  access.truncate(0);
  const writable = new WritableStream<StreamTargetChunk>({
    write({ data, position }) {
      writeFully(access, data as Uint8Array<ArrayBuffer>, position);
    },
  });
  return {
    target: new StreamTarget(writable, { chunked: true }),
    close() {
      access.flush();
      access.close();
    },
  };
}
