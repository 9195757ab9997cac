import { describe, expect, test } from 'vitest';
import { sourceRange, sourceTime } from './time.ts';
import type { Recording } from './recording.ts';
import { cropAround, stillTarget, targetMoment } from './still-target.ts';

const rect = { x: 1700, y: 40, width: 120, height: 32 };
const video = { codec: 'avc1', width: 1920, height: 1080, rotation: 0 as const, frameRate: 30 };
const recording = {
  id: 'r',
  files: [{ role: 'screen', video: { ...video, ...sourceRange(0, 60) }, audio: [] }],
  interactions: [
    { kind: 'click', time: sourceTime(10), rect },
    { kind: 'input', time: sourceTime(20), end: sourceTime(23), rect },
    { kind: 'navigation', time: sourceTime(30), rect },
  ],
} as unknown as Recording;
const at = (time: number, interaction: number) =>
  stillTarget({ still: { time: sourceTime(time), alt: '' }, interaction }, recording);

describe('a step points at what was acted on', () => {
  test('in the picture just before the press, not in that of the result', () => {
    expect(targetMoment(recording.interactions[0]!)).toBeCloseTo(9.94, 6);
    expect(at(9.94, 0)?.mark).toEqual(rect);
    expect(at(10.5, 0)).toBeNull();
    expect(at(7, 0)).toBeNull();
  });

  test('at the end of typing', () => {
    expect(targetMoment(recording.interactions[1]!)).toBeCloseTo(23.4, 6);
    expect(targetMoment(recording.interactions[1]!, 23.2)).toBeCloseTo(23.14, 6);
    expect(at(23.4, 1)?.mark).toEqual(rect);
    expect(at(24, 1)).toBeNull();
  });

  test('not where a page opened', () => {
    expect(targetMoment(recording.interactions[2]!)).toBeNull();
    expect(at(30, 2)).toBeNull();
  });
});

describe('the crop', () => {
  const frame = { width: 1920, height: 1080 };

  test('keeps the frame’s proportions, stays inside it and holds the target', () => {
    const crop = cropAround(rect, frame);
    expect(crop.width).toBe(1280);
    expect(crop.width / crop.height).toBeCloseTo(16 / 9, 2);
    expect(crop.x + crop.width).toBeLessThanOrEqual(1920);
    expect(crop.x).toBeLessThanOrEqual(rect.x);
    expect(crop.x + crop.width).toBeGreaterThanOrEqual(rect.x + rect.width);
    expect(crop.y).toBe(0);
  });

  test('shows the whole of small frames and around large targets', () => {
    expect(cropAround(rect, { width: 1280, height: 720 }).width).toBe(1280);
    expect(cropAround({ x: 0, y: 0, width: 1500, height: 400 }, frame).width).toBe(1920);
  });
});
