/** Still pictures of a recording at modest size, decoded one at a time and kept for a while. */
import { ALL_FORMATS, BlobSource, CanvasSink, Input, type InputVideoTrack } from 'mediabunny';
import { mainFile, type Recording } from '../core/recording.ts';
import type { SourceTime } from '../core/time.ts';
import { readFile } from '../storage/opfs.ts';

const kept = 160;

export class FrameImages {
  readonly #recording: Recording;
  #track: Promise<InputVideoTrack | null> | null = null;
  #input: Input | null = null;
  #sinks = new Map<number, CanvasSink>();
  /** By width and millisecond, the least recently used first. */
  #images = new Map<string, Promise<string | null>>();
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  /** Address of the frame shown at `time`, at most `width` pixels wide; null where there is no picture. */
  url(time: SourceTime, width: number): Promise<string | null> {
    const key = `${width}:${Math.round(time * 1000)}`;
    const known = this.#images.get(key);
    if (known) {
      this.#images.delete(key);
      this.#images.set(key, known);
      return known;
    }
    // One decoder at a time: the player needs the rest of the machine.
    const image = this.#last.then(() => this.#decode(time, width));
    this.#last = image.catch(() => null);
    this.#images.set(key, image);
    image.catch(() => this.#images.delete(key));
    if (this.#images.size > kept) this.#dropOldest();
    return image;
  }

  close(): void {
    this.#closed = true;
    while (this.#images.size) this.#dropOldest();
    this.#input?.dispose();
  }

  async #decode(time: SourceTime, width: number): Promise<string | null> {
    if (this.#closed) return null;
    const track = await (this.#track ??= this.#open());
    if (!track) return null;
    const full = mainFile(this.#recording).video?.width ?? width;
    const size = Math.min(width, full);
    const sink = this.#sinks.get(size) ?? new CanvasSink(track, { width: size, poolSize: 1 });
    this.#sinks.set(size, sink);
    const first = await track.getFirstTimestamp();
    const frame = await sink.getCanvas(Math.max(time, first));
    if (!frame) return null;
    const blob = await toBlob(frame.canvas);
    return this.#closed ? null : URL.createObjectURL(blob);
  }

  async #open(): Promise<InputVideoTrack | null> {
    const source = new BlobSource(await readFile(mainFile(this.#recording).path));
    this.#input = new Input({ source, formats: ALL_FORMATS });
    return this.#input.getPrimaryVideoTrack();
  }

  #dropOldest(): void {
    const [oldest] = this.#images;
    if (!oldest) return;
    this.#images.delete(oldest[0]);
    void oldest[1].then((url) => url && URL.revokeObjectURL(url)).catch(() => undefined); // told to who asked
  }
}

function toBlob(canvas: HTMLCanvasElement | OffscreenCanvas): Promise<Blob> {
  if (canvas instanceof OffscreenCanvas)
    return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });
  return new Promise((resolve, reject) =>
    canvas.toBlob((b) => (b ? resolve(b) : reject(new Error('no picture'))), 'image/jpeg', 0.85),
  );
}
