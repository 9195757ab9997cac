/** Sends what is missing of a file, four parts at a time, each until it has arrived. */
import { signParts } from '../api/objects.ts';
import { AppError } from '../core/errors.ts';
import type { JobContext } from '../core/progress.ts';
import type { UploadRow } from '../storage/database.ts';
import type { Client } from '../workers/rpc.ts';
import type { HashApi } from './hash.ts';
import { pause, pauseBefore, persistently } from './patience.ts';
import { PreparedParts, type PreparedPart } from './prepared-parts.ts';
import { putPart } from './put-part.ts';

/** What is at the edge is of no use for this file: another one, or ended. */
export class UploadGone extends Error {
  override name = 'UploadGone';
}

const lanes = 4;
/** Tries of one part: nine of them are some two minutes of pauses. */
const mostTries = 9;
const mostRefusals = 3;

const partOf = (file: Blob, { partSize }: UploadRow, number: number) =>
  file.slice((number - 1) * partSize, number * partSize);

export interface Sending {
  row: UploadRow;
  file: Blob;
  hasher: Client<HashApi>;
  /** Notes that a part has arrived, so that a reload does not send it again. */
  note(number: number, part: { md5: string; etag: string }): Promise<void>;
}

/** Asks for signatures; tells an upload that has ended from other refusals. */
async function sign(row: UploadRow, parts: { number: number; md5: string }[], signal: AbortSignal) {
  try {
    return await persistently(
      () => signParts(row.workspaceId, row.objectId, parts, { signal }),
      signal,
    );
  } catch (error) {
    const ended = error instanceof AppError && ['not-found', 'conflict'].includes(error.code);
    throw ended ? new UploadGone('the upload has ended', { cause: error }) : error;
  }
}

async function sendPart(
  { row, file, note }: Sending,
  { signed, md5 }: PreparedPart,
  signal: AbortSignal,
  sent: (bytes: number) => void,
): Promise<void> {
  const { number } = signed;
  const body = partOf(file, row, number);
  let request = signed;
  let refusals = 0;
  for (let attempt = 1; ; attempt += 1) {
    const result = await putPart(request, body, { signal, sent });
    if (result.kind === 'sent') {
      sent(body.size);
      // A bucket that hides the ETag from us: of what was sent at once nobody needs it.
      if (!result.etag && row.partCount > 1) {
        throw new AppError('storage-unreachable', 'the bucket does not expose ETag');
      }
      return note(number, { md5, etag: result.etag ?? '-' });
    }
    sent(0);
    if (result.kind === 'gone') throw new UploadGone('storage does not know the upload');
    if (attempt === mostTries) {
      throw new AppError('storage-unreachable', `part ${number}: ${result.kind}`);
    }
    if (result.kind === 'refused' || result.kind === 'damaged') {
      refusals += 1;
      // Not the clock and not the line: the same request would be refused for ever.
      if (refusals === mostRefusals) {
        const code = result.kind === 'damaged' ? 'upload-damaged' : 'storage-unreachable';
        throw new AppError(code, `part ${number} is ${result.kind}`);
      }
      request = (await sign(row, [{ number, md5 }], signal))[0]!;
    } else {
      await pause(Math.max(result.afterSeconds * 1000, pauseBefore(attempt)), signal);
    }
  }
}

/** Returns the SHA-256 of the file, hex. Throws UploadGone, AppError or AbortError. */
export async function sendParts(sending: Sending, context: JobContext): Promise<string> {
  const { row, file, hasher } = sending;
  // One lane that fails ends the others.
  const failed = new AbortController();
  const signal = AbortSignal.any([context.signal, failed.signal]);
  const bytes = new Map<number, number>();
  let most = 0;
  const report = () => {
    const sum = [...bytes.values()].reduce((all, one) => all + one, 0);
    most = Math.max(most, sum / file.size);
    context.progress({ fraction: most });
  };
  const count = (number: number, value: number) => {
    bytes.set(number, value);
    report();
  };
  const parts = new PreparedParts({
    partCount: row.partCount,
    hash: (number) => hasher.hashPart(partOf(file, row, number), { signal }),
    hasArrived(number, md5) {
      const arrived = row.arrived[number];
      if (!arrived) return false;
      if (arrived.md5 !== md5) throw new UploadGone('this is another file');
      count(number, partOf(file, row, number).size);
      return true;
    },
    sign: (wanted) => sign(row, wanted, signal),
  });
  async function lane(): Promise<void> {
    for (let part = await parts.take(); part; part = await parts.take()) {
      const { number } = part.signed;
      await sendPart(sending, part, signal, (value) => count(number, value));
    }
  }
  const running = Array.from({ length: Math.min(lanes, row.partCount) }, () =>
    lane().catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  const ended = await Promise.allSettled(running);
  context.signal.throwIfAborted();
  if (failed.signal.aborted) throw failed.signal.reason;
  if (ended.some(({ status }) => status === 'rejected')) throw new Error('a lane ended');
  return hasher.finishHash(null, { signal });
}
