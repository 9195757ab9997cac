/** Reads a `.cairn` file, however large, checking every byte. Runs in a worker. */
import { crc32 } from '../core/crc32.ts';
import { AppError } from '../core/errors.ts';
import type { JobContext } from '../core/progress.ts';
import { rewrite, writeFully } from '../storage/opfs.ts';
import { decodeJson } from './json.ts';
import { manifestName, maxManifest, type CairnManifest, type CairnMember } from './manifest.ts';
import { readManifest } from './schema.ts';
import { Sha256 } from './sha256.ts';
import { openMember, readDirectory, type ZipMember } from './zip-read.ts';

const damaged = (why: string, cause?: unknown) => new AppError('cairn-damaged', why, { cause });

/** Throws `cairn-damaged`, `cairn-newer`, `project-newer`, `file-unreadable`. */
export async function openCairn(file: Blob): Promise<CairnManifest> {
  const directory = await readDirectory(file);
  const entry = directory.get(manifestName);
  if (!entry) throw damaged('no cairn.json');
  if (entry.size > maxManifest) throw damaged('an impossibly large cairn.json');
  const parts: Uint8Array<ArrayBuffer>[] = [];
  await readChecked(file, entry, (part) => parts.push(part));
  const manifest = readManifest(parse(await new Blob(parts).text()));
  for (const { name, size } of manifest.members) {
    if (directory.get(name)?.size !== size) throw damaged(`${name} is missing or cut off`);
  }
  return manifest;
}

/** Writes one member to a file and checks it against its hash. */
export async function extractMember(
  { file, member, handle }: { file: Blob; member: CairnMember; handle: FileSystemFileHandle },
  { signal, progress }: JobContext,
): Promise<void> {
  const entry = (await readDirectory(file)).get(member.name);
  if (!entry) throw damaged(`${member.name} is missing`);
  const hash = new Sha256();
  await rewrite(handle, async (access) => {
    let at = 0;
    await readChecked(file, entry, (part) => {
      signal.throwIfAborted();
      hash.update(part);
      writeFully(access, part, at);
      at += part.length;
      progress({ fraction: at / Math.max(1, member.size) });
    });
  });
  if (hash.digest() !== member.sha256) throw damaged(`${member.name} has changed`);
}

/** Hands the content over part by part. */
async function readChecked(
  file: Blob,
  entry: ZipMember,
  take: (part: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  const reader = (await openMember(file, entry)).getReader();
  let size = 0;
  let crc = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        // Of what cannot be decompressed, a TypeError; of a file that went away, a NotReadableError.
        throw error instanceof TypeError
          ? damaged(String(error), error)
          : new AppError('file-unreadable', String(error), { cause: error });
      });
      if (done) break;
      size += value.length;
      if (size > entry.size) throw damaged(`${entry.name} is larger than it says`);
      crc = crc32(value, crc);
      take(value as Uint8Array<ArrayBuffer>);
    }
  } finally {
    await reader.cancel();
  }
  if (size !== entry.size || crc !== entry.crc) throw damaged(`${entry.name} has changed`);
}

function parse(text: string): unknown {
  try {
    return decodeJson(text);
  } catch (error) {
    throw damaged('an unreadable cairn.json', error);
  }
}
