/** Looks through the picture of a recording once: activity, scene changes, idle stretches, thumbnails. */
import { ALL_FORMATS, BlobSource, Input, type InputVideoTrack } from 'mediabunny';
import type { SceneChange, ScreenEvidence } from '../../core/evidence.ts';
import type { Interaction } from '../../core/interaction.ts';
import type { JobContext } from '../../core/progress.ts';
import { ChangeDetector } from './change-detector.ts';
import { decodeTrack } from './decode.ts';
import { cellMeans, gridShape, sharpness } from './grid.ts';
import { PictureReader } from './picture.ts';
import { ThumbnailSheets, thumbnailInterval } from './thumbnails.ts';

export interface ScreenInput {
  file: File;
  /** OPFS folder for the thumbnails; what is in it is replaced. */
  folder: string;
  interactions: readonly Interaction[];
}

/** Seconds between analysed frames: fine enough to see a spinner turn and a menu settle. */
const interval = 0.075;
/** In recordings longer than an hour, every eighth of a second will do. */
const longInterval = 0.12;

/**
 * Works as a stream in memory that does not grow with the recording. A file without a picture, or
 * with one that cannot be decoded, gives empty evidence. Throws `disk-full` or `storage-lost` when the
 * thumbnails cannot be kept.
 */
export async function analyseScreen(
  { file, folder, interactions }: ScreenInput,
  { signal, progress }: JobContext,
): Promise<ScreenEvidence> {
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  try {
    const track = await input.getPrimaryVideoTrack();
    if (!track || !(await track.canDecode())) return nothing();
    const duration = await input.computeDuration();
    return await analyseTrack(track, duration, folder, interactions, { signal, progress });
  } finally {
    input.dispose();
  }
}

async function analyseTrack(
  track: InputVideoTrack,
  duration: number,
  folder: string,
  interactions: readonly Interaction[],
  { signal, progress }: JobContext,
): Promise<ScreenEvidence> {
  const rotation = await track.getRotation();
  const shape = gridShape(await track.getCodedWidth(), await track.getCodedHeight());
  const sheets = new ThumbnailSheets(
    folder,
    await track.getDisplayWidth(),
    await track.getDisplayHeight(),
    rotation,
  );
  const detector = new ChangeDetector(shape);
  const reader = new PictureReader();
  const cells = new Uint8Array(shape.columns * shape.rows);
  const times = new Growing(Float64Array);
  const activity = new Growing(Float32Array);
  const sharp = new Growing(Float32Array);
  const step = duration > 3600 ? longInterval : interval;
  const thumbnailStep = thumbnailInterval(duration);
  let nextFrame = 0;
  let nextThumbnail = 0;
  let reported = 0;

  await decodeTrack(track, {
    signal,
    wants(time) {
      // A frame from just before the due time is as good, and keeps 30 frames a second in step.
      if (time < 0 || time < nextFrame - 0.004) return false;
      nextFrame = time + step;
      return true;
    },
    async use(frame, time) {
      const picture = await reader.read(frame);
      cellMeans(picture, shape, cells);
      times.push(time);
      activity.push(detector.push(time, cells));
      sharp.push(sharpness(picture));
      if (time >= nextThumbnail) {
        await sheets.add(time, picture);
        nextThumbnail = Math.max(nextThumbnail + thumbnailStep, time + thumbnailStep / 2);
      }
    },
    onPacket(time) {
      const fraction = duration > 0 ? Math.min(1, Math.max(0, time / duration)) : 0;
      if (fraction - reported < 0.004) return;
      reported = fraction;
      progress({ fraction, doing: 'screen' });
    },
  });

  detector.finish(Math.max(duration, times.last ?? 0));
  const box = (change: SceneChange) => ({ ...change, box: turned(change.box, rotation) });
  return {
    times: times.take(),
    activity: activity.take(),
    sharpness: sharp.take(),
    changes: notBeforeCause(detector.changes.map(box), interactions),
    idle: detector.idle,
    thumbnails: await sheets.finish(),
  };
}

/**
 * An interaction is when the person acted, to the millisecond; the change that follows within a tenth
 * of a second begins no earlier. (A frame stamped early would put the effect before its cause.)
 */
function notBeforeCause(
  changes: SceneChange[],
  interactions: readonly Interaction[],
): SceneChange[] {
  let next = 0;
  return changes.map((change) => {
    while (next < interactions.length && interactions[next]!.time < change.time - 0.1) next++;
    const cause = interactions[next];
    const early = cause && cause.time > change.time && cause.time - change.time <= 0.1;
    return early && cause.time < change.settled ? { ...change, time: cause.time } : change;
  });
}

/** A box of the coded picture as it lies in the shown one, turned clockwise. */
export function turned(box: SceneChange['box'], rotation: number): SceneChange['box'] {
  const { x, y, width, height } = box;
  if (rotation === 90) return { x: 1 - y - height, y: x, width: height, height: width };
  if (rotation === 180) return { x: 1 - x - width, y: 1 - y - height, width, height };
  if (rotation === 270) return { x: y, y: 1 - x - width, width: height, height: width };
  return box;
}

const nothing = (): ScreenEvidence => ({
  times: new Float64Array(),
  activity: new Float32Array(),
  sharpness: new Float32Array(),
  changes: [],
  idle: [],
  thumbnails: null,
});

/** A typed array that grows by doubling. */
class Growing<A extends Float64Array | Float32Array> {
  readonly #make: new (length: number) => A;
  #values: A;
  #length = 0;

  constructor(make: new (length: number) => A) {
    this.#make = make;
    this.#values = new make(1024);
  }

  get last(): number | undefined {
    return this.#values[this.#length - 1];
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new this.#make(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  take(): A {
    return this.#values.slice(0, this.#length) as A;
  }
}
