import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { captionWords, groupCues, textWidth, type CaptionWord } from './captions.ts';
import type { Word } from './evidence.ts';
import { outputTime, sourceRange, sourceTime } from './time.ts';
import { TimeMap } from './timeline.ts';

const word = (text: string, start: number, end: number): Word => ({
  text,
  ...sourceRange(start, end),
  confidence: 1,
});

describe('captionWords', () => {
  const words = [
    word('So,', 0, 0.4),
    word('um', 0.5, 0.8),
    word('opne', 1, 1.4),
    word('it', 1.4, 1.6),
    word('now.', 3, 3.5),
  ];
  const speech = {
    words,
    language: 'en',
    fillers: [{ ...sourceRange(0.45, 0.85), text: 'um', confidence: 0.9, signals: [] }],
  };

  test('a real word in which a filler is suspected, and not cut, is heard and shown', () => {
    const suspected = { ...sourceRange(2.9, 3.6), text: 'uh', confidence: 0.2, signals: [] };
    const map = new TimeMap(sourceTime(4));
    const heard = captionWords(
      { corrections: {} },
      { ...speech, fillers: [...speech.fillers, suspected] },
      map,
    );
    expect(heard.map((w) => w.text)).toEqual(['So,', 'opne', 'it', 'now.']);
  });

  test('cuts, corrections, hidden words and fillers', () => {
    const map = new TimeMap(sourceTime(4), [sourceRange(0.45, 0.9), sourceRange(1.7, 2.9)]);
    const project = { corrections: { '1000': 'open', '1400': '' } };
    expect(captionWords(project, speech, map).map((w) => w.text)).toEqual(['So,', 'open', 'now.']);
    const last = captionWords(project, speech, map).at(-1)!;
    expect(last.start).toBeCloseTo(3 - 0.45 - 1.2, 6);
  });

  test('a word cut through stays while half of it is heard', () => {
    const kept = (cut: [number, number]) =>
      captionWords(
        { corrections: {} },
        speech,
        new TimeMap(sourceTime(4), [sourceRange(...cut)]),
      ).map((w) => w.text);
    expect(kept([3.2, 4])).not.toContain('now.');
    expect(kept([3.3, 4])).toContain('now.');
    expect(kept([3.1, 3.3])).toContain('now.');
    expect(kept([0, 4])).toEqual([]);
  });
});

const letters = fc.constantFrom(
  'a',
  'open',
  'settings',
  'configuration.',
  'then,',
  'Kubernetes?',
  'I',
  'ok',
);
const speechStream = fc.array(
  fc.record({
    text: letters,
    pause: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 4, noNaN: true })),
    length: fc.oneof(fc.constant(0), fc.double({ min: 0.02, max: 1.2, noNaN: true })),
  }),
  { maxLength: 120 },
);

test('cues are in order, apart, within the video, readable, and hold every word once', () =>
  fc.assert(
    fc.property(speechStream, fc.double({ min: 0, max: 3, noNaN: true }), (stream, rest) => {
      let at = 0;
      const words: CaptionWord[] = stream.map(({ text, pause, length }) => {
        const start = at + pause;
        at = start + length;
        return { text, start: outputTime(start), end: outputTime(at) };
      });
      const duration = at + rest + 0.5;
      const cues = groupCues(words, duration);
      let last = 0;
      for (const cue of cues) {
        expect(cue.start).toBeGreaterThanOrEqual(last);
        expect(cue.end).toBeGreaterThan(cue.start);
        expect(cue.end).toBeLessThanOrEqual(duration + 1e-9);
        expect(cue.end - cue.start).toBeLessThanOrEqual(7 + 1e-9);
        expect(cue.lines.length).toBeLessThanOrEqual(2);
        for (const line of cue.lines) expect(line.length).toBeLessThanOrEqual(42);
        last = cue.end;
      }
      const shown = cues.flatMap((c) => c.lines).join(' ');
      expect(shown).toBe(words.map((w) => w.text).join(' '));
    }),
  ));

describe('groupCues', () => {
  const spoken = (text: string, perWord = 0.35): CaptionWord[] =>
    text.split(' ').map((t, i) => ({
      text: t,
      start: outputTime(i * perWord),
      end: outputTime((i + 1) * perWord - 0.05),
    }));

  test('breaks at sentence ends', () => {
    const cues = groupCues(
      spoken(
        'Open the settings page from the menu. Then choose the second tab and wait until it loads. Done.',
      ),
      60,
    );
    expect(cues.map((c) => c.lines.join(' '))).toEqual([
      'Open the settings page from the menu.',
      expect.stringMatching(/^Then choose .*loads\.( Done\.)?$/),
      ...(cues.length > 2 ? ['Done.'] : []),
    ]);
  });

  test('a short word stays long enough to be read', () => {
    const [cue] = groupCues([{ text: 'Yes.', start: outputTime(1), end: outputTime(1.2) }], 10);
    expect(cue!.end - cue!.start).toBeGreaterThanOrEqual(1);
  });

  test('text without blanks', () => {
    const words = [...'これは画面の録画です。'].map((text, i) => ({
      text,
      start: outputTime(i * 0.2),
      end: outputTime(i * 0.2 + 0.2),
    }));
    expect(groupCues(words, 10, '')[0]!.lines).toEqual(['これは画面の録画です。']);
    expect(textWidth('録画ab')).toBe(6);
  });
});
