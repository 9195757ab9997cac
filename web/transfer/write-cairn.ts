/** A recording with all that belongs to it as one `.cairn` file in OPFS. Runs in a worker. */
import { AppError } from '../core/errors.ts';
import type { JobContext } from '../core/progress.ts';
import { fileHandle, rewrite, storageError, writeFully } from '../storage/opfs.ts';
import { requireRoom } from '../storage/quota.ts';
import { collect, type CollectOptions } from './collect.ts';
import { decodeJson, encodeJson } from './json.ts';
import { manifestName, type CairnManifest } from './manifest.ts';
import { readManifest } from './schema.ts';
import { ZipWriter } from './zip-write.ts';

export interface WriteCairnInput extends CollectOptions {
  outputPath: string;
}

/** Returns the size in bytes. Throws `disk-full`, `recording-missing`, `storage-lost`. */
export async function writeCairn(
  { outputPath, ...options }: WriteCairnInput,
  { signal, progress }: JobContext,
): Promise<number> {
  const { manifest, files } = await collect(options);
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  await requireRoom(total);
  try {
    return await rewrite(await fileHandle(outputPath, { create: true }), async (access) => {
      const zip = new ZipWriter((data, at) => writeFully(access, data, at));
      const members: CairnManifest['members'] = [];
      let done = 0;
      for (const { name, file } of files) {
        members.push(
          await zip.addFile(name, file, (bytes) => {
            signal.throwIfAborted();
            done += bytes;
            progress({ fraction: (0.99 * done) / total, doing: 'write' });
          }),
        );
      }
      const text = encodeJson({ ...manifest, members });
      // What could not be read back must not pass for a safe copy.
      try {
        readManifest(decodeJson(text));
      } catch (error) {
        throw new AppError('export-invalid', String(error), { cause: error });
      }
      await zip.addText(manifestName, text);
      return zip.close();
    });
  } catch (error) {
    throw signal.aborted ? error : storageError(error, outputPath);
  }
}
