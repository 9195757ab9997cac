/**
 * Filler words: precision and recall of what the product finds, against Whisper's own words, on
 * clean speech with fillers put in at known places, at three levels of noise; then the same on a set
 * that nothing was chosen on. BENCH_MODEL=whisper-tiny.en runs it with the fast model.
 */
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { sharedFolder } from '../e2e/test-media-plugin.ts';
import type { Heard } from './fillers/listen.ts';
import { addFastModel } from './analysis.ts';
import { buildHeldOut } from './fillers/held-out.ts';
import { buildScenes, type Scene } from './fillers/scenes.ts';
import { report } from './fillers/score.ts';
import { writeSound } from './fillers/sound.ts';
import { cacheFolder } from './media.ts';
import { openPage } from './page.ts';

export async function run(): Promise<void> {
  if (!existsSync(path.join(sharedFolder, 'media/speech'))) {
    console.log('fillers: skipped, there is no media folder beside this checkout');
    return;
  }
  const model = process.env['BENCH_MODEL'] ?? 'whisper-base';
  if (model === 'whisper-tiny.en') addFastModel();
  console.log(`${model}, scenes on which networks and weights were compared\n`);
  report(await hear(await buildScenes(), model, true));
  console.log(`\n${model}, held out: other speakers, fillers and noise\n`);
  report(await hear(await buildHeldOut(), model, false));
}

export interface Result {
  scene: Scene;
  heard: Heard;
}

/** Runs the real stages over each scene, in Chromium; `compare` adds Whisper's own words where it is clean. */
export async function hear(scenes: readonly Scene[], model: string, compare: boolean) {
  const folder = path.join(cacheFolder, 'fillers');
  mkdirSync(folder, { recursive: true });
  const bench = await openPage();
  try {
    await bench.page.route('**/scenes/*', (route) =>
      route.fulfill({ path: path.join(folder, path.basename(route.request().url())) }),
    );
    const results: Result[] = [];
    for (const [i, scene] of scenes.entries()) {
      writeSound(path.join(folder, `${i}.wav`), scene.samples);
      const heard = await bench.page.evaluate(
        async ({ address, name, withOwn }) => {
          const module = '/bench/fillers/listen.ts';
          const { listen } = (await import(
            /* @vite-ignore */ module
          )) as typeof import('./fillers/listen.ts');
          return listen(address, name, withOwn);
        },
        { address: `/scenes/${i}.wav`, name: model, withOwn: compare && scene.noise === 'clean' },
      );
      results.push({ scene, heard });
      console.error(`${i + 1} of ${scenes.length}: ${scene.name}, ${scene.noise}`);
    }
    return results;
  } finally {
    await bench.close();
  }
}

if (import.meta.main) await run();
