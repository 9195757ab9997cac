import { expect, test } from 'vitest';
import { TimeLeft } from './time-left.ts';

test('a steady job is guessed right, a young one not at all', () => {
  const left = new TimeLeft(0);
  expect(left.update(0.01, 500)).toBeNull();
  let guess: number | null = null;
  for (let second = 1; second <= 50; second += 1) guess = left.update(second / 100, second * 1000);
  expect(guess).toBeCloseTo(50, 0);
});

test('the speed of the last half minute counts', () => {
  const left = new TimeLeft(0);
  for (let second = 1; second <= 100; second += 1) left.update(second / 1000, second * 1000);
  let guess: number | null = null;
  for (let second = 101; second <= 140; second += 1) {
    guess = left.update(0.1 + (second - 100) / 100, second * 1000);
  }
  expect(guess!).toBeLessThan(60);
});
