import { expect, test } from 'vitest';
import { StreamClock } from './stream-clock.ts';

/** Deterministic noise between 0 and 1. */
const noise = (n: number) => (Math.sin(n * 12.9898) * 43_758.5453) % 1;

test('the least late frames decide, and a late one does not move the clock', () => {
  const clock = new StreamClock();
  let worst = 0;
  for (let n = 0; n < 900; n++) {
    const shown = 5000 + n * 33.3;
    const arrived = shown + 2 + Math.abs(noise(n)) * 40 + (n % 100 === 50 ? 400 : 0);
    const moment = clock.toMoment(shown * 1000 + 7e9, arrived);
    if (n > 60) worst = Math.max(worst, Math.abs(moment - shown));
  }
  expect(worst).toBeLessThan(8);
});

test('a device whose clock is slow by 100 parts in a million is followed', () => {
  const clock = new StreamClock();
  let moment = 0;
  let shown = 0;
  for (let n = 0; n < 60 * 60 * 10; n++) {
    shown = n * 100;
    moment = clock.toMoment(shown * 1000 * (1 - 100e-6), shown + 1);
  }
  expect(Math.abs(moment - shown)).toBeLessThan(10);
});

test('timestamps that begin anew are mapped anew', () => {
  const clock = new StreamClock();
  clock.toMoment(660_000, 100_000);
  expect(clock.toMoment(4_000, 100_010)).toBe(100_010);
});
