import { expect, test } from 'vitest';
import { plainTitle, titlePieces } from './emphasis.ts';

test('controls stand out from what is done with them', () => {
  expect(titlePieces('Choose **Editor** in *Role*')).toEqual([
    { kind: 'text', text: 'Choose ' },
    { kind: 'strong', text: 'Editor' },
    { kind: 'text', text: ' in ' },
    { kind: 'em', text: 'Role' },
  ]);
  expect(plainTitle('Choose **Editor** in *Role*')).toBe('Choose Editor in Role');
});

test.each(['Multiply 3 * 4 * 5', 'A ** B', '* Required', '2 * 3', '_under_ `code` <b>'])(
  '%s is text',
  (title) => {
    expect(titlePieces(title)).toEqual([{ kind: 'text', text: title }]);
  },
);
