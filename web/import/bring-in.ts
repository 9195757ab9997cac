/** Carries out the plan for a file: keep its bytes, put its packets into a new container, or convert it. */
import { AppError } from '../core/errors.ts';
import { within, type JobContext } from '../core/progress.ts';
import type { ImportNotice } from '../core/recording.ts';
import type { ConversionPlan } from './ffmpeg/arguments.ts';
import type { Plan } from './plan.ts';
import type { Probe } from './probe.ts';
import { fileHandle, recordingFolder, removeWhenFree } from '../storage/opfs.ts';
import type { ConvertApi } from '../workers/convert.worker.ts';
import type { ImportApi } from '../workers/import.worker.ts';
import { connect, type Connection } from '../workers/rpc.ts';

export interface BroughtIn {
  /** OPFS path. */
  path: string;
  probe: Probe;
  notices: ImportNotice[];
}

interface Job {
  file: File;
  id: string;
  /** Of the original; null when mediabunny could not read it. */
  probe: Probe | null;
  plan: Plan;
  worker: Connection<ImportApi>;
  look: (file: File) => Promise<Probe | null>;
}

export async function bringIn(job: Job, context: JobContext): Promise<BroughtIn> {
  const { plan, probe } = job;
  if (plan.kind === 'keep' && probe) return keep(job, probe, context);
  if (plan.kind === 'remux' && probe) {
    const remuxed = await remux(job, probe, context);
    if (remuxed) return remuxed;
  }
  return convert(job, plan.kind === 'convert' ? plan.known : null, context);
}

async function keep(
  { file, id, worker }: Job,
  probe: Probe,
  context: JobContext,
): Promise<BroughtIn> {
  const path = mediaPath(id, ending(probe));
  const handle = await fileHandle(path, { create: true });
  await worker.call.copy({ file, handle }, { ...context, killAfterMs: 500 });
  return { path, probe, notices: probe.truncated ? ['truncated'] : [] };
}

/** Null when the result is not better than nothing: ffmpeg then has a try. */
async function remux(job: Job, probe: Probe, context: JobContext): Promise<BroughtIn | null> {
  const { file, id, worker, look } = job;
  const path = mediaPath(id, 'media');
  const handle = await fileHandle(path, { create: true });
  const { signal } = context;
  const options = { ...context, killAfterMs: 500 };
  // Each says whether it found that the file breaks off.
  const ways: (() => Promise<boolean>)[] = [
    async () => {
      const fromZero = probe.container === 'mpeg-ts';
      await worker.call.remux({ file, handle, fromZero, duration: probe.duration }, options);
      return false;
    },
  ];
  // Matroska only lacks an index: the fast way, which does not forgive damage in the middle.
  if (probe.container === 'matroska')
    ways.unshift(() => worker.call.reindex({ file, handle }, options));
  for (const way of ways) {
    try {
      const brokeOff = await way();
      const result = await look(await handle.getFile());
      if (result && complete(result, probe)) {
        const notices: ImportNotice[] = [];
        if (probe.truncated || brokeOff) notices.push('truncated');
        if (probe.durationMissing && probe.container !== 'mpeg-ts')
          notices.push('duration-repaired');
        return { path, probe: result, notices };
      }
      console.warn('the new container is not complete', result, probe);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AppError && error.code === 'disk-full') throw error;
      console.warn('the packets could not be copied', error);
    }
  }
  await removeWhenFree(path);
  return null;
}

async function convert(
  job: Job,
  known: ConversionPlan | null,
  context: JobContext,
): Promise<BroughtIn> {
  const { file, id, look, probe: before } = job;
  const path = mediaPath(id, 'media');
  const handle = await fileHandle(path, { create: true });
  for (let skip = 0; ; skip++) {
    // A new worker for each attempt: the wasm heap never shrinks and a failed run leaves it dirty.
    const worker = connect<ConvertApi>(
      () =>
        new Worker(new URL('../workers/convert.worker.ts', import.meta.url), {
          type: 'module',
          name: 'convert',
        }),
    );
    try {
      const result = await worker.call.convert(
        { file, output: handle, known, skip },
        { signal: context.signal, killAfterMs: 0, progress: within(context.progress, 0, 0.98) },
      );
      const probe = await look(await handle.getFile());
      const usable = probe && probe.duration > 0 && allDecode(probe);
      if (!usable) {
        if (result.plansLeft > 0) continue;
        throw new AppError('conversion-failed', 'the result does not decode');
      }
      const short =
        result.statedDuration !== null &&
        probe.duration < result.statedDuration - Math.max(0.2, result.statedDuration * 0.02);
      const notices: ImportNotice[] = [];
      if (
        !(result.plan.copyVideo || !probe.video) ||
        !(result.plan.copyAudio || !probe.audio.length)
      )
        notices.push('converted');
      if (result.cutOff || short || before?.truncated) notices.push('truncated');
      return { path, probe, notices };
    } catch (error) {
      context.signal.throwIfAborted();
      throw error instanceof AppError && error.code === 'worker-crashed'
        ? new AppError('conversion-out-of-memory', error.message, { cause: error })
        : error;
    } finally {
      worker.close();
    }
  }
}

const allDecode = ({ video, audio }: Probe) =>
  (!video || (video.decodes && video.seeks)) && audio.every((t) => t.decodes && t.seeks);

/** All that decoded before does so still, and no more than a frame or two is missing. */
const complete = (now: Probe, before: Probe) =>
  now.duration > 0 &&
  !!(now.video?.decodes && now.video.seeks) === !!before.video?.decodes &&
  now.audio.filter((t) => t.decodes).length >= before.audio.filter((t) => t.decodes).length &&
  (before.truncated || before.container === 'mpeg-ts' || now.duration > before.duration - 0.5);

const mediaPath = (id: string, name: string) => `${recordingFolder(id)}/${name}`;

const endings: Record<string, string> = {
  'video/mp4': 'mp4',
  'audio/mp4': 'm4a',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
  'audio/webm': 'webm',
  'video/x-matroska': 'mkv',
  'audio/wav': 'wav',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg',
  'audio/flac': 'flac',
};
const ending = (probe: Probe) => `media.${endings[probe.type] ?? 'bin'}`;
