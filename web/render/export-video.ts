/**
 * The edited recording as a file. Packets of the picture are copied wherever they can be, the sound
 * is rendered beside it, both are written in order of time; then the file is read back and checked.
 */
import { ALL_FORMATS, Input, type InputVideoTrack } from 'mediabunny';
import { AppError } from '../core/errors.ts';
import type { JobContext } from '../core/progress.ts';
import { sourceTime } from '../core/time.ts';
import { TimeMap } from '../core/timeline.ts';
import { remove } from '../storage/opfs.ts';
import { openCamera } from './compose/open-camera.ts';
import type { CameraLayer } from './compose/with-camera.ts';
import type { ExportReport, ExportRequest } from './export-request.ts';
import { checkQuota, type OpenFile } from './file-writer.ts';
import { openMedia, sizeOfMedia } from './media-file.ts';
import { pictureOf, type Picture } from './picture.ts';
import {
  renderSound,
  type RenderedSound,
  type SoundJob,
  type SoundReport,
} from './sound/render-sound.ts';
import { validateExport } from './validate.ts';
import { writeFile, type WrittenFile } from './write-file.ts';

export type RenderSound = (
  job: SoundJob,
  report: Partial<SoundReport>,
  context: { signal: AbortSignal; progress: (fraction: number) => void },
) => AsyncGenerator<RenderedSound>;

export interface ExportEnvironment {
  /** Renders the sound, best in a worker of its own. */
  sound?: RenderSound;
  openFile?: OpenFile;
}

/** Results shorter than this are nothing. */
const shortest = 0.05;
const seconds = (from: number): number => (performance.now() - from) / 1000;

/**
 * Throws `export-empty` when all is cut away, `no-media-track`, `encode-unsupported`, `disk-full`
 * and `export-invalid`. On failure and cancel nothing is left at `outputPath`.
 */
export async function exportVideo(
  request: ExportRequest,
  context: JobContext,
  environment: ExportEnvironment = {},
): Promise<ExportReport> {
  const startedAt = performance.now();
  const map = new TimeMap(sourceTime(request.duration), request.cuts);
  if (map.duration < shortest) throw new AppError('export-empty');
  const input = new Input({ source: await openMedia(request.source), formats: ALL_FORMATS });
  let camera: Awaited<ReturnType<typeof openCamera>> = null;
  try {
    const track = await usableVideoTrack(input);
    if (track && request.camera) camera = await openCamera(request.camera, map);
    const hasSound = (await input.getAudioTracks()).length > request.voiceTrack;
    if (!track && !hasSound) throw new AppError('no-media-track');
    await checkQuota(await estimateSize(request, map));

    const progress = forward(context.progress);

    let refusal: string | null = request.reencode ? 'asked for' : null;
    let loudness = request.loudness;
    for (;;) {
      const planAt = performance.now();
      const picture = track
        ? await pictureOf(
            track,
            camera?.layer ?? null,
            map.segments,
            request,
            refusal,
            context.signal,
          )
        : null;
      const plan = seconds(planAt);
      const attempt = await tryOnce({
        request: { ...request, loudness },
        context: { ...context, progress },
        environment,
        map,
        track,
        camera: camera?.layer ?? null,
        picture,
        hasSound,
      });
      if ('report' in attempt) {
        const { report } = attempt;
        return { ...report, timings: { ...report.timings, plan, total: seconds(startedAt) } };
      }
      await remove(request.outputPath);
      if (attempt.again === 'listen') loudness = null;
      else refusal = attempt.reason;
    }
  } catch (error) {
    await remove(request.outputPath);
    throw error;
  } finally {
    input.dispose();
    camera?.close();
  }
}

/** Never back, as when a second attempt begins, and not for every packet. */
function forward(tell: JobContext['progress']): JobContext['progress'] {
  let told = 0;
  return (progress) => {
    if (progress.fraction < told + leastProgress && progress.fraction < 1) return;
    told = progress.fraction;
    tell(progress);
  };
}

/** Share of the whole that is worth telling. */
const leastProgress = 0.002;

interface Attempt {
  request: ExportRequest;
  context: JobContext;
  environment: ExportEnvironment;
  map: TimeMap;
  track: InputVideoTrack | null;
  camera: CameraLayer | null;
  picture: Picture | null;
  hasSound: boolean;
}

type Outcome =
  | { report: ExportReport }
  /** The picture has to be encoded as a whole. */
  | { again: 'encode'; reason: string }
  /** The loudness that analysis found misled: the sound has to be listened to. */
  | { again: 'listen' };

/** Shares of the progress bar. */
const writing = 0.93;

/** LU off the target up to which a result found by excerpts is kept. */
const loudnessSlack = 0.5;

/** One way of writing the file. */
async function tryOnce({
  request,
  context,
  environment,
  map,
  track,
  camera,
  picture,
  hasSound,
}: Attempt): Promise<Outcome> {
  const { signal, progress } = context;
  const sound: Partial<SoundReport> | null = hasSound ? {} : null;
  const writeAt = performance.now();
  let written: WrittenFile;
  try {
    written = await writeFile({
      path: request.outputPath,
      format: request.format,
      duration: map.duration,
      picture,
      joints: map.segments.map((segment) => segment.output.start),
      sound:
        sound &&
        ((onProgress) =>
          (environment.sound ?? renderSound)(soundJob(request, map), sound, {
            signal,
            progress: onProgress,
          })),
      openFile: environment.openFile,
      signal,
      progress: (fraction) =>
        progress({
          fraction: fraction * writing,
          doing: picture?.method === 're-encoded' ? 'encode' : 'picture',
        }),
    });
  } catch (error) {
    const reason = picture?.refusedBy(error);
    if (reason) return { again: 'encode', reason };
    throw error;
  }
  const write = seconds(writeAt);

  const validateAt = performance.now();
  const validation = await validateExport({
    map,
    track,
    camera,
    request,
    hasSound,
    decoded: written.decoded,
    signal,
    progress: (fraction) =>
      progress({ fraction: writing + fraction * (1 - writing), doing: 'check' }),
  });
  if (validation.problems.length > 0) {
    const problems = validation.problems.join('; ');
    if (picture?.method === 'copied')
      return { again: 'encode', reason: `the copied file was not sound: ${problems}` };
    throw new AppError('export-invalid', problems);
  }
  if (
    sound?.isExcerpt &&
    sound.aim != null &&
    Math.abs((sound.loudness ?? sound.aim) - sound.aim) > loudnessSlack
  )
    return { again: 'listen' };
  progress({ fraction: 1, doing: 'check' });
  return {
    report: {
      path: request.outputPath,
      size: await sizeOfMedia(request.outputPath),
      type: written.type,
      duration: map.duration,
      method: picture?.method ?? 'sound-only',
      reason: picture?.reason ?? null,
      copiedFrames: picture?.counts.copied ?? 0,
      encodedFrames: picture?.counts.encoded ?? 0,
      encodedRanges: picture?.counts.encodedRanges ?? [],
      joints: map.segments.slice(1).map((segment) => segment.output.start),
      sound,
      validation,
      timings: { plan: 0, write, validate: seconds(validateAt), total: 0 },
    },
  };
}

const soundJob = (request: ExportRequest, map: TimeMap): SoundJob => ({
  recording: request.source,
  tracks: [request.voiceTrack, ...(request.otherTracks ?? [])],
  levels: [
    request.levels?.voice ?? 1,
    ...(request.otherTracks ?? []).map(() => request.levels?.others ?? 1),
  ],
  cleanSound: request.cleanSound,
  segments: map.segments,
  normalise: request.normalise,
  loudness: request.loudness ?? null,
  codec: request.format === 'mp4' ? 'aac' : 'opus',
});

/** Cover pictures of sound files come as a video track of one frame: not a picture to export. */
async function usableVideoTrack(input: Input): Promise<InputVideoTrack | null> {
  const track = await input.getPrimaryVideoTrack();
  if (!track) return null;
  const { packetCount } = await track.computePacketStats(2);
  return packetCount > 0 ? track : null;
}

/** Generous: the source's share of what is kept, and the sound anew. */
async function estimateSize(request: ExportRequest, map: TimeMap): Promise<number> {
  const share = map.duration / Math.max(map.duration, request.duration);
  return Math.round(
    (await sizeOfMedia(request.source)) * share * 1.3 + map.duration * 25_000 + 2 ** 21,
  );
}
