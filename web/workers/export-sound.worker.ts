/** Renders the sound of an export while the export worker writes the picture. */
import {
  renderSound,
  type RenderedSound,
  type SoundJob,
  type SoundReport,
} from '../render/sound/render-sound.ts';
import type { JobContext } from '../core/progress.ts';
import { serve } from './rpc.ts';

interface Stream {
  batches: AsyncGenerator<RenderedSound>;
  report: Partial<SoundReport>;
  progress: { fraction: number };
}
let stream: Stream | null = null;

const methods = {
  async start(job: SoundJob): Promise<void> {
    const report: Partial<SoundReport> = {};
    const progress = { fraction: 0 };
    const batches = renderSound(job, report, {
      progress: (fraction) => (progress.fraction = fraction),
    });
    stream = { batches, report, progress };
  },

  /** About five seconds of packets; null and the report at the end. */
  async next(_: null, { signal, progress }: JobContext) {
    if (!stream) throw new Error('no sound was started');
    const ticking = setInterval(() => progress(stream!.progress), 200);
    try {
      const packets: RenderedSound['packets'] = [];
      let config: AudioDecoderConfig | null = null;
      while (packets.length < 200) {
        signal.throwIfAborted();
        const { value, done } = await stream.batches.next();
        if (done || !value) break;
        config = value.config;
        packets.push(...value.packets);
      }
      const { fraction } = stream.progress;
      return { batch: config && { config, packets }, report: stream.report, fraction };
    } finally {
      clearInterval(ticking);
    }
  },
};

export type ExportSoundApi = typeof methods;
serve(methods);
