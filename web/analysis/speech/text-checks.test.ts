import { expect, test } from 'vitest';
import { doubt, isRepetitive, withoutSounds } from './text-checks.ts';

const said = (text: string, more = {}) => ({
  text,
  logProbability: -0.2,
  noSpeech: 0.01,
  speech: 5,
  ended: true,
  ...more,
});

test('plain speech passes, also when it repeats itself as people do', () => {
  expect(
    doubt(said('And so my fellow Americans, ask not what your country can do for you.')),
  ).toBeNull();
  expect(doubt(said('It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness.', { speech: 9 }))).toBeNull(); // prettier-ignore
  expect(doubt(said('No, no, no, I really, really mean it.'))).toBeNull();
  expect(doubt(said('Thank you for watching.', { speech: 2.4 }))).toBeNull();
});

test('loops, inventions in silence and impossible speed are found', () => {
  expect(doubt(said('I am going to go. '.repeat(8)))).toBe('loop');
  expect(isRepetitive('the the the the the the the')).toBe(true);
  expect(doubt(said('Thank you for watching!', { speech: 0.4 }))).toBe('phrase');
  expect(doubt(said('Untertitel der Amara.org-Community', { speech: 1 }))).toBe('phrase');
  expect(doubt(said('one two three four five six seven eight nine ten', { speech: 0.8 }))).toBe(
    'too-fast',
  );
  expect(doubt(said('something', { noSpeech: 0.9, logProbability: -0.9 }))).toBe('silence');
  expect(doubt(said('mumble', { logProbability: -1.4 }))).toBe('unlikely');
});

test('sounds in brackets are no words', () => {
  expect(withoutSounds('[MUSIC] Hello (applause) there ♪')).toBe('Hello there');
});
