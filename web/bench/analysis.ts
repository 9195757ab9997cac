/** The whole analysis of a 10-minute 1080p recording with each installed speech model, against the recording's own length. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Report } from '../core/report.ts';
import { sharedFolder } from '../e2e/test-media-plugin.ts';
import { screenClip } from './media.ts';

const root = path.resolve(import.meta.dirname, '../..');
const minutes = 10;
/** Largest share of the recording's length that the analysis may take. */
const goals: Record<string, number> = { 'whisper-base': 1 / 2, 'whisper-tiny.en': 1 / 3 };

export async function run(): Promise<void> {
  addFastModel();
  const clip = screenClip({ seconds: minutes * 60, keyInterval: 30 });
  console.log(`model             sound  screen  speech   all    of length  goal`);
  for (const [model, goal] of Object.entries(goals)) {
    const out = mkdtempSync(path.join(os.tmpdir(), 'cairn-bench-analysis-'));
    const made = spawnSync(
      process.execPath,
      [
        path.join(root, 'web/cli/make.mjs'),
        clip,
        ...[
          '--out',
          out,
          '--model',
          model,
          '--video',
          'none',
          '--article',
          'none',
          '--subtitles',
          'none',
        ],
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    if (made.status !== 0) {
      console.log(`${model.padEnd(16)}  could not be run`);
      continue;
    }
    const report = JSON.parse(readFileSync(path.join(out, 'report.json'), 'utf8')) as Report;
    rmSync(out, { recursive: true, force: true });
    const { sound = 0, screen = 0, speech = 0, steps = 0, analysis } = report.timings;
    // The stages run side by side: the longest of them is what a person waits for.
    const all = analysis ?? Math.max(sound, screen, speech) + steps;
    const share = all / report.recording.duration;
    const s = (value: number) => `${value.toFixed(0)} s`.padStart(6);
    console.log(
      `${model.padEnd(16)} ${s(sound)}  ${s(screen)}  ${s(speech)} ${s(all)}  ${(share * 100).toFixed(0).padStart(6)} %  below ${(goal * 100).toFixed(0)} %`,
    );
  }
}

function addFastModel(): void {
  const folder = path.join(sharedFolder, 'models/whisper-tiny.en');
  const installed = path.join(root, 'web/models/added/whisper-tiny.en');
  if (existsSync(installed) || !existsSync(folder)) return;
  execFileSync(process.execPath, [
    path.join(root, 'web/models/add.ts'),
    ...['add', 'whisper-tiny.en', '--from', folder],
  ]);
}
