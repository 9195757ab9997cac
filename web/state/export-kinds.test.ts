import { expect, test } from 'vitest';
import { fileName, fileStem } from './export-kinds.ts';

test.each([
  ['Invite a user: part 1/2', 'Invite a user part 1 2'],
  ['..\\..\\etc', 'etc'],
  ['   ', 'recording'],
  ['Größe & Länge', 'Größe & Länge'],
  ['x'.repeat(300), 'x'.repeat(80)],
])('%s is saved as %s', (title, stem) => expect(fileStem(title)).toBe(stem));

test('the ending follows the format', () => {
  expect(fileName('A', { type: 'video', format: 'webm' })).toBe('A.webm');
  expect(fileName('A', { type: 'article', format: 'markdown' })).toBe('A.zip');
  expect(fileName('A', { type: 'project', format: 'cairn-edits' })).toBe('A.cairn');
});
