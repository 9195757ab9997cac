/** `npm run make` on the sample recording: everything is written, and it is what it says. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../core/report.ts';

const root = path.resolve(import.meta.dirname, '../..');
const out = mkdtempSync(path.join(os.tmpdir(), 'cairn-make-test-'));
const sample = path.join(root, 'web/public/sample/sample.mp4');

function make(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [path.join(root, 'web/cli/make.mjs'), ...args],
      { maxBuffer: 1e8 },
      (error, stdout, stderr) =>
        resolve({ code: (error?.code as number | undefined) ?? 0, output: stdout + stderr }),
    );
  });
}
const probe = (file: string) =>
  JSON.parse(
    execFileSync('ffprobe', ['-v', 'error', '-show_format', '-show_streams', '-of', 'json', file], {
      encoding: 'utf8',
    }),
  ) as { format: { duration: string }; streams: { codec_name: string; duration: string }[] };

describe('a recording becomes an article and a video', () => {
  let report: Report;
  beforeAll(async () => {
    const { code, output } = await make(sample, '--out', out);
    expect(output).not.toContain('failed');
    expect(code).toBe(0);
    report = JSON.parse(readFileSync(path.join(out, 'report.json'), 'utf8')) as Report;
  }, 280_000);
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  test('the report keeps to its schema', () => {
    const schema = JSON.parse(
      readFileSync(path.join(root, 'docs/report.schema.json'), 'utf8'),
    ) as object;
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
    validate(report);
    expect(validate.errors).toBeNull();
  });

  test('what was said is in it, in order, without overlaps', () => {
    const said = report.words
      .map((w) => w.text)
      .join(' ')
      .toLowerCase();
    for (const word of ['inject', 'debug', 'wire', 'deploy', 'messages'])
      expect(said).toContain(word);
    for (const [i, word] of report.words.entries()) {
      expect(word.end).toBeGreaterThan(word.start);
      const next = report.words[i + 1];
      if (next) expect(next.start).toBeGreaterThanOrEqual(word.end - 0.001);
    }
  });

  test('pauses and fillers are cut', () => {
    expect(report.silences.length).toBeGreaterThan(3);
    expect(report.cuts.some((c) => c.reason === 'silence')).toBe(true);
    expect(report.fillers.length).toBeGreaterThan(0);
  });

  test('the video has both tracks and the length of what was kept', () => {
    const video = report.outputs.find((o) => o.kind === 'video')!;
    const { format, streams } = probe(path.join(out, video.file));
    expect(streams.map((s) => s.codec_name).sort()).toEqual(['aac', 'h264']);
    const removed = union(report.cuts);
    expect(Number(format.duration)).toBeCloseTo(report.recording.duration - removed, 0);
  });

  test('every step has its still on disk, and the article names it', () => {
    const article = readFileSync(
      path.join(out, report.outputs.find((o) => o.kind === 'article')?.file ?? 'article.md'),
      'utf8',
    );
    expect(report.steps.length).toBeGreaterThanOrEqual(4);
    for (const step of report.steps) {
      expect(step.title.length).toBeGreaterThan(3);
      expect(step.still?.file && existsSync(path.join(out, step.still.file))).toBe(true);
      expect(article).toContain(step.still!.file!);
    }
  });

  test('subtitles end before the video does', () => {
    const srt = readFileSync(
      path.join(out, report.outputs.find((o) => o.file.endsWith('.srt'))!.file),
      'utf8',
    );
    const last = [...srt.matchAll(/--> (\d+):(\d+):(\d+),(\d+)/g)].at(-1)!;
    const [h, m, s, ms] = last.slice(1).map(Number) as [number, number, number, number];
    const end = h * 3600 + m * 60 + s + ms / 1000;
    const video = report.outputs.find((o) => o.kind === 'video')!;
    expect(end).toBeLessThanOrEqual(
      Number(probe(path.join(out, video.file)).format.duration) + 0.05,
    );
  });
});

test('a file that is no recording fails with a sentence and an exit code', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cairn-make-bad-'));
  const file = path.join(folder, 'notes.mp4');
  writeFileSync(file, 'this is not a video '.repeat(100));
  const { code, output } = await make(file, '--out', path.join(folder, 'out'));
  expect(code).toBe(1);
  expect(output).toContain('notes.mp4');
  expect(output).not.toMatch(/at .*\.ts:\d+/);
  rmSync(folder, { recursive: true, force: true });
});

/** Seconds covered by ranges that may overlap. */
function union(ranges: { start: number; end: number }[]): number {
  let sum = 0;
  let reached = -Infinity;
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    sum += Math.max(0, end - Math.max(start, reached));
    reached = Math.max(reached, end);
  }
  return sum;
}
