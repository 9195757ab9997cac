import { expect, test } from 'vitest';
import { CaptureTimeline } from './timeline.ts';

test('time stands still in pauses and sleeps', () => {
  const timeline = new CaptureTimeline();
  expect(timeline.at(500)).toBeNull();
  timeline.begin(1000);
  expect(timeline.at(999)).toBeNull();
  expect(timeline.at(1000)).toBe(0);
  timeline.pause(3000);
  expect(timeline.at(2500)).toBe(1.5);
  expect(timeline.at(3500)).toBeNull();
  expect(timeline.elapsed(9000)).toBe(2);
  timeline.resume(10_000);
  expect(timeline.at(10_500)).toBe(2.5);
  timeline.leaveOut(11_000, 3_611_000);
  expect(timeline.at(3_612_000)).toBe(4);
  expect(timeline.elapsed(3_612_000)).toBe(4);
  expect(timeline.at(2500)).toBe(1.5);
});

test('pausing twice is pausing once', () => {
  const timeline = new CaptureTimeline();
  timeline.begin(0);
  timeline.pause(1000);
  timeline.pause(2000);
  timeline.leaveOut(2000, 3000);
  timeline.resume(4000);
  timeline.resume(5000);
  expect(timeline.at(6000)).toBe(3);
});
