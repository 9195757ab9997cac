import { expect, test } from 'vitest';
import type { LibraryEntry } from '../state/Library.svelte.ts';
import { arrange } from './sorting.ts';

const entry = (name: string, createdAt: number, duration: number, size: number) =>
  ({ recording: { name, createdAt, duration, size } }) as LibraryEntry;
const entries = [
  entry('Demo 10', 1, 30, 500),
  entry('demo 2', 3, 10, 900),
  entry('Onboarding call', 2, 20, 100),
];
const names = (list: LibraryEntry[]) => list.map((e) => e.recording.name);

test('each order', () => {
  expect(names(arrange(entries, '', 'newest'))).toEqual(['demo 2', 'Onboarding call', 'Demo 10']);
  expect(names(arrange(entries, '', 'oldest'))).toEqual(['Demo 10', 'Onboarding call', 'demo 2']);
  expect(names(arrange(entries, '', 'name'))).toEqual(['demo 2', 'Demo 10', 'Onboarding call']);
  expect(names(arrange(entries, '', 'longest'))).toEqual(['Demo 10', 'Onboarding call', 'demo 2']);
  expect(names(arrange(entries, '', 'largest'))).toEqual(['demo 2', 'Demo 10', 'Onboarding call']);
});

test('search takes words in any order and case', () => {
  expect(names(arrange(entries, 'CALL onboard', 'newest'))).toEqual(['Onboarding call']);
  expect(names(arrange(entries, '  demo ', 'name'))).toEqual(['demo 2', 'Demo 10']);
  expect(arrange(entries, 'nothing', 'name')).toEqual([]);
});
