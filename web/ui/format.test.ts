import { expect, test } from 'vitest';
import { formatBytes, formatDate, formatDuration, formatTime, spokenDuration } from './format.ts';

test('sizes', () => {
  expect(formatBytes(0)).toBe('0 B');
  expect(formatBytes(999)).toBe('999 B');
  expect(formatBytes(1234)).toBe('1 kB');
  expect(formatBytes(999_700)).toBe('1.0 MB');
  expect(formatBytes(48_200_000)).toBe('48 MB');
  expect(formatBytes(3_210_000_000)).toBe('3.2 GB');
});

test('lengths', () => {
  expect(formatDuration(0)).toBe('0:00');
  expect(formatDuration(59.6)).toBe('1:00');
  expect(formatDuration(3723)).toBe('1:02:03');
  expect(formatTime(65.34)).toBe('1:05.3');
  expect(formatTime(59.96)).toBe('1:00.0');
  expect(spokenDuration(65)).toBe('1 minute 5 seconds');
});

test('dates', () => {
  const now = new Date(2026, 10, 23, 16, 0).getTime();
  expect(formatDate(new Date(2026, 10, 23, 9, 5).getTime(), now)).toBe('Today, 09:05');
  expect(formatDate(new Date(2026, 10, 22, 23, 5).getTime(), now)).toBe('Yesterday, 23:05');
  expect(formatDate(new Date(2026, 10, 3).getTime(), now)).toBe('3 Nov');
  expect(formatDate(new Date(2024, 10, 3).getTime(), now)).toBe('3 Nov 2024');
});
