/** The command line of `npm run make`. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { HeadlessRequest } from '../core/headless.ts';

export const usage = `Usage: npm run make -- FILE|FOLDER … --out DIR [options]

  --out DIR              where to write (made when missing)
  --video mp4|webm|none  the cut video (mp4)
  --article md|html|none the article and its images (md)
  --subtitles vtt,srt    subtitles of the cut video (both); none for none
  --model NAME           speech model (whisper-base); see npm run models -- list
  --language CODE        language spoken, for example en (detected)
  --script FILE          VTT, SRT or TXT to use instead of transcribing
  --no-fillers           keep filler words
  --no-silences          keep pauses
  --min-silence SECONDS  shortest pause to cut (0.6)
  --no-denoise           keep the background noise
  --no-loudness          keep the loudness

Writes article.md or article.html, images/, the video and subtitles named after
FILE, and report.json (docs/report.schema.json).
A folder, or several files, give one folder each below DIR.`;

/** A sentence for the person; no stack. */
export class UsageError extends Error {}

export interface MakeOptions {
  inputs: { file: string; out: string }[];
  script: string | null;
  request: Omit<HeadlessRequest, 'script'>;
}

const mediaFiles =
  /\.(mp4|m4v|mov|webm|mkv|avi|wmv|flv|ts|mts|mpg|mpeg|3gp|ogv|wav|mp3|m4a|aac|ogg|oga|opus|flac)$/i;

function choice<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  if (!(allowed as readonly string[]).includes(value)) {
    throw new UsageError(`--${name} takes ${allowed.join(', ')}; not ${value}.`);
  }
  return value as T;
}

export function readOptions(args: string[]): MakeOptions {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        video: { type: 'string', default: 'mp4' },
        article: { type: 'string', default: 'md' },
        subtitles: { type: 'string', default: 'vtt,srt' },
        model: { type: 'string' },
        language: { type: 'string' },
        script: { type: 'string' },
        'no-fillers': { type: 'boolean', default: false },
        'no-silences': { type: 'boolean', default: false },
        'min-silence': { type: 'string' },
        'no-denoise': { type: 'boolean', default: false },
        'no-loudness': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const { values, positionals } = parsed;
  if (values.help || positionals.length === 0) throw new UsageError(usage);
  if (!values.out) throw new UsageError('Say where to write: --out DIR.');

  const minSilence = values['min-silence'] === undefined ? null : Number(values['min-silence']);
  if (minSilence !== null && !(minSilence > 0))
    throw new UsageError('--min-silence takes seconds above 0.');
  const video = choice('video', values.video, ['mp4', 'webm', 'none']);
  const article = choice('article', values.article, ['md', 'html', 'none']);
  const subtitles =
    values.subtitles === 'none'
      ? []
      : values.subtitles
          .split(',')
          .map((s) => choice('subtitles', s.trim(), ['vtt', 'srt'] as const));
  return {
    inputs: findInputs(positionals, path.resolve(values.out)),
    script: values.script ? path.resolve(values.script) : null,
    request: {
      model: values.model ?? null,
      language: values.language ?? null,
      video: video === 'none' ? null : video,
      article: article === 'none' ? null : article,
      subtitles,
      fillers: !values['no-fillers'],
      silences: !values['no-silences'],
      minSilence,
      denoise: !values['no-denoise'],
      normalise: !values['no-loudness'],
    },
  };
}

function findInputs(positionals: string[], out: string): MakeOptions['inputs'] {
  const files: string[] = [];
  let several = positionals.length > 1;
  for (const given of positionals.map((p) => path.resolve(p))) {
    const found = statSync(given, { throwIfNoEntry: false });
    if (!found) throw new UsageError(`There is no ${given}.`);
    if (!found.isDirectory()) {
      files.push(given);
      continue;
    }
    several = true;
    const inside = readdirSync(given)
      .filter((name) => mediaFiles.test(name))
      .sort();
    if (inside.length === 0) throw new UsageError(`${given} has no video or sound file in it.`);
    files.push(...inside.map((name) => path.join(given, name)));
  }
  if (!several) return files.map((file) => ({ file, out }));
  const taken = new Set<string>();
  return files.map((file) => {
    const stem = path.parse(file).name;
    const name = taken.has(stem) ? path.basename(file) : stem;
    taken.add(stem);
    return { file, out: path.join(out, name) };
  });
}
