/** Where the sound of a written file stands against its place in the source. */
import { ALL_FORMATS, Input, type InputAudioTrack } from 'mediabunny';
import { settleAll } from '../core/settle-all.ts';
import type { Segment, TimeMap } from '../core/timeline.ts';
import type { ExportRequest } from './export-request.ts';
import { openMedia } from './media-file.ts';
import { asMono } from './sound/mixed.ts';
import { TrackReader } from './sound/pcm.ts';
import { resampled } from './sound/resampled.ts';

/**
 * Compared: so many seconds near the start of a stretch, behind the crossfade, at this rate and
 * within so far of each other. Where it begins with a pause, a little later.
 */
const window = 0.3;
const behindFade = 0.02;
const windowsTried = 5;
const rate = 8000;
const furthest = 0.06;
/** Below this level there is nothing to compare; below this likeness it is not the same sound. */
const quietest = 0.005;
const leastLikeness = 0.7;
/** Voices repeat themselves: the sound is elsewhere only where it is plainly more like it than here. */
const here = 0.005;
const plainly = 0.4;
/** Stretches compared at most, spread evenly. */
const mostStretches = 120;
/** Compared at the same time: a seek is mostly waiting. */
const lanes = 3;

/** The largest offset found, seconds; null when all was silent or too short. */
export async function soundOffset(
  written: InputAudioTrack,
  request: ExportRequest,
  map: TimeMap,
  signal: AbortSignal,
  progress: (fraction: number) => void = () => undefined,
): Promise<number | null> {
  // With several tracks mixed the sum is like no single one of them.
  if (request.otherTracks?.length) return null;
  const input = new Input({
    source: await openMedia(request.cleanSound ?? request.source),
    formats: ALL_FORMATS,
  });
  try {
    const tracks = await input.getAudioTracks();
    const original = tracks[request.cleanSound ? 0 : request.voiceTrack];
    if (!original) return null;
    const step = Math.max(1, Math.ceil(map.segments.length / mostStretches));
    const compared = map.segments.filter((_, i) => i % step === 0);
    let largest: number | null = null;
    let done = 0;
    const lane = async (first: number) => {
      const [before, after] = [await sampled(original), await sampled(written)];
      for (let i = first; i < compared.length; i += lanes) {
        signal.throwIfAborted();
        const lag = await lagOf(before, after, compared[i]!);
        if (lag !== null) largest = Math.max(largest ?? 0, Math.abs(lag));
        progress(++done / compared.length);
      }
      await Promise.all([before.close(), after.close()]);
    };
    await settleAll(Array.from({ length: lanes }, (_, first) => lane(first)));
    return largest;
  } finally {
    input.dispose();
  }
}

type Mono = ReturnType<typeof asMono>;

const sampled = async (track: InputAudioTrack): Promise<Mono> =>
  asMono(resampled(await TrackReader.open(track, { isSampling: true })));

async function lagOf(
  before: Mono,
  after: Mono,
  { source, output }: Segment,
): Promise<number | null> {
  const read = async (from: Mono, start: number, seconds: number): Promise<Float32Array> => {
    const at = Math.round(start * from.sampleRate);
    const [plane] = await from.read(at, at + Math.round(seconds * from.sampleRate));
    return decimated(plane!, Math.round(from.sampleRate / rate));
  };
  for (let i = 0; i < windowsTried; i++) {
    const offset = behindFade + i * window;
    const length = Math.min(window, output.end - output.start - offset - behindFade);
    if (length < window / 2) return null;
    const [shown, there] = await Promise.all([
      read(after, output.start + offset, length),
      read(before, source.start + offset - furthest, length + 2 * furthest),
    ]);
    if (rms(shown) < quietest) continue;
    return lagBetween(shown, there);
  }
  return null;
}

/** Seconds by which `shown` lies later in `there` than it should; null when it is not the same sound. */
function lagBetween(shown: Float32Array, there: Float32Array): number | null {
  const middle = Math.round(furthest * rate);
  const power = energy(shown, 0, shown.length);
  let near = { lag: 0, likeness: -1 };
  let best = near;
  let powerThere = energy(there, 0, shown.length);
  for (let lag = 0; lag + shown.length <= there.length; lag++) {
    // Normalised: 1 for the same, whatever the gain.
    const likeness = product(shown, there, lag) / (Math.sqrt(power * Math.max(0, powerThere)) || 1);
    if (likeness > best.likeness) best = { lag, likeness };
    if (Math.abs(lag - middle) <= here * rate && likeness > near.likeness) near = { lag, likeness };
    powerThere += (there[lag + shown.length] ?? 0) ** 2 - there[lag]! ** 2;
  }
  const found = best.likeness > near.likeness + plainly ? best : near;
  return found.likeness < leastLikeness ? null : (found.lag - middle) / rate;
}

const energy = (plane: Float32Array, from: number, to: number): number =>
  product(plane.subarray(from, to), plane, from);

const rms = (plane: Float32Array): number =>
  Math.sqrt(energy(plane, 0, plane.length) / Math.max(1, plane.length));

/** Means of so many samples each: enough of a filter to compare by. */
function decimated(plane: Float32Array, factor: number): Float32Array {
  const result = new Float32Array(Math.floor(plane.length / factor));
  for (let i = 0; i < result.length; i++) {
    let sum = 0;
    for (let k = 0; k < factor; k++) sum += plane[i * factor + k]!;
    result[i] = sum / factor;
  }
  return result;
}

/** Of `a` and as much of `b` from `lag` on. */
function product(a: Float32Array, b: Float32Array, lag: number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i + lag]!;
  return sum;
}
