/** The whole analysis of a 10-minute 1080p recording with each installed speech model, against the recording's own length. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Report } from '../core/report.ts';
import { sharedFolder } from '../e2e/test-media-plugin.ts';
import { screenClip } from './media.ts';
import { cpuSeconds, peakWhile } from './memory/pss.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** `BENCH_MINUTES=3` takes a shorter recording. */
const minutes = Number(process.env['BENCH_MINUTES'] ?? 10);
/** Largest share of the recording's length that the analysis may take. */
const goals: Record<string, number> = { 'whisper-base': 1 / 2, 'whisper-tiny.en': 1 / 3 };
/** `BENCH_MODEL=whisper-base` takes only that one. */
const only = process.env['BENCH_MODEL'];

export async function run(): Promise<void> {
  addFastModel();
  const clip = screenClip({ seconds: minutes * 60, keyInterval: 30 });
  console.log(
    `${minutes} minutes of 1080p on ${os.cpus().length} cores; processor time is that of the whole browser`,
  );
  console.log(
    `model             sound  screen  speech     all  of length       goal  processor  peak`,
  );
  for (const [model, goal] of Object.entries(goals)) {
    if (only && only !== model) continue;
    const out = mkdtempSync(path.join(os.tmpdir(), 'cairn-bench-analysis-'));
    // The browser is gone when the run has ended, and its processor time with it.
    let cpu = 0;
    const look = () => (cpu = Math.max(cpu, cpuSeconds(process.pid, 'chrom')));
    const timer = setInterval(look, 500);
    const { result: status, peak } = await peakWhile(() => make(clip, out, model));
    clearInterval(timer);
    if (status !== 0) {
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
      `${model.padEnd(16)} ${s(sound)}  ${s(screen)}  ${s(speech)}  ${s(all)}  ${(share * 100).toFixed(0).padStart(7)} %  below ${(goal * 100).toFixed(0)} %  ${s(cpu).padStart(9)}  ${(peak / 2 ** 20).toFixed(0)} MB`,
    );
  }
}

/** Analyses the clip and exports nothing; resolves to the exit status. */
function make(clip: string, out: string, model: string): Promise<number | null> {
  const none = ['--video', 'none', '--article', 'none', '--subtitles', 'none'];
  const made = spawn(
    process.execPath,
    [path.join(root, 'web/cli/make.mjs'), clip, '--out', out, '--model', model, ...none],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  return new Promise((resolve, reject) => {
    made.on('error', reject);
    made.on('close', resolve);
  });
}

/** Adds tiny.en from `../shared` unless it is there. */
export function addFastModel(): void {
  const folder = path.join(sharedFolder, 'models/whisper-tiny.en');
  const installed = path.join(root, 'web/models/added/whisper-tiny.en');
  if (existsSync(installed) || !existsSync(folder)) return;
  execFileSync(process.execPath, [
    path.join(root, 'web/models/add.ts'),
    ...['add', 'whisper-tiny.en', '--from', folder],
  ]);
}

if (import.meta.main) await run();
