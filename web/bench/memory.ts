/** Peak memory of the whole browser for a long recording against a short one. */
import { openExportPage, spreadCuts } from './export/browser.ts';
import { screenClip } from './media.ts';
import { peakWhile } from './memory/pss.ts';
import path from 'node:path';
import type { Page } from 'playwright-core';

/** What is done with the recording at `path` in OPFS while memory is watched. Add a stage to measure it as well. */
type Stage = (page: Page, recording: { path: string; seconds: number }) => Promise<void>;

const stages: Record<string, Stage> = {
  async analysis(page, { path: source, seconds }) {
    const model = process.env['BENCH_MODEL'] ?? 'whisper-base';
    page.on('console', (message) => message.text().startsWith('  ') && console.log(message.text()));
    await page.evaluate(
      async ({ source, seconds, model }) => {
        const address = '/bench/memory/driver.ts';
        const driver = (await import(address)) as typeof import('./memory/driver.ts');
        await driver.analyse(source, seconds, model);
      },
      { source, seconds, model },
    );
  },
  'export, loudness known': (page, recording) => exported(page, recording, clipLoudness),
  export: (page, recording) => exported(page, recording, null),
};

/** LUFS of the clip; near enough, as what analysis found out must be. */
const clipLoudness = -35.5;

async function exported(
  page: Page,
  { path: source, seconds }: Parameters<Stage>[1],
  loudness: number | null,
): Promise<void> {
  const cuts = spreadCuts(seconds, Math.round(seconds / 10));
  await page.evaluate(
    async ({ source, seconds, cuts, loudness }) => {
      const address = '/bench/export/driver.ts';
      const driver = (await import(address)) as typeof import('./export/driver.ts');
      await driver.exportInWorker({
        path: source,
        outputPath: 'temp/bench-out',
        voiceTrack: 0,
        duration: seconds,
        cuts: cuts as never,
        normalise: true,
        loudness,
        format: 'mp4',
      });
      await driver.drop('temp/bench-out');
    },
    { source, seconds, cuts, loudness },
  );
}

/** `BENCH_MINUTES=30` takes a shorter long recording, `BENCH_STAGE=export` only the stages named so. */
const lengths = [300, 60 * Number(process.env['BENCH_MINUTES'] ?? 60)];
const onlyStage = process.env['BENCH_STAGE'];

export async function run(): Promise<void> {
  const peaks = new Map<string, { peak: number; peakOwn: number }[]>();
  for (const seconds of lengths) {
    const file = screenClip({ seconds, keyInterval: 30 });
    for (const [name, stage] of Object.entries(stages)) {
      if (onlyStage && !name.startsWith(onlyStage)) continue;
      const { page, files, close } = await openExportPage();
      try {
        await page.evaluate(
          async (url) => {
            const address = '/bench/export/driver.ts';
            const driver = (await import(address)) as typeof import('./export/driver.ts');
            await driver.bring(url, 'temp/bench-in');
          },
          files.origin + path.basename(file),
        );
        // What bringing the file in has left behind goes with the old document.
        await page.reload();
        await page.waitForTimeout(2000);
        const { peak, peakOwn } = await peakWhile(() =>
          stage(page, { path: 'temp/bench-in', seconds }),
        );
        peaks.set(name, [...(peaks.get(name) ?? []), { peak, peakOwn }]);
      } finally {
        await close();
      }
    }
  }
  console.log(
    `Peak memory of the whole browser (MB): 5 minutes, ${lengths[1]! / 60} minutes, more by (at most 200)`,
  );
  const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(0).padStart(6);
  for (const [name, [short, long]] of peaks) {
    if (!short || !long) continue;
    for (const [what, key] of [
      ['', 'peak'],
      ['without program files', 'peakOwn'],
    ] as const)
      console.log(
        `${`${name} ${what}`.padEnd(40)} ${mb(short[key])} ${mb(long[key])} ${mb(long[key] - short[key])}`,
      );
  }
}

if (import.meta.main) await run();
