/** Where the viewport is on the screen. Learnt from pointer events, which carry both coordinates. */
import type { Point } from '../../core/interaction.ts';
import type { ViewportFacts } from './page-event.ts';

/** Zoom factors that Chromium offers. */
const zooms = [0.25, 1 / 3, 0.5, 2 / 3, 0.75, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 5];

const nearest = (value: number) =>
  zooms.reduce((best, zoom) => (Math.abs(zoom - value) < Math.abs(best - value) ? zoom : best));

/** CSS pixels between two pointer positions that tell zoom factors apart. */
const apart = 60;

type Screen = globalThis.Screen & { availLeft?: number; availTop?: number; isExtended?: boolean };

/** What the window says of itself; all but `width` and `height` are the same in every frame. */
interface Surroundings {
  width: number;
  height: number;
  devicePixelRatio: number;
  visual: ViewportFacts['visual'];
}

export const surroundingsOf = (view: Window): Surroundings => ({
  width: view.innerWidth,
  height: view.innerHeight,
  devicePixelRatio: view.devicePixelRatio,
  visual: {
    x: view.visualViewport?.offsetLeft ?? 0,
    y: view.visualViewport?.offsetTop ?? 0,
    scale: view.visualViewport?.scale ?? 1,
  },
});

/** Relates CSS pixels of the visible part of the top viewport to the screen. */
export class ScreenPosition {
  #zoom: { value: number; ratio: number } | null = null;
  #last: { seen: Point; screen: Point } | null = null;
  #from: { seen: Point; screen: Point; ratio: number } | null = null;

  /** @param point CSS pixels of the top viewport. @param screen DIP. */
  learn(point: Point, screen: Point, { visual, devicePixelRatio: ratio }: Surroundings): void {
    const seen = {
      x: (point.x - visual.x) * visual.scale,
      y: (point.y - visual.y) * visual.scale,
    };
    this.#last = { seen, screen };
    if (this.#from?.ratio !== ratio) this.#from = { seen, screen, ratio };
    const moved = Math.hypot(seen.x - this.#from.seen.x, seen.y - this.#from.seen.y);
    if (moved < apart) return;
    const screenMoved = Math.hypot(screen.x - this.#from.screen.x, screen.y - this.#from.screen.y);
    const zoom = screenMoved / moved;
    const value = nearest(zoom);
    // A window that moved in between gives something else; it has to be a factor there is.
    if (Math.abs(zoom / value - 1) < 0.03) this.#zoom = { value, ratio };
    this.#from = { seen, screen, ratio };
  }

  facts(top: Surroundings): ViewportFacts {
    const view = window;
    const screen = view.screen as Screen;
    const width = view.outerWidth || top.width;
    const zoom =
      this.#zoom?.ratio === top.devicePixelRatio ? this.#zoom.value : guessZoom(width, top.width);
    const last = this.#last;
    // Without a pointer event: the page fills the window's width, the browser's bars are above it.
    const origin = last
      ? { x: last.screen.x - last.seen.x * zoom, y: last.screen.y - last.seen.y * zoom }
      : {
          x: view.screenX + Math.max(0, (width - top.width * zoom) / 2),
          y: view.screenY + Math.max(0, view.outerHeight - top.height * zoom),
        };
    const second = screen.isExtended ?? false;
    return {
      ...top,
      zoom,
      origin,
      window: { x: view.screenX, y: view.screenY, width, height: view.outerHeight || top.height },
      screen: {
        x: second ? (screen.availLeft ?? 0) : 0,
        y: second ? (screen.availTop ?? 0) : 0,
        width: screen.width,
        height: screen.height,
      },
    };
  }
}

/** Before the pointer has moved: a page as wide as its window at some zoom, else no zoom. */
function guessZoom(outer: number, inner: number): number {
  const value = nearest(outer / inner);
  return Math.abs(outer / inner / value - 1) < 0.02 ? value : 1;
}
