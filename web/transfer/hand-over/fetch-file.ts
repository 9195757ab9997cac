/** One file of a hand-over: several chunks on their way at a time, written in order, each one checked. */
import { AppError } from '../../core/errors.ts';
import { transfer, type Connection as WorkerConnection } from '../../workers/rpc.ts';
import type { TransferApi } from '../../workers/transfer.worker.ts';
import { fromBase64 } from '../json.ts';
import { hex } from '../sha256.ts';
import type { Connection } from './connection.ts';
import { handOverChunk } from './protocol.ts';

/** Chunks asked for ahead. */
const ahead = 4;

interface Job {
  line: Connection;
  worker: WorkerConnection<TransferApi>;
  /** Its number in the offer. */
  file: number;
  /** Where it goes in OPFS; what is there already is kept. */
  path: string;
  size: number;
  /** May throw to stop. */
  onBytes: (bytes: number) => void;
}

/** Returns the hex sha256 of the whole, the same on both sides. Throws `cairn-damaged` when it is not. */
export async function fetchFile({ line, worker, file, path, size, onBytes }: Job): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    const from = await worker.call.openPart({ path, size, chunk: handOverChunk });
    try {
      onBytes(from);
      await chunks(line, file, from, size, async (data, at) => {
        const { length } = data;
        await worker.call.writePart(transfer({ at, data }, [data.buffer]));
        onBytes(length);
      });
      const [here, there] = await Promise.all([
        worker.call.hashPart(null),
        line.ask('hash', { file }),
      ]);
      if (here === there) return here;
    } finally {
      await worker.call.closePart(null);
    }
    // What was kept from before is not what it seemed: all of it once more.
    onBytes(-size);
    if (attempt > 0) throw new AppError('cairn-damaged', `${path} arrives changed`);
    await worker.call.dropPart(path);
  }
}

export async function fetchText(
  line: Connection,
  size: number,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  await chunks(line, 0, 0, size, (data) => {
    parts.push(data);
    onBytes(data.length);
    return Promise.resolve();
  });
  return new Blob(parts).text();
}

async function chunks(
  line: Connection,
  file: number,
  from: number,
  size: number,
  take: (data: Uint8Array<ArrayBuffer>, at: number) => Promise<void>,
): Promise<void> {
  const coming: Promise<Uint8Array<ArrayBuffer>>[] = [];
  let next = from;
  const ask = () => {
    if (next >= size) return;
    const chunk = readChunk(line, file, next, Math.min(handOverChunk, size - next));
    // Whoever waits for it hears of its failure; the others behind it fail for the same reason.
    chunk.catch(() => undefined);
    coming.push(chunk);
    next += handOverChunk;
  };
  for (let i = 0; i < ahead; i++) ask();
  for (let at = from; at < size; at += handOverChunk) {
    const data = await coming.shift()!;
    ask();
    await take(data, at);
  }
}

async function readChunk(
  line: Connection,
  file: number,
  at: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { base64, sha256 } = await line.ask('read', { file, at });
  const data = fromBase64(base64);
  const hash = hex(new Uint8Array(await crypto.subtle.digest('SHA-256', data)));
  if (data.length !== length || hash !== sha256)
    throw new AppError('hand-over-lost', 'a chunk arrived changed');
  return data;
}
