/** From CSS pixels of a page to pixels of the recorded frame. Pure arithmetic. */
import type { Interaction, Point, Rect } from '../../core/interaction.ts';
import type { SourceTime } from '../../core/time.ts';
import type { PageEvent, ViewportFacts } from './page-event.ts';

/** What is recorded, and the size of its frames in pixels. */
export interface Surface {
  kind: 'tab' | 'window' | 'screen';
  width: number;
  height: number;
  /** Pixels of the stream as it is now, where that differs: a window was resized. */
  source?: { width: number; height: number };
  /** Whether there is more than one screen; the browser does not tell which one is recorded. */
  severalScreens?: boolean;
}

type Map = (point: Point) => Point;

/** Share by which the shape of a window or screen may differ from what is recorded, for it to be the same one. */
const sameShape = 0.02;

/** Share by which width and height may scale differently before it means bars at the sides. */
const tolerance = 0.01;

/**
 * An area shown in a frame. Nearly equal shapes fill it, each side by its own scale, so that rounding
 * of the frame's size moves nothing; others are scaled evenly and centred between bars.
 */
function fit(area: Rect, frame: { width: number; height: number }): Map {
  const sx = frame.width / area.width;
  const sy = frame.height / area.height;
  if (Math.abs(sx / sy - 1) <= tolerance) {
    return (p) => ({ x: (p.x - area.x) * sx, y: (p.y - area.y) * sy });
  }
  const scale = Math.min(sx, sy);
  const left = (frame.width - area.width * scale) / 2;
  const top = (frame.height - area.height * scale) / 2;
  return (p) => ({ x: left + (p.x - area.x) * scale, y: top + (p.y - area.y) * scale });
}

/** Chromium reports a maximised window with borders that lie outside the screen and are not recorded. */
function visibleWindow({ window, screen }: ViewportFacts): Rect {
  const overlaps =
    window.width > screen.width && window.x <= screen.x && window.x > screen.x - screen.width;
  if (!overlaps) return window;
  const y = Math.max(window.y, screen.y);
  const bottom = Math.min(window.y + window.height, screen.y + screen.height);
  return { x: screen.x, y, width: screen.width, height: bottom - y };
}

/**
 * The map from CSS pixels of the top viewport to pixels of the frame. Null where the page may not be what is
 * recorded: another window, another screen. A mark in the wrong place would be worse than none.
 */
export function frameMap(viewport: ViewportFacts, surface: Surface): Map | null {
  const { visual } = viewport;
  const seen: Map = (p) => ({
    x: (p.x - visual.x) * visual.scale,
    y: (p.y - visual.y) * visual.scale,
  });
  if (surface.kind === 'tab') {
    const toFrame = fit({ x: 0, y: 0, width: viewport.width, height: viewport.height }, surface);
    return (p) => toFrame(seen(p));
  }
  if (surface.kind === 'screen' && surface.severalScreens) return null;
  const { zoom, origin } = viewport;
  const area = surface.kind === 'window' ? visibleWindow(viewport) : viewport.screen;
  const { width, height } = surface.source ?? surface;
  if (Math.abs(area.width / area.height / (width / height) - 1) > sameShape) return null;
  const toFrame = fit(area, surface);
  return (p) => {
    const { x, y } = seen(p);
    return toFrame({ x: origin.x + x * zoom, y: origin.y + y * zoom });
  };
}

const round = (n: number) => Math.round(n * 100) / 100;

function mapRect(map: Map, { x, y, width, height }: Rect): Rect {
  const from = map({ x, y });
  const to = map({ x: x + width, y: y + height });
  return {
    x: round(from.x),
    y: round(from.y),
    width: round(to.x - from.x),
    height: round(to.y - from.y),
  };
}

/**
 * The interaction of an event. What lies wholly outside the frame (another screen was recorded, the
 * element was scrolled away) has no rectangle or point.
 *
 * @param sourceTime of milliseconds since the epoch; the recorder knows when it began and paused.
 */
export function toInteraction(
  event: PageEvent,
  surface: Surface,
  sourceTime: (milliseconds: number) => SourceTime,
): Interaction {
  const map = event.viewport ? frameMap(event.viewport, surface) : null;
  const rectOf = (rect: Rect | undefined): Rect | undefined => {
    if (!rect || !map) return undefined;
    const mapped = mapRect(map, rect);
    const outside =
      mapped.x + mapped.width <= 0 ||
      mapped.y + mapped.height <= 0 ||
      mapped.x >= surface.width ||
      mapped.y >= surface.height;
    return outside ? undefined : mapped;
  };
  const pointOf = (point: Point | undefined): Point | undefined => {
    if (!point || !map) return undefined;
    const { x, y } = map(point);
    const outside = x < 0 || y < 0 || x > surface.width || y > surface.height;
    return outside ? undefined : { x: round(x), y: round(y) };
  };
  const { element, target, distance } = event;
  const interaction: Interaction = {
    kind: event.kind,
    time: sourceTime(event.time),
    end: event.end === undefined ? undefined : sourceTime(event.end),
    role: element?.role,
    label: element?.label,
    tag: element?.tag,
    selectors: element?.selectors,
    rect: rectOf(element?.rect),
    point: pointOf(event.point),
    value: event.value,
    keys: event.keys,
    target: target && {
      role: target.role,
      label: target.label,
      rect: rectOf(target.rect),
      point: pointOf(target.point),
    },
    distance: distance && map ? between(map, distance) : undefined,
    page: event.page,
    traversed: event.traversed,
  };
  return compact(interaction);
}

function between(map: Map, distance: Point): Point {
  const zero = map({ x: 0, y: 0 });
  const to = map(distance);
  return { x: round(to.x - zero.x), y: round(to.y - zero.y) };
}

/** Without what is not known, so that recordings hold no empty fields. */
function compact(interaction: Interaction): Interaction {
  const known = Object.entries(interaction).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as unknown as Interaction;
}
