import { expect, test } from 'vitest';
import { readAsFiller } from './lexicon.ts';

test('fillers of a transcript are read by their language', () => {
  for (const text of ['Um,', 'uh', 'Uhh...', 'Hmm.', 'mmm', 'Er,'])
    expect(readAsFiller(text, 'en')).toBe('filler');
  expect(readAsFiller('Ähm,', 'de')).toBe('filler');
  expect(readAsFiller('euh', 'fr')).toBe('filler');
  expect(readAsFiller('Ah!', 'en')).toBe('perhaps');
  // Real words there.
  expect(readAsFiller('um', 'de')).toBe('word');
  expect(readAsFiller('er', 'de')).toBe('word');
  expect(readAsFiller('um', 'pt')).toBe('word');
  for (const text of ['a', 'the', 'her', 'umbrella', '5', '...'])
    expect(readAsFiller(text, 'en')).toBe('word');
});
