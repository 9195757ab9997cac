/** Writes the edited video. The sound is rendered in a worker of this worker, so that two cores are used. */
import type { JobContext } from '../core/progress.ts';
import type { ExportRequest } from '../render/export-request.ts';
import { exportVideo, type RenderSound } from '../render/export-video.ts';
import { unpacked } from '../render/sound/packed.ts';
import type { ExportSoundApi } from './export-sound.worker.ts';
import { connect, serve } from './rpc.ts';

const soundBeside: RenderSound = async function* (job, report, { signal, progress }) {
  const worker = connect<ExportSoundApi>(
    () =>
      new Worker(new URL('./export-sound.worker.ts', import.meta.url), {
        type: 'module',
        name: 'export-sound',
      }),
    { idleMs: null },
  );
  try {
    await worker.call.start(job, { signal });
    for (;;) {
      const next = await worker.call.next(null, {
        signal,
        progress: ({ fraction }) => progress(fraction),
      });
      progress(next.fraction);
      Object.assign(report, next.report);
      if (!next.batch) return;
      yield { config: next.batch.config, packets: unpacked(next.batch.pack) };
    }
  } finally {
    worker.close();
  }
};

const methods = {
  exportVideo: (request: ExportRequest, context: JobContext) =>
    exportVideo(request, context, { sound: soundBeside }),
};

export type ExportApi = typeof methods;
serve(methods);
