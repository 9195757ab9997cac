import { expect, test } from 'vitest';
import { sourceRange } from '../core/time.ts';
import type { Token } from '../core/transcript.ts';
import { TextIndex } from './find.ts';

const tokens: Token[] = ['Open', 'the', 'Café', 'menu,', 'then', 'open', 'it.'].map(
  (text, index) => {
    const range = sourceRange(index, index + 0.5);
    return {
      kind: 'word',
      ...range,
      index,
      doubted: false,
      word: { ...range, text, confidence: 1 },
    };
  },
);
tokens.splice(2, 0, {
  kind: 'silence',
  ...sourceRange(1.5, 2),
  finding: { ...sourceRange(1.5, 2), confidence: 1 },
});
const index = new TextIndex(tokens, (t) => t.word.text);

test('finds across tokens, whatever the case and the accents', () => {
  expect(index.find('the cafe  MENU')).toEqual([{ from: 1, to: 4 }]);
  expect(index.find('open')).toEqual([
    { from: 0, to: 0 },
    { from: 6, to: 6 },
  ]);
  expect(index.find('en')).toHaveLength(4);
  expect(index.find('')).toEqual([]);
  expect(index.find('closed')).toEqual([]);
});
