import { expect, test } from 'vitest';
import { sourceRange } from '../../core/time.ts';
import { levelFrame, activityFrame, type Aligner, type Arc } from './types.ts';
import { alignWindow } from './window-words.ts';

/** Voice from 0 to 1 s and from 3 to 4 s; the window leaves out most of the pause. */
const voiced = (time: number) => time < 1 || (time >= 3 && time < 4);
const activity = {
  speech: [sourceRange(0, 1), sourceRange(3, 4)],
  probabilities: Float32Array.from({ length: 157 }, (_, i) => (voiced(i * activityFrame) ? 1 : 0)),
  levels: new Float32Array(500),
  excess: Float32Array.from({ length: 500 }, (_, i) => (voiced(i * levelFrame) ? 30 : -10)),
};
const window = {
  pieces: [
    { start: 0, end: 1.3, at: 0 },
    { start: 2.7, end: 4.3, at: 1.3 },
  ],
  length: 2.9,
};
const word = (text: string) => ({ text, first: 0, last: 1, confidence: 1 });
const arc = (text: string, index: number, start: number, end: number) =>
  ({ kind: 'word', text, word: index, start, end }) as Arc;
const aligner = (arcs: (texts: readonly string[], offset: number) => Arc[] | null): Aligner => ({
  language: 'en',
  align: (_, texts, options) => arcs(texts, options?.offset ?? 0),
  close: () => undefined,
});
const input = { window, samples: new Float32Array(46_400), activity };

test('a word that alignment begins before a pause is placed behind it', () => {
  const { words } = alignWindow({
    ...input,
    words: [word('red.'), word('First')],
    attention: null,
    aligner: aligner(() => [arc('red.', 0, 0.5, 0.96), arc('First', 1, 0.96, 2.2)]),
  });
  expect(words.map((w) => w.text)).toEqual(['red.', 'First']);
  expect(words[0]!.end).toBeCloseTo(1, 1);
  expect(words[1]!.start).toBeCloseTo(3, 1);
  // The edge is let out into the sound that follows, by 0.12 s at most.
  expect(words[1]!.end).toBeGreaterThan(3.55);
  expect(words[1]!.end).toBeLessThan(3.75);
});

test('words crowded where Whisper did not hear them are aligned again in parts', () => {
  const texts = ['one', 'two', 'three.', 'Four', 'five', 'six', 'seven'];
  const late = texts.map((_, i) => ({ start: 0.3 * i, end: 0.3 * i + 0.2 }));
  const attention = late.map(({ start, end }, i) =>
    i < 3 ? { start, end } : { start: start + 0.75, end: end + 0.75 },
  );
  const calls: (readonly string[])[] = [];
  const { words } = alignWindow({
    window: { pieces: [{ start: 0, end: 4.3, at: 0 }], length: 4.3 },
    samples: new Float32Array(68_800),
    activity,
    words: texts.map(word),
    attention: attention.map((a, i) => (i < 3 ? a : { start: a.start + 1.2, end: a.end + 1.2 })),
    aligner: aligner((some, offset) => {
      calls.push(some);
      const from = offset > 0 ? 3 : 0;
      return some.map((text, i) => arc(text, i, from + 0.1 * i, from + 0.1 * i + 0.1));
    }),
  });
  expect(calls).toEqual([texts, texts.slice(0, 3), texts.slice(3)]);
  expect(words.find((w) => w.text === 'three.')!.end).toBeLessThan(1.1);
  expect(words.find((w) => w.text === 'Four')!.start).toBeGreaterThan(2.9);
});
