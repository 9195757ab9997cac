/** Which part of the recording the strip shows. */
import type { StripView } from './strip-drawing.ts';

/** At most this many pixels a second: a frame is then about 20 wide. */
const closest = 600;

export class StripZoom {
  readonly #duration: number;
  readonly #width: () => number;
  #start = $state(0);
  /** Pixels a second; null shows all. */
  #scale = $state<number | null>(null);

  constructor(duration: number, width: () => number) {
    this.#duration = duration;
    this.#width = width;
  }

  readonly #whole = $derived.by(() => Math.max(1, this.#width()) / Math.max(0.1, this.#duration));
  readonly view: StripView = $derived.by(() => {
    const width = this.#width();
    const pixelsPerSecond = Math.max(this.#whole, this.#scale ?? this.#whole);
    const latest = Math.max(0, this.#duration - width / pixelsPerSecond);
    return { start: Math.min(Math.max(0, this.#start), latest), pixelsPerSecond, width };
  });
  readonly isZoomed = $derived.by(() => this.view.pixelsPerSecond > this.#whole * 1.001);

  /** Zooms so that the moment `around` stays where it is. */
  by(factor: number, around: number): void {
    const { start, pixelsPerSecond, width } = this.view;
    const scale = Math.min(closest, pixelsPerSecond * factor);
    if (scale <= this.#whole) return this.fit();
    const x = Math.min(Math.max(0, (around - start) * pixelsPerSecond), width);
    this.#scale = scale;
    this.#start = around - x / scale;
  }

  scroll(pixels: number): void {
    const { start, pixelsPerSecond, width } = this.view;
    const latest = Math.max(0, this.#duration - width / pixelsPerSecond);
    this.#start = Math.min(Math.max(0, start + pixels / pixelsPerSecond), latest);
  }

  /** Brings a moment to the left part of the strip. */
  reveal(time: number): void {
    this.#start = time - this.view.width / this.view.pixelsPerSecond / 8;
  }

  fit(): void {
    this.#scale = null;
    this.#start = 0;
  }
}
