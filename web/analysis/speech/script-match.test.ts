import { expect, test } from 'vitest';
import { sourceTime } from '../../core/time.ts';
import { timeScript } from './script-match.ts';

const heard = (text: string) =>
  text
    .split(' ')
    .map((w, i) => ({ text: w, start: sourceTime(i), end: sourceTime(i + 0.8), confidence: 0.9 }));

test('script words take the times of what was heard, with the spelling of the script', () => {
  const words = timeScript(['Open', 'the', 'Cairn', 'editor.'], heard('open the karen editor'));
  expect(words.map((w) => [w.text, w.start])).toEqual([['Open', 0], ['the', 1], ['Cairn', 2], ['editor.', 3]]); // prettier-ignore
});

test('what was not read aloud is left out, what was split is joined', () => {
  const words = timeScript(
    'one two (pause here now) whiteboard four'.split(' '),
    heard('one two white board four'),
  );
  expect(words.at(-1)).toMatchObject({ text: 'four', start: 4 });
  expect(timeScript('a b x y z c'.split(' '), heard('a b c')).map((w) => w.text)).toEqual([
    'a',
    'b',
    'c',
  ]);
});
