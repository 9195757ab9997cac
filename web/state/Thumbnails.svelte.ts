/** The strip's small pictures, sheet by sheet as they are needed. */
import { SvelteMap } from 'svelte/reactivity';
import type { ScreenEvidence } from '../core/evidence.ts';
import { lastAtOrBefore } from '../core/timeline.ts';
import { readFile } from '../storage/opfs.ts';

type Sheets = NonNullable<ScreenEvidence['thumbnails']>;

export interface Thumbnail {
  image: ImageBitmap;
  x: number;
  y: number;
  width: number;
  height: number;
}

export class Thumbnails {
  readonly sheets: Sheets;
  readonly #times: readonly number[];
  readonly #images = new SvelteMap<number, ImageBitmap>();
  readonly #asked = new Set<number>();
  #closed = false;

  constructor(sheets: Sheets) {
    this.sheets = sheets;
    this.#times = Array.from(sheets.times);
  }

  /** The latest picture at or before a moment; null while its sheet is on its way. */
  at(time: number): Thumbnail | null {
    const { columns, rows, width, height } = this.sheets;
    const index = Math.max(
      0,
      lastAtOrBefore(this.#times, (t) => t, time),
    );
    const sheet = Math.floor(index / (columns * rows));
    const cell = index % (columns * rows);
    const image = this.#images.get(sheet);
    if (!image) {
      void this.#load(sheet);
      return null;
    }
    return {
      image,
      width,
      height,
      x: (cell % columns) * width,
      y: Math.floor(cell / columns) * height,
    };
  }

  close(): void {
    this.#closed = true;
    for (const image of this.#images.values()) image.close();
  }

  async #load(sheet: number): Promise<void> {
    const path = this.sheets.paths[sheet];
    if (!path || this.#asked.has(sheet)) return;
    this.#asked.add(sheet);
    try {
      const image = await createImageBitmap(await readFile(path));
      if (this.#closed) image.close();
      else this.#images.set(sheet, image);
    } catch (error) {
      // The strip works without pictures.
      console.warn(error);
    }
  }
}
