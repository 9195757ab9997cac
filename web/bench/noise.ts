/**
 * Noise suppression: gain in SI-SDR and STOI over the noisy input, for what the product does, GTCRN
 * alone and RNNoise alone, all on the same clips in the same run; and its speed.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { sharedFolder } from '../e2e/test-media-plugin.ts';
import { openPage } from './page.ts';
import type { NoiseResult } from './noise/measure.ts';

export async function run(): Promise<void> {
  if (!existsSync(path.join(sharedFolder, 'media/noise'))) {
    console.log('noise: skipped, there is no media folder beside this checkout');
    return;
  }
  const bench = await openPage();
  try {
    const heads = ['RNNoise', 'GTCRN', 'Cairn'].map((name) => name.padStart(16));
    console.log(
      'Gain over the noisy input: SI-SDR (dB), STOI (points of 100), mean over the clips',
    );
    console.log(`${'noise'.padEnd(14)} SNR ${heads.join('')}`);
    const result = await bench.page.evaluate(async (): Promise<NoiseResult> => {
      const address = '/bench/noise/measure.ts';
      const module = (await import(
        /* @vite-ignore */ address
      )) as typeof import('./noise/measure.ts');
      return module.measureNoise();
    });
    report(result);
  } finally {
    await bench.close();
  }
}

function report({ clean, speed }: NoiseResult): void {
  console.log('\nSpeech without added noise: SI-SDR (dB) and STOI of the output against the input');
  for (const [method, { siSdr, stoi }] of Object.entries(clean)) {
    console.log(`${method.padEnd(14)} ${siSdr.toFixed(1)} ${stoi.toFixed(3)}`);
  }
  console.log(`\nSpeed of the whole denoiser on one core: ${speed.toFixed(1)} x real time`);
}

if (import.meta.main) await run();
