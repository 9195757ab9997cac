import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readOptions, UsageError } from './make-options.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'cairn-options-'));
for (const name of ['a.mp4', 'a.webm', 'b.wav', 'notes.txt'])
  writeFileSync(path.join(folder, name), '');

test('one file is written straight into the folder asked for', () => {
  const options = readOptions([
    path.join(folder, 'a.mp4'),
    '--out',
    folder,
    '--no-fillers',
    '--video',
    'webm',
  ]);
  expect(options.inputs).toEqual([{ file: path.join(folder, 'a.mp4'), out: folder }]);
  expect(options.request).toMatchObject({
    fillers: false,
    silences: true,
    video: 'webm',
    article: 'md',
  });
});

test('a folder gives one folder for each of its media files, never the same twice', () => {
  const { inputs } = readOptions([folder, '--out', '/tmp/out']);
  expect(inputs.map((i) => path.basename(i.file))).toEqual(['a.mp4', 'a.webm', 'b.wav']);
  expect(new Set(inputs.map((i) => i.out)).size).toBe(3);
});

test.each([
  [['--out', 'x']],
  [[path.join(folder, 'a.mp4')]],
  [[path.join(folder, 'gone.mp4'), '--out', 'x']],
  [[path.join(folder, 'a.mp4'), '--out', 'x', '--video', 'gif']],
  [[path.join(folder, 'a.mp4'), '--out', 'x', '--min-silence', '-1']],
  [[path.join(folder, 'a.mp4'), '--out', 'x', '--nonsense']],
])('a wrong call is refused with a sentence: %j', (args) => {
  expect(() => readOptions(args)).toThrow(UsageError);
});
