/** The strip's small pictures, cut out of their sheets as they are needed. */
import type { ScreenEvidence } from '../core/evidence.ts';
import { lastAtOrBefore } from '../core/timeline.ts';
import { readFile } from '../storage/opfs.ts';

type Sheets = NonNullable<ScreenEvidence['thumbnails']>;

/** Pictures kept. Whole sheets of a recording of three hours would take hundreds of megabytes. */
const kept = 500;

export class Thumbnails {
  readonly sheets: Sheets;
  readonly #times: readonly number[];
  /** By number of the picture, the least recently used first. */
  readonly #images = new Map<number, ImageBitmap>();
  /** Pictures asked for, by sheet. */
  readonly #wanted = new Map<number, Set<number>>();
  readonly #lost = new Set<number>();
  #working = false;
  #closed = false;
  /** Raised when pictures have come in. */
  #version = $state(0);

  constructor(sheets: Sheets) {
    this.sheets = sheets;
    this.#times = Array.from(sheets.times);
  }

  /** The latest picture at or before a moment; null while it is on its way. */
  at(time: number): ImageBitmap | null {
    if (this.#version < 0 || this.#times.length === 0) return null;
    const index = Math.max(
      0,
      lastAtOrBefore(this.#times, (t) => t, time),
    );
    const image = this.#images.get(index);
    if (!image) {
      this.#ask(index);
      return null;
    }
    this.#images.delete(index);
    this.#images.set(index, image);
    return image;
  }

  close(): void {
    this.#closed = true;
    this.#wanted.clear();
    for (const image of this.#images.values()) image.close();
    this.#images.clear();
  }

  #ask(index: number): void {
    const sheet = Math.floor(index / (this.sheets.columns * this.sheets.rows));
    if (this.#lost.has(sheet) || this.#closed) return;
    const wanted = this.#wanted.get(sheet) ?? new Set();
    this.#wanted.set(sheet, wanted.add(index));
    if (this.#working) return;
    this.#working = true;
    // After the strip has asked for all it draws.
    queueMicrotask(() => void this.#work().finally(() => (this.#working = false)));
  }

  /** One sheet after the other, so that only one is in memory. */
  async #work(): Promise<void> {
    for (let next = this.#wanted.keys().next(); !next.done; next = this.#wanted.keys().next()) {
      const sheet = next.value;
      try {
        await this.#cutOut(sheet);
      } catch (error) {
        // The strip works without pictures.
        console.warn(error);
        this.#lost.add(sheet);
      }
      this.#wanted.delete(sheet);
      if (this.#closed) return;
      this.#version++;
    }
  }

  async #cutOut(sheet: number): Promise<void> {
    const { paths, columns, rows, width, height } = this.sheets;
    const path = paths[sheet];
    if (!path) throw new Error(`no sheet ${sheet}`);
    const whole = await createImageBitmap(await readFile(path));
    try {
      for (const index of this.#wanted.get(sheet) ?? []) {
        const cell = index % (columns * rows);
        const [x, y] = [(cell % columns) * width, Math.floor(cell / columns) * height];
        const image = await createImageBitmap(whole, x, y, width, height);
        if (this.#closed) return image.close();
        this.#images.set(index, image);
        this.#dropOldest();
      }
    } finally {
      whole.close();
    }
  }

  #dropOldest(): void {
    if (this.#images.size <= kept) return;
    const [oldest] = this.#images;
    oldest?.[1].close();
    if (oldest) this.#images.delete(oldest[0]);
  }
}
