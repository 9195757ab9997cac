import { expect, test } from 'vitest';
import { inlinePieces, paragraphsOf } from './inline-markdown.ts';

test('strong, emphasis, code and links', () => {
  expect(
    inlinePieces('Press **Save**, then `npm test` or *wait* for [docs](https://a.example).'),
  ).toEqual([
    { kind: 'text', text: 'Press ' },
    { kind: 'strong', text: 'Save' },
    { kind: 'text', text: ', then ' },
    { kind: 'code', text: 'npm test' },
    { kind: 'text', text: ' or ' },
    { kind: 'em', text: 'wait' },
    { kind: 'text', text: ' for ' },
    { kind: 'link', text: 'docs', href: 'https://a.example' },
    { kind: 'text', text: '.' },
  ]);
});

test('nothing of the text is lost, scripts stay text', () => {
  for (const text of ['2 * 3 * 4', 'snake_case_name', '[x](javascript:alert(1))', '**open', '']) {
    expect(
      inlinePieces(text)
        .map((p) => p.text)
        .join(''),
    ).toBe(text);
    expect(inlinePieces(text).every((p) => p.kind === 'text')).toBe(true);
  }
  expect(paragraphsOf('a\n\n b \n \n\nc')).toEqual(['a', 'b', 'c']);
});
