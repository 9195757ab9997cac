import { expect, test } from 'vitest';
import { parseSubtitles } from '../core/subtitle-parse.ts';
import { sourceRange, sourceTime } from '../core/time.ts';
import { TimeMap } from '../core/timeline.ts';
import { subtitleFile, type SubtitleInput } from './subtitles.ts';

const said =
  'If a < b & c --> d, then <b>stop</b>. Otherwise open the second page and go on. Thanks.';
const words = said
  .split(' ')
  .map((text, i) => ({ text, ...sourceRange(3600 + i, 3600.6 + i), confidence: 1 }));
const input: SubtitleInput = {
  project: { corrections: {}, steps: [] },
  speech: { words, fillers: [], language: 'en' },
  map: new TimeMap(sourceTime(3700), [sourceRange(3610.7, 3611)]),
};

test.each(['vtt', 'srt'] as const)('%s is read back as it was meant', (format) => {
  const file = subtitleFile(format, input);
  const { cues } = parseSubtitles(file, `a.${format}`);
  const text = cues.map((c) => c.text).join(' ');
  // SubRip has no way to write a tag that is none.
  expect(text).toBe(
    said.replace('-->', '→').replace(/<\/?b>/g, (tag) => (format === 'vtt' ? tag : '')),
  );
  expect(cues[0]!.start).toBe(3600);
  expect(cues.at(-1)!.end!).toBeLessThanOrEqual(input.map.duration);
});

test('times beyond an hour are written in full', () => {
  expect(subtitleFile('vtt', input)).toMatch(/^WEBVTT\n\n01:00:00\.000 --> 01:00:\d\d\.\d{3}\n/);
  expect(subtitleFile('srt', input)).toMatch(/^1\r\n01:00:00,000 --> 01:00:\d\d,\d{3}\r\n/);
});

test('the transcript has paragraphs and no times', () => {
  const steps = [{ start: sourceTime(3609.2) }] as unknown as SubtitleInput['project']['steps'];
  const text = subtitleFile('txt', { ...input, project: { corrections: {}, steps } });
  expect(text.trim().split('\n\n').length).toBeGreaterThan(1);
  expect(text).not.toMatch(/\d\d:\d\d/);
});

test('nothing said gives empty files', () => {
  const silent = { ...input, speech: { ...input.speech, words: [] } };
  expect(subtitleFile('vtt', silent)).toBe('WEBVTT\n');
  expect(subtitleFile('srt', silent)).toBe('');
  expect(subtitleFile('txt', silent)).toBe('');
});
