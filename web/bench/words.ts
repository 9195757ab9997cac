/** Words: error rate, where they begin and end, pauses, and speed, beside the bare pipeline. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { sharedFolder } from '../e2e/test-media-plugin.ts';
import { openPage, type BenchPage } from './page.ts';
import { clips } from './words/clips.ts';
import { edgeErrors, median, ninetieth, overlapOf } from './words/edges.ts';
import { wordErrors } from './words/error-rate.ts';
import type { Heard, Scene, TimedWord } from './words/measure.ts';

type Method = 'ours' | 'barePipeline';
const methods: [Method, string][] = [['ours', 'Cairn'], ['barePipeline', 'bare pipeline']]; // prettier-ignore
const noises = ['city.ogg', 'coffee-shop.ogg', 'train.ogg'];
const gap = 1;

const call = <T>(page: BenchPage, name: string, ...args: unknown[]): Promise<T> =>
  page.page.evaluate(
    async ({ name, args }) => {
      const module = (await import('/bench/words/measure.ts' as string)) as Record<
        string,
        (...a: unknown[]) => unknown
      >;
      return module[name]!(...args);
    },
    { name, args },
  ) as Promise<T>;

export async function run(): Promise<void> {
  if (!existsSync(path.join(sharedFolder, 'media/speech'))) {
    console.log('words: skipped, ../shared/media is not there');
    return;
  }
  const page = await openPage();
  try {
    const models = (await installed(page)).filter((m) => /base|tiny\.en/.test(m));
    const alone = clips.map((clip): Scene => ({ files: [clip.file], gap: 0, noise: null }));
    const references: TimedWord[][] = [];
    for (const [i, scene] of alone.entries())
      references.push(await call(page, 'reference', scene, [clips[i]!.text]));
    for (const model of models) await errorRates(page, model, alone, references);
    await pauses(page, models.find((m) => m.includes('tiny')) ?? models[0]!);
    console.log(`\nrequests that left the origin: ${page.foreignRequests.length}`);
  } finally {
    await page.close();
  }
}

const installed = (page: BenchPage): Promise<string[]> =>
  page.page.evaluate(async () => {
    const manifest = (await (await fetch('/models/manifest.json')).json()) as {
      models: { name: string; kind: string }[];
    };
    return manifest.models.filter((m) => m.kind === 'speech').map((m) => m.name);
  });

async function errorRates(
  page: BenchPage,
  model: string,
  scenes: Scene[],
  references: TimedWord[][],
) {
  const rows: Record<string, Record<string, string>> = {};
  const sums: Record<string, { words: number; errors: number; seconds: number; edges: number[] }> =
    {};
  for (const [method, title] of methods) {
    const sum = { words: 0, errors: 0, seconds: 0, edges: [] as number[] };
    sums[title] = sum;
    // Once beforehand, so that opening the model is not measured.
    await call(page, method, scenes[5], model);
    for (const [i, scene] of scenes.entries()) {
      const heard = await call<Heard>(page, method, scene, model);
      const found = wordErrors(clips[i]!.text, heard.words.map((w) => w.text).join(' '));
      sum.words += found.words;
      sum.errors += found.errors;
      sum.seconds += heard.seconds;
      sum.edges.push(...edgeErrors(references[i]!, heard.words));
      const row = (rows[clips[i]!.file.split('/').at(-1)!] ??= {});
      row[title] =
        `${((100 * found.errors) / found.words).toFixed(1)} %  ${found.differences.join(' ')}`;
    }
  }
  console.log(`\n${model}: word error rate per clip`);
  console.table(rows);
  console.table(
    Object.fromEntries(
      Object.entries(sums).map(([title, s]) => [
        title,
        {
          'word error rate': `${((100 * s.errors) / s.words).toFixed(2)} %`,
          'edge error, median': `${Math.round(1000 * median(s.edges))} ms`,
          'edge error, 90th percentile': `${Math.round(1000 * ninetieth(s.edges))} ms`,
          'seconds of work': s.seconds.toFixed(1),
        },
      ]),
    ),
  );
}

/** Clips with a second of silence between them: how much of it is found, how much speech is taken for it. */
async function pauses(page: BenchPage, model: string) {
  const used = clips.filter(
    (c) => !c.file.startsWith('moonshine') && !c.file.startsWith('deepgram'),
  );
  const files = used.map((c) => c.file);
  const rows: Record<string, Record<string, string>> = {};
  for (const file of [null, ...noises]) {
    const scene: Scene = { files, gap, noise: file ? { file, decibels: 5 } : null };
    const truth = await call<TimedWord[]>(
      page,
      'reference',
      scene,
      used.map((c) => c.text),
    );
    const { starts, lengths } = await call<{ starts: number[]; lengths: number[] }>(
      page,
      'layout',
      scene,
    );
    const holes = starts.map((s, i) => ({ start: s + lengths[i]!, end: s + lengths[i]! + gap }));
    const row: Record<string, string> = (rows[file ? `${file}, 5 dB` : 'clean'] = {});
    const { words, silences } = await call<Heard>(page, 'ours', scene, model);
    const spoken = truth.reduce((sum, w) => sum + w.end - w.start, 0);
    row['pause time found'] =
      `${((100 * overlapOf(holes, silences)) / (holes.length * gap)).toFixed(1)} %`;
    row['speech taken for pause'] = `${((100 * overlapOf(truth, silences)) / spoken).toFixed(2)} %`;
    row['words reaching into a pause'] =
      `${((100 * overlapOf(holes, words)) / (holes.length * gap)).toFixed(1)} %`;
    const bare = await call<Heard>(page, 'barePipeline', scene, model);
    row['the same, bare pipeline'] =
      `${((100 * overlapOf(holes, bare.words)) / (holes.length * gap)).toFixed(1)} %`;
    const edges = (heard: Heard['words']) => {
      const all = edgeErrors(truth, heard);
      return `${Math.round(1000 * median(all))} / ${Math.round(1000 * ninetieth(all))} ms`;
    };
    row['edges, median / 90th'] = edges(words);
    row['edges, bare pipeline'] = edges(bare.words);
  }
  console.log(`\n${model}: pauses of ${gap} s between clips`);
  console.table(rows);
}

if (import.meta.main) await run();
