/**
 * Renders the sound of an export while the export worker writes the picture, and a third one decodes.
 */
import type { Segment } from '../core/timeline.ts';
import {
  renderSound,
  type RenderedSound,
  type SoundJob,
  type SoundReport,
} from '../render/sound/render-sound.ts';
import type { JobContext } from '../core/progress.ts';
import {
  openEditedSound,
  type EditedSound,
  type SoundTracks,
} from '../render/sound/edited-sound.ts';
import { portionCount, type Part } from '../render/sound/lanes.ts';
import { packed } from '../render/sound/packed.ts';
import type { DecodeSoundApi } from './decode-sound.worker.ts';
import { connect, serve, transfer } from './rpc.ts';

interface Stream {
  batches: AsyncGenerator<RenderedSound>;
  report: Partial<SoundReport>;
  progress: { fraction: number };
}
let stream: Stream | null = null;

/**
 * Some 20 minutes of sound, after which the decoding worker is started afresh: as long as a thread is
 * busy the engine makes its heap larger and larger and gives none of it back.
 */
const portionsPerWorker = 40;

async function decodedBeside(tracks: SoundTracks): Promise<EditedSound> {
  const { call, close } = connect<DecodeSoundApi>(
    () =>
      new Worker(new URL('./decode-sound.worker.ts', import.meta.url), {
        type: 'module',
        name: 'decode-sound',
      }),
    { idleMs: null },
  );
  let portionsDone = 0;

  async function* part(segments: readonly Segment[], part: Part, signal?: AbortSignal) {
    await call.start({ segments, part }, { signal });
    for (;;) {
      const blocks = await call.next(null, { signal });
      if (blocks.length === 0) return;
      yield* blocks;
    }
  }

  return {
    channels: await call.open(tracks),
    async *blocks(segments, signal) {
      const all = portionCount(segments);
      for (let first = 0; first < all;) {
        if (portionsDone >= portionsPerWorker) {
          close();
          await call.open(tracks, { signal });
          portionsDone = 0;
        }
        const count = Math.min(all - first, portionsPerWorker - portionsDone);
        yield* part(segments, { first, count }, signal);
        first += count;
        portionsDone += count;
      }
    },
    close: async () => close(),
  };
}

/** The cleaned sound lies on disk as samples: nothing to decode. */
const isPlain = ({ tracks, cleanSound }: SoundTracks) => cleanSound !== null && tracks.length === 1;

const methods = {
  async start(job: SoundJob): Promise<void> {
    const report: Partial<SoundReport> = {};
    const progress = { fraction: 0 };
    const batches = renderSound(job, report, {
      progress: (fraction) => (progress.fraction = fraction),
      open: (tracks) => (isPlain(tracks) ? openEditedSound(tracks) : decodedBeside(tracks)),
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
      const pack = packed(packets);
      return transfer({ batch: config && { config, pack }, report: stream.report, fraction }, [
        pack.data.buffer,
      ]);
    } finally {
      clearInterval(ticking);
    }
  },
};

export type ExportSoundApi = typeof methods;
serve(methods);
