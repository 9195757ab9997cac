import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from './errors.ts';
import { parseSubtitles } from './subtitle-parse.ts';

describe('VTT', () => {
  test('notes, styles, settings, tags, entities and short times', () => {
    const file = [
      '\uFEFFWEBVTT - talk',
      '',
      'STYLE',
      '::cue { color: red }',
      '',
      'NOTE 00:01 --> not a cue',
      '',
      'intro',
      '00:01.500 --> 00:03.000 align:start position:10%',
      '<v Ada>Open <b>the</b> <c.loud>menu</c></v>',
      'R&amp;D &lt;now&gt;',
      '',
      '01:00:00.000 --> 01:00:02.250',
      'The end.',
    ].join('\r\n');
    expect(parseSubtitles(file, 'a.vtt').cues).toEqual([
      { start: 1.5, end: 3, text: 'Open the menu R&D <now>' },
      { start: 3600, end: 3602.25, text: 'The end.' },
    ]);
  });

  test('captions that roll up are read once', () => {
    const file = `WEBVTT

00:00:00.000 --> 00:00:02.000
so<00:00:00.500><c> today</c>

00:00:02.000 --> 00:00:04.000
so today
we<00:00:02.500><c> start</c>

00:00:04.000 --> 00:00:05.000
[Music]`;
    expect(parseSubtitles(file, 'a.vtt').cues.map((c) => c.text)).toEqual(['so today', 'we start']);
  });
});

describe('SRT', () => {
  test('numbers, commas, formatting, wrong order and backward times', () => {
    const file = `2
00:00:05,000 --> 00:00:04,000
{\\an8}<i>Second</i>

1
00:00:01,000 --> 00:00:02,5
First
line
3
00:00:08,100 --> 00:00:09,000
42`;
    expect(parseSubtitles(file, 'a.srt').cues).toEqual([
      { start: 1, end: 2.5, text: 'First line' },
      { start: 5, end: 7, text: 'Second' },
      { start: 8.1, end: 9, text: '42' },
    ]);
  });

  test('bytes in UTF-16 and in a code page', () => {
    const srt = '1\n00:00:01,000 --> 00:00:02,000\nÜber Café\n';
    const utf16 = new Uint8Array(2 + 2 * srt.length);
    utf16.set([0xff, 0xfe]);
    [...srt].forEach((c, i) => utf16.set([c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8], 2 + 2 * i));
    const latin = Uint8Array.from(srt, (c) => c.charCodeAt(0));
    for (const bytes of [utf16, latin]) {
      expect(parseSubtitles(bytes.buffer, 'a.srt').cues[0]!.text).toBe('Über Café');
    }
  });
});

test('plain text becomes paragraphs without times', () => {
  const cues = parseSubtitles('Open the\nmenu.\n\n\n  Click save. ', 'script.txt').cues;
  expect(cues).toEqual([
    { start: null, end: null, text: 'Open the menu.' },
    { start: null, end: null, text: 'Click save.' },
  ]);
});

test.each([
  ['', 'a.txt'],
  ['WEBVTT\n\nNOTE nothing', 'a.vtt'],
  ['1\n2\n3', 'a.srt'],
  ['PK\x03\x04abc', 'a.txt'],
  ['\x00\x01\x02\x03abc', 'a.txt'],
  ['{\\rtf1 hello}', 'a.txt'],
  ['… !? —', 'a.txt'],
])('%j cannot be read', (text, name) => {
  expect(() => parseSubtitles(text, name)).toThrow(
    expect.objectContaining({ code: 'subtitle-unreadable' }),
  );
});

test('whatever the file holds, it is cues in order or the coded error', () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.constantFrom(
            'WEBVTT',
            '',
            '\n',
            '00:01.000 --> 00:02.000',
            '1',
            '<v ',
            '-->',
            '&amp;',
          ),
          fc.string(),
        ),
      ),
      (lines) => {
        try {
          const { cues } = parseSubtitles(lines.join('\n'), 'x.vtt');
          let last = 0;
          for (const cue of cues) {
            expect(cue.text).not.toBe('');
            expect(cue.start).toBeGreaterThanOrEqual(last);
            expect(cue.end).toBeGreaterThan(cue.start!);
            last = cue.start!;
          }
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          expect(error.code).toBe('subtitle-unreadable');
        }
      },
    ),
  ));
