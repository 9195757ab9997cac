/** The screen's frames with the camera in them, at the rhythm of both. */
import type { InputVideoTrack } from 'mediabunny';
import type { CameraChoice } from '../../core/project.ts';
import type { Range } from '../../core/time.ts';
import { lastAtOrBefore, type Segment } from '../../core/timeline.ts';
import { segmentFrames, type PlacedFrame } from '../segment-frames.ts';
import { Composer } from './composer.ts';

export interface CameraLayer {
  track: InputVideoTrack;
  choice: CameraChoice;
  /** Output seconds in which the bubble is seen; disjoint, sorted. */
  shown: readonly Range<number>[];
}

/**
 * Microseconds between two frames at least: where both streams have 30 frames a second at other moments,
 * the screen's count; where the screen stands still, the camera's all do.
 */
const leastApart = 20_000;

/** As `segmentFrames`: the receiver closes the frames, `check` throws when the work is to end. */
export async function* withCamera(
  screen: AsyncGenerator<PlacedFrame>,
  { track, choice, shown }: CameraLayer,
  segments: readonly Segment[],
  check: () => void,
): AsyncGenerator<PlacedFrame> {
  const camera = new CameraFrames(segmentFrames(track, segments, check), check);
  const composer = new Composer(choice);
  const edges = shown.flatMap(({ start, end }) => [Math.round(start * 1e6), Math.round(end * 1e6)]);
  try {
    for await (const { frame, at, duration, isFirst } of screen) {
      try {
        const end = at + duration;
        for (let now = at; now < end;) {
          const edge = lastAtOrBefore(edges, (e) => e, now);
          let next = Math.min(end, edges[edge + 1] ?? end);
          // Between an odd and an even edge there is no bubble.
          const face = edge % 2 === 0 ? await camera.at(now) : null;
          if (face) {
            const change = Math.max(camera.next ?? end, now + leastApart);
            if (change < next && change <= end - leastApart) next = change;
          }
          const made = face ? await composer.compose(frame, face) : frame.clone();
          const first = isFirst && now === at;
          yield { frame: made, at: now, duration: next - now, isFirst: first };
          now = next;
        }
      } finally {
        frame.close();
      }
    }
  } finally {
    await camera.close();
  }
}

/** The camera's frame of any output time, asked for forwards. After a failure there are none. */
class CameraFrames {
  readonly #frames: AsyncGenerator<PlacedFrame>;
  readonly #check: () => void;
  #current: PlacedFrame | null = null;
  #next: PlacedFrame | null = null;
  #ended = false;

  constructor(frames: AsyncGenerator<PlacedFrame>, check: () => void) {
    this.#frames = frames;
    this.#check = check;
  }

  /** When the frame after the one given last begins, microseconds; null when it is the last. */
  get next(): number | null {
    return this.#next?.at ?? null;
  }

  /** Its owner closes it. Before the first frame it is that one. */
  async at(time: number): Promise<VideoFrame | null> {
    for (;;) {
      if (!this.#next && !this.#ended) this.#next = await this.#pull();
      if (!this.#next || (this.#current && this.#next.at > time)) break;
      this.#current?.frame.close();
      this.#current = this.#next;
      this.#next = null;
    }
    return this.#current?.frame ?? null;
  }

  async #pull(): Promise<PlacedFrame | null> {
    try {
      const { value } = await this.#frames.next();
      this.#ended = !value;
      return value ?? null;
    } catch (error) {
      this.#check();
      console.warn('the camera cannot be read any further', error);
      this.#ended = true;
      this.#current?.frame.close();
      this.#current = null;
      return null;
    }
  }

  async close(): Promise<void> {
    this.#current?.frame.close();
    this.#next?.frame.close();
    await this.#frames.return(undefined);
  }
}
