/** What was done while recording, as marks on the strip: where they lie, what they are called, how they are drawn. */
import { actionTitle, groupActions } from '../core/actions.ts';
import { deedTitle } from '../core/action-titles.ts';
import type { Interaction, InteractionKind } from '../core/interaction.ts';
import { plainTitle } from '../core/text/emphasis.ts';
import { lastAtOrBefore } from '../core/timeline.ts';
import { messages } from '../ui/messages/index.ts';
import { toTime, toX, type Palette, type StripView } from './strip-drawing.ts';

/** Pixels: of the row that they stand in, and how near the pointer has to be. */
export const marksHeight = 14;
const reach = 7;

type Shape = 'dot' | 'bar' | 'page' | 'tick';
const shapes: Partial<Record<InteractionKind, Shape>> = {
  input: 'bar',
  drag: 'bar',
  scroll: 'tick',
  navigation: 'page',
  tab: 'page',
};

/** Sorted by time, so that a strip over hours finds what it shows by halving. */
export class InteractionMarks {
  readonly list: readonly Interaction[];

  constructor(interactions: readonly Interaction[]) {
    this.list = interactions.toSorted((a, b) => a.time - b.time);
  }

  /** The one nearest to a place on the strip; null where none is near. */
  near(view: StripView, x: number): Interaction | null {
    const time = toTime(view, x);
    const at = this.#lastBefore(time);
    const [before, after] = [this.list[at], this.list[at + 1]];
    const distance = (it: Interaction | undefined) => {
      if (!it) return Infinity;
      const isBar = shapes[it.kind] === 'bar' && time <= (it.end ?? it.time);
      return isBar && time >= it.time ? 0 : Math.abs(toX(view, it.time) - x);
    };
    const nearest = distance(after) < distance(before) ? after : before;
    return nearest && distance(nearest) <= reach ? nearest : null;
  }

  /** The one after (`1`) or before (`-1`) a moment. */
  neighbour(time: number, direction: 1 | -1): Interaction | null {
    const at = direction > 0 ? this.#lastBefore(time + 0.01) + 1 : this.#lastBefore(time - 0.01);
    return this.list[at] ?? null;
  }

  /** No two marks in one column of pixels: as many are drawn as the strip is wide, however many there are. */
  draw(context: CanvasRenderingContext2D, view: StripView, top: number, palette: Palette): void {
    const middle = top + marksHeight / 2;
    let last = -Infinity;
    const first = Math.max(0, this.#lastBefore(view.start) - 1);
    for (let i = first; i < this.list.length; i++) {
      const it = this.list[i]!;
      const x = toX(view, it.time);
      if (x > view.width + reach) break;
      const shape = shapes[it.kind] ?? 'dot';
      const end = shape === 'bar' ? toX(view, it.end ?? it.time) : x;
      if (end < -reach) continue;
      if (Math.round(x) === last && end - x < 2) continue;
      last = Math.round(x);
      context.fillStyle = shape === 'tick' ? palette.line : palette.mark;
      drawMark(context, shape, x, middle, end);
    }
  }

  #lastBefore(time: number): number {
    return lastAtOrBefore(this.list, (it) => it.time, time);
  }
}

function drawMark(
  context: CanvasRenderingContext2D,
  shape: Shape,
  x: number,
  middle: number,
  end: number,
): void {
  context.beginPath();
  if (shape === 'dot') context.arc(x, middle, 3, 0, 2 * Math.PI);
  else if (shape === 'bar') context.roundRect(x - 2, middle - 2, Math.max(5, end - x + 4), 4, 2);
  else if (shape === 'tick') context.rect(x - 0.5, middle - 3, 1, 6);
  else {
    context.moveTo(x, middle - 4);
    context.lineTo(x + 4, middle);
    context.lineTo(x, middle + 4);
    context.lineTo(x - 4, middle);
  }
  context.fill();
}

/** As its step would be called; never empty. */
export function markTitle(it: Interaction): string {
  const [action] = groupActions([it]);
  const { page: _page, ...scroll } = it;
  const title = action ? actionTitle(action) : deedTitle(scroll);
  return plainTitle(title) || messages.strip.kinds[it.kind];
}
