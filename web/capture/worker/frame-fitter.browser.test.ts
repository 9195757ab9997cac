import { expect, test } from 'vitest';
import { FrameFitter } from './frame-fitter.ts';

function frameOf(width: number, height: number): VideoFrame {
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  return new VideoFrame(context.canvas, { timestamp: 0 });
}

/** The darkest pixel, 0 to 255. */
function darkest(frame: VideoFrame): number {
  const { displayWidth: width, displayHeight: height } = frame;
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  context.drawImage(frame, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return data.reduce((least, value, i) => (i % 4 === 3 ? least : Math.min(least, value)), 255);
}

test.each([
  [318, 178],
  [319, 180],
  [320, 179],
  [321, 181],
  [322, 182],
])('a frame of %d × %d fills 320 × 180 without a bar', (width, height) => {
  const given = frameOf(width, height);
  const fitted = new FrameFitter({ width: 320, height: 180 }).fit(given, 5);
  expect([fitted.displayWidth, fitted.displayHeight, fitted.timestamp]).toEqual([320, 180, 5]);
  expect(darkest(fitted)).toBeGreaterThan(250);
  for (const frame of [given, fitted]) frame.close();
});

test('a frame of another shape stands between bars', () => {
  const given = frameOf(320, 90);
  const fitted = new FrameFitter({ width: 320, height: 180 }).fit(given, 0);
  expect(darkest(fitted)).toBe(0);
  for (const frame of [given, fitted]) frame.close();
});
