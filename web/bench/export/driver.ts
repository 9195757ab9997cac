/** The page's side of the export benches: brings a file into the browser, exports it, hands the result back. */
import type { ExportReport, ExportRequest } from '../../render/export-request.ts';
import { connect } from '../../workers/rpc.ts';
import type { SoundApi } from '../../workers/sound.worker.ts';
import type { ExportApi } from '../../workers/export.worker.ts';
import { fileHandle, readFile, remove } from '../../storage/opfs.ts';

export async function bring(url: string, path: string): Promise<void> {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`${url}: ${response.status}`);
  const stream = await (await fileHandle(path, { create: true })).createWritable();
  await response.body.pipeTo(stream);
}

export async function handBack(path: string, url: string): Promise<void> {
  const response = await fetch(url, { method: 'POST', body: await readFile(path) });
  if (!response.ok) throw new Error(await response.text());
}

export const drop = (path: string): Promise<void> => remove(path);

export interface HeardSound {
  /** LUFS, of what was recorded and of what is left of it. */
  loudness: number | null;
  cleanLoudness: number | null;
}

/** The sound stage of the product's analysis. */
export async function listen(path: string, cleanPath: string): Promise<HeardSound> {
  const worker = connect<SoundApi>(
    () => new Worker(new URL('../../workers/sound.worker.ts', import.meta.url), { type: 'module' }),
  );
  try {
    const file = await readFile(path);
    const heard = await worker.call.analyseSound({ file, trackIndex: 0, cleanPath });
    return { loudness: heard.loudness, cleanLoudness: heard.cleanLoudness };
  } finally {
    worker.close();
  }
}

type Job = Omit<ExportRequest, 'source' | 'cleanSound' | 'outputPath'> & {
  path: string;
  outputPath: string;
  /** Path of the sound that analysis cleaned, null for the recording's own. */
  cleanSound?: string | null;
};

/** Exports in the product's own worker. `seconds` is what a person waits. */
export async function exportInWorker(job: Job): Promise<{ report: ExportReport; seconds: number }> {
  const worker = connect<ExportApi>(
    () =>
      new Worker(new URL('../../workers/export.worker.ts', import.meta.url), { type: 'module' }),
  );
  try {
    const startedAt = performance.now();
    const { path, cleanSound = null, ...rest } = job;
    const report = await worker.call.exportVideo({
      ...rest,
      source: path,
      cleanSound,
    });
    return { report, seconds: (performance.now() - startedAt) / 1000 };
  } finally {
    worker.close();
  }
}
