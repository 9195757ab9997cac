/** The camera's frames on a canvas of their own, in step with the screen's. Where it fails there is none. */
import type { VideoSample } from 'mediabunny';
import type { TimeMap } from '../../core/timeline.ts';
import { openCamera } from './media.ts';
import { PictureStream } from './picture-stream.ts';
import { Poster } from './poster.ts';

type Opened = NonNullable<Awaited<ReturnType<typeof openCamera>>>;

export class CameraPicture {
  readonly #media: Opened;
  readonly #poster: Poster;
  readonly #onfail: () => void;
  #canvas: HTMLCanvasElement | null = null;
  #stream: PictureStream | null = null;
  #closed = false;

  /** Null where the file cannot be shown. `onfail`: it cannot be shown any more. */
  static async open(path: string, onfail: () => void): Promise<CameraPicture | null> {
    const media = await openCamera(path);
    return media && new CameraPicture(media, onfail);
  }

  private constructor(media: Opened, onfail: () => void) {
    this.#media = media;
    this.#onfail = onfail;
    this.#poster = new Poster(media.video, (sample) => this.#draw(sample));
  }

  /** Without a canvas nothing is decoded. */
  attach(canvas: HTMLCanvasElement | null): void {
    this.#canvas = canvas;
    if (!canvas) this.stop();
  }

  /** The frame at a moment of the recording, while nothing plays. */
  show(time: number): void {
    if (this.#canvas) this.#poster.show(time).catch((error) => this.#fail(error));
  }

  /** Resolves when the first frame is there, or there is none; never rejects. */
  start(map: TimeMap, from: number, now: () => number): Promise<void> {
    this.stop();
    if (!this.#canvas) return Promise.resolve();
    this.#stream = new PictureStream(this.#media.video, map, from, now);
    return this.#stream.ready.catch((error: unknown) => this.#fail(error));
  }

  /** Draws the frame of an output time, when it is a new one. */
  tick(now: number): void {
    const sample = this.#stream?.take(now);
    if (sample) this.#draw(sample);
    sample?.close();
  }

  stop(): void {
    this.#poster.cancel();
    this.#stream?.close();
    this.#stream = null;
  }

  close(): void {
    this.#closed = true;
    this.#canvas = null;
    this.stop();
    this.#media.close();
  }

  /** As much of the middle as the canvas has room for. */
  #draw(sample: VideoSample): void {
    const context = this.#canvas?.getContext('2d', { alpha: false });
    if (!context) return;
    const { width, height } = context.canvas;
    const scale = Math.max(width / sample.displayWidth, height / sample.displayHeight);
    const [w, h] = [sample.displayWidth * scale, sample.displayHeight * scale];
    sample.draw(context, (width - w) / 2, (height - h) / 2, w, h);
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    console.warn('the camera cannot be shown', error);
    this.stop();
    this.#onfail();
  }
}
