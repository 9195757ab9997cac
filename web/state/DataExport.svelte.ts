/** Everything the edge keeps of a person or a workspace, fetched as zips and handed over. */
import { openEdgeFile } from '../api/files.ts';
import { exportAddress, readExportSummary, type ExportOf } from '../api/portability.ts';
import type { AppError } from '../core/errors.ts';
import { fileHandle, list, remove } from '../storage/opfs.ts';
import { Attempt } from './Attempt.svelte.ts';
import { saveAs } from './save-as.ts';

const folder = 'temp/edge-export';

export class DataExport {
  #of: ExportOf;
  #received = $state(0);
  #expected = $state(0);
  #attempt = new Attempt();
  #running: AbortController | null = null;

  constructor(of: ExportOf) {
    this.#of = of;
  }

  /** Bytes so far, of all zips. */
  get received(): number {
    return this.#received;
  }
  /** Bytes of the media, the larger part; 0 until known, or when there are none. */
  get expected(): number {
    return this.#expected;
  }
  get busy(): boolean {
    return this.#attempt.busy;
  }
  get error(): AppError | null {
    return this.#attempt.error;
  }

  /** `name` without its ending. True when all was handed over; false when it failed or was stopped. */
  async start(name: string): Promise<boolean> {
    const done = await this.#attempt.run(async () => {
      const { signal } = (this.#running = new AbortController());
      this.#received = this.#expected = 0;
      const { bytes, parts } = await readExportSummary(this.#of);
      this.#expected = bytes;
      // What an earlier export left was handed over long ago.
      for (const old of await list(folder)) await remove(`${folder}/${old}`);
      for (let part = 1; part <= parts; part += 1) {
        const file = await this.#fetch(part, signal);
        saveAs(file, parts === 1 ? `${name}.zip` : `${name}-${part}-of-${parts}.zip`);
      }
    });
    return done !== null;
  }

  stop(): void {
    this.#running?.abort();
  }

  /** Streamed to disk: an export may be larger than memory. */
  async #fetch(part: number, signal: AbortSignal): Promise<File> {
    const body = await openEdgeFile(exportAddress(this.#of, part), signal);
    const handle = await fileHandle(`${folder}/${crypto.randomUUID()}.zip`, { create: true });
    const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (chunk, controller) => {
        this.#received += chunk.byteLength;
        controller.enqueue(chunk);
      },
    });
    await body.pipeThrough(counted).pipeTo(await handle.createWritable(), { signal });
    return handle.getFile();
  }
}
