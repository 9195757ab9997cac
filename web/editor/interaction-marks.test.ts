import { expect, test } from 'vitest';
import type { Interaction } from '../core/interaction.ts';
import { sourceTime } from '../core/time.ts';
import { InteractionMarks, markTitle } from './interaction-marks.ts';
import type { Palette } from './strip-drawing.ts';

const click = (time: number, more: Partial<Interaction> = {}): Interaction => ({
  kind: 'click',
  time: sourceTime(time),
  ...more,
});
const view = { start: 0, pixelsPerSecond: 10, width: 1000 };

/** Counts what is filled. */
function drawing() {
  let count = 0;
  const nothing = () => undefined;
  const shapes = { beginPath: nothing, arc: nothing, roundRect: nothing, rect: nothing };
  const lines = { moveTo: nothing, lineTo: nothing, fill: () => void count++ };
  const context = { ...shapes, ...lines, fillStyle: '' } as unknown as CanvasRenderingContext2D;
  return { context, filled: () => count };
}
const palette = {} as Palette;

test('ten thousand marks are drawn at most once for each column of pixels', () => {
  const marks = new InteractionMarks(
    Array.from({ length: 10_000 }, (_, i) => click((i * 7919) % 3600)),
  );
  const whole = drawing();
  marks.draw(whole.context, { ...view, pixelsPerSecond: 1000 / 3600 }, 0, palette);
  expect(whole.filled()).toBeGreaterThan(900);
  expect(whole.filled()).toBeLessThan(1020);
  // Zoomed in, what lies outside is not looked at: three clicks a second, twenty seconds.
  const part = drawing();
  marks.draw(part.context, { start: 1000, pixelsPerSecond: 50, width: 1000 }, 0, palette);
  expect(part.filled()).toBeGreaterThan(15);
  expect(part.filled()).toBeLessThan(80);
});

test('the nearest mark is found, a long one over its whole length', () => {
  const typing = click(5, { kind: 'input', end: sourceTime(9) });
  const marks = new InteractionMarks([click(20), typing, click(2)]);
  expect(marks.near(view, 24)?.time).toBe(2);
  expect(marks.near(view, 70)).toBe(typing);
  expect(marks.near(view, 150)).toBeNull();
  expect(new InteractionMarks([]).near(view, 0)).toBeNull();
});

test('one goes from mark to mark', () => {
  const marks = new InteractionMarks([click(2), click(5), click(9)]);
  expect(marks.neighbour(5, 1)?.time).toBe(9);
  expect(marks.neighbour(5, -1)?.time).toBe(2);
  expect(marks.neighbour(9, 1)).toBeNull();
  expect(marks.neighbour(0, -1)).toBeNull();
});

test('a mark is called like its step, and never nothing', () => {
  expect(markTitle(click(1, { role: 'button', label: 'Invite' }))).toBe('Click Invite');
  expect(markTitle(click(1))).toBe('Click');
  expect(markTitle(click(1, { kind: 'scroll' }))).toBe('Scrolling');
  expect(markTitle(click(1, { title: 'What the person wrote', label: 'Invite' }))).toBe(
    'What the person wrote',
  );
});
