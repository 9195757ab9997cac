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
    const results = await bench.page.evaluate(async (): Promise<NoiseResult> => {
      const address = '/bench/noise/measure.ts';
      const module = (await import(
        /* @vite-ignore */ address
      )) as typeof import('./noise/measure.ts');
      return module.measureNoise();
    });
    report(results);
  } finally {
    await bench.close();
  }
}

function report({ rows, clean, speed }: NoiseResult): void {
  const methods = ['RNNoise', 'GTCRN', 'Cairn'] as const;
  const number = (value: number, digits: number) =>
    `${value < 0 ? '' : '+'}${value.toFixed(digits)}`.padStart(8);
  console.log(
    '\nGain over the noisy input: SI-SDR (dB) and STOI (points of 100), mean over the clips',
  );
  console.log(`${'noise'.padEnd(14)} SNR ${methods.map((m) => m.padStart(16)).join('')}`);
  for (const row of rows) {
    const cells = methods.map((m) => {
      const { siSdr, stoi } = row.gains[m];
      return number(siSdr, 1) + number(100 * stoi, 1);
    });
    console.log(`${row.noise.padEnd(14)} ${String(row.snr).padStart(3)} ${cells.join('')}`);
  }
  console.log('\nSpeech without added noise: SI-SDR (dB) and STOI of the output against the input');
  for (const m of methods) {
    console.log(`${m.padEnd(14)} ${clean[m].siSdr.toFixed(1)} ${clean[m].stoi.toFixed(3)}`);
  }
  console.log(`\nSpeed of the whole denoiser on one core: ${speed.toFixed(1)} x real time`);
}

if (import.meta.main) await run();
