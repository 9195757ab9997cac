/** Writes the daily copy of the database: read, packed, encrypted and stored piece by piece. */
import { recordEvent } from '../audit/record.ts';
import type { Env } from '../env.ts';
import { log } from '../logs/log.ts';
import type { Job } from '../scheduled.ts';
import { encrypt } from './cipher.ts';
import { dump } from './dump.ts';

const day = 86_400_000;
/** Backups are kept at least 7 days; they are gone after 8, and whatever was deleted with them. */
export const keptDays = 8;
export const prefix = 'database/';
/** R2 takes parts of at least 5 MiB, all of one size but the last. */
const partLength = 6 * 1024 * 1024;

/** Lines as bytes, some at once: a call for every row would cost more than the row. */
async function* linesOf(env: Env, now: number): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = '';
  for await (const line of dump(env, now)) {
    text += `${JSON.stringify(line)}\n`;
    if (text.length > 64 * 1024) {
      yield encoder.encode(text);
      text = '';
    }
  }
  yield encoder.encode(text);
}

async function* readAll(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const bytes of stream) yield bytes;
}

function toStream(bytes: AsyncGenerator<Uint8Array>) {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await bytes.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await bytes.return(undefined);
    },
  });
}

/** The backup as it is stored: encrypted, gzip, lines of JSON. */
export function backupBytes(env: Env, secret: string, now: number) {
  const packed = toStream(linesOf(env, now)).pipeThrough(new CompressionStream('gzip'));
  return encrypt(readAll(packed), secret);
}

/** Stores bytes of unknown number in parts of one size. Returns how many there were. */
async function store(bucket: R2Bucket, key: string, bytes: AsyncIterable<Uint8Array>, now: number) {
  const upload = await bucket.createMultipartUpload(key, {
    httpMetadata: { contentType: 'application/octet-stream' },
    customMetadata: { at: String(now) },
  });
  const parts: R2UploadedPart[] = [];
  const part = new Uint8Array(partLength);
  let filled = 0;
  let total = 0;
  const send = async () => {
    parts.push(await upload.uploadPart(parts.length + 1, part.slice(0, filled)));
    filled = 0;
  };
  try {
    for await (const piece of bytes) {
      total += piece.length;
      for (let at = 0; at < piece.length;) {
        const taken = piece.subarray(at, at + partLength - filled);
        part.set(taken, filled);
        filled += taken.length;
        at += taken.length;
        if (filled === partLength) await send();
      }
    }
    if (filled > 0) await send();
    await upload.complete(parts);
    return total;
  } catch (error) {
    await upload.abort();
    throw error;
  }
}

/** The name sorts by time and says it. */
export const keyOf = (now: number) =>
  `${prefix}${new Date(now).toISOString().replaceAll(':', '-')}.cairn-backup`;

/** Null when the operator has set up no bucket or no key for backups. Returns the key of the new one. */
export async function makeBackup(env: Env, now: number): Promise<string | null> {
  const { BACKUPS: bucket, BACKUP_KEY: secret } = env;
  if (!bucket || !secret) return null;
  const key = keyOf(now);
  const bytes = await store(bucket, key, backupBytes(env, secret, now), now);
  await recordEvent(
    env,
    {
      ...{ workspaceId: null, actorId: null, action: 'backup.made', outcome: 'success' },
      ...{ address: null, requestId: null, target: { kind: 'backup', id: key }, detail: { bytes } },
    },
    now,
  );
  return key;
}

/** Deletes backups older than `keptDays`, but never the last one. Returns how many went. */
export async function removeOldBackups(env: Env, now: number): Promise<number> {
  if (!env.BACKUPS) return 0;
  const found: { key: string; at: number }[] = [];
  let cursor: string | undefined;
  do {
    const page = await env.BACKUPS.list({
      ...{ prefix, include: ['customMetadata'] },
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { key, customMetadata, uploaded } of page.objects) {
      found.push({ key, at: Number(customMetadata?.['at'] ?? uploaded.getTime()) });
    }
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  const newest = Math.max(...found.map(({ at }) => at));
  const old = found.filter(({ at }) => at <= now - keptDays * day && at < newest);
  for (const { key } of old) {
    await env.BACKUPS.delete(key);
    await recordEvent(
      env,
      {
        ...{ workspaceId: null, actorId: null, action: 'backup.removed', outcome: 'success' },
        ...{ address: null, requestId: null, target: { kind: 'backup', id: key } },
      },
      now,
    );
  }
  return old.length;
}

export const backupJob: Job = {
  name: 'backup',
  everyMinutes: 24 * 60,
  async run(env, now) {
    const key = await makeBackup(env, now);
    if (key === null) log('warn', 'no backup: BACKUPS or BACKUP_KEY is not set');
    await removeOldBackups(env, now);
  },
};
