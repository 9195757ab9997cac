/**
 * Filler words: precision and recall of what the product finds, against Whisper's own words, on
 * clean speech with fillers put in at known places, at three levels of noise.
 */
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { sharedFolder } from '../e2e/test-media-plugin.ts';
import type { Heard } from './fillers/listen.ts';
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
  const scenes = await buildScenes();
  report(await hear(scenes));
}

/** Runs the real stages over each scene, in Chromium. */
export async function hear(scenes: Scene[], compare = true) {
  const folder = path.join(cacheFolder, 'fillers');
  mkdirSync(folder, { recursive: true });
  const bench = await openPage();
  try {
    await bench.page.route('**/scenes/*', (route) =>
      route.fulfill({ path: path.join(folder, path.basename(route.request().url())) }),
    );
    const results: { scene: Scene; heard: Heard }[] = [];
    for (const [i, scene] of scenes.entries()) {
      writeSound(path.join(folder, `${i}.wav`), scene.samples);
      const heard = await bench.page.evaluate(
        async ({ address, withOwn }) => {
          const module = '/bench/fillers/listen.ts';
          const { listen } = (await import(
            /* @vite-ignore */ module
          )) as typeof import('./fillers/listen.ts');
          return listen(address, withOwn);
        },
        { address: `/scenes/${i}.wav`, withOwn: compare },
      );
      results.push({ scene, heard });
    }
    return results;
  } finally {
    await bench.close();
  }
}

if (import.meta.main) await run();
