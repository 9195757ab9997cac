/**
 * Recording: what a killed browser loses, and dropped frames, processor and memory at 1080p30.
 * `RECORD_KILLS=5` takes fewer kills, `RECORD_MINUTES=1` a shorter recording.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumArguments, chromiumPath } from '../cli/chromium.ts';
import { cpuSeconds, pss } from './memory/pss.ts';
import { serveModules } from './page.ts';
import { inPage } from './record/in-page.ts';
import { killRuns, type KillRun } from './record/kill.ts';
import { moving } from './record/moving.ts';

const kills = Number(process.env['RECORD_KILLS'] ?? 30);
const minutes = Number(process.env['RECORD_MINUTES'] ?? 10);
const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

export async function run(): Promise<void> {
  if (kills > 0) await measureKills();
  if (minutes > 0) await measureRecording();
}

async function measureKills(): Promise<void> {
  console.log(`SIGKILL of the browser at a random moment, ${kills} runs, 1280 × 720 with camera,`);
  console.log('microphone and tab sound: seconds recorded, in the library afterwards, and lost');
  const row = ({ phase, recorded, kept, lost }: KillRun) =>
    console.log(
      `${phase.padEnd(10)} ${recorded.toFixed(2).padStart(6)} ${(kept?.duration ?? 0).toFixed(2).padStart(6)} ${lost.toFixed(2).padStart(6)}${kept?.undecodable ? `  ${kept.undecodable} frames do not decode` : ''}`,
    );
  const size = { width: 1280, height: 720 };
  const runs = await killRuns({ runs: kills, least: 0.3, most: 8, size, onRun: row });
  const lost = runs.map((r) => r.lost).sort((a, b) => a - b);
  const damaged = runs.filter((r) => !r.kept || r.kept.undecodable > 0).length;
  console.log(
    `lost: median ${lost[lost.length >> 1]!.toFixed(2)} s, most ${lost.at(-1)!.toFixed(2)} s (at most 2); missing or damaged: ${damaged}\n`,
  );
}

/** Processor seconds for each second, and memory in bytes at the start, the end and the highest. */
interface Load {
  cpu: number;
  first: number;
  last: number;
  peak: number;
}

async function loadFor(seconds: number): Promise<Load> {
  const cpu = cpuSeconds(process.pid, 'chrom');
  const began = performance.now();
  const memory: number[] = [];
  while (performance.now() - began < seconds * 1000) {
    await sleep(Math.min(2, seconds / 10));
    memory.push(pss(process.pid, 'chrom').all);
  }
  const passed = (performance.now() - began) / 1000;
  const tenth = Math.max(1, Math.floor(memory.length / 10));
  const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  return {
    cpu: (cpuSeconds(process.pid, 'chrom') - cpu) / passed,
    first: mean(memory.slice(tenth, 2 * tenth)),
    last: mean(memory.slice(-tenth)),
    peak: Math.max(...memory),
  };
}

async function measureRecording(): Promise<void> {
  const { server, origin } = await serveModules();
  const profile = mkdtempSync(path.join(os.tmpdir(), 'cairn-record-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    args: [...chromiumArguments, '--auto-select-tab-capture-source-by-title=Moving page'],
    headless: true,
    viewport: { width: 1920, height: 1080 },
  });
  try {
    const shown = await context.newPage();
    await shown.setContent(moving);
    const page = await context.newPage();
    page.on('console', (message) => console.log(message.text()));
    await page.goto(`${origin}bench-blank`);
    const idle = await loadFor(15);
    const size = await inPage(page, 'shareTab');
    console.log(
      `A page with moving text, ${size.width} × ${size.height}, microphone; ${minutes} minutes`,
    );
    const shared = await loadFor(15);
    await inPage(page, 'startShared');
    await sleep(3);
    const before = await inPage(page, 'counts');
    const load = await loadFor(minutes * 60);
    const after = await inPage(page, 'counts');
    const result = await inPage(page, 'stopShared');
    const seconds = after.elapsed - before.elapsed;
    const frames = after.frames - before.frames;
    const dropped = after.dropped - before.dropped;
    const alternative = Math.min(60, minutes * 60);
    const [other, otherLoad] = await Promise.all([
      inPage(page, 'mediaRecorderFor', alternative),
      loadFor(alternative),
    ]);
    console.log(
      '                      frames/s  dropped     CPU  MB at first  at the end  highest  Mbit/s',
    );
    line('page alone', idle);
    line('shared, not recorded', shared);
    line(
      `Cairn, ${result.codec}`,
      load,
      frames / seconds,
      dropped,
      (after.size - before.size) / seconds,
    );
    line(
      'MediaRecorder, VP8',
      otherLoad,
      other.frames / alternative,
      null,
      other.size / alternative,
    );
    console.log(
      `recorded ${result.duration.toFixed(1)} s, ${frames} frames; CPU is processor seconds a second, whole browser`,
    );
  } finally {
    await context.close();
    await server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function line(name: string, load: Load, rate?: number, dropped?: number | null, bytes?: number) {
  const mb = (value: number) => (value / 2 ** 20).toFixed(0);
  const cells = [
    rate?.toFixed(1) ?? '',
    dropped?.toString() ?? '',
    load.cpu.toFixed(2),
    ...[load.first, load.last, load.peak].map(mb),
    bytes === undefined ? '' : ((bytes * 8) / 1e6).toFixed(2),
  ];
  const widths = [8, 9, 8, 13, 12, 9, 8];
  console.log(name.padEnd(22) + cells.map((cell, i) => cell.padStart(widths[i]!)).join(''));
}

if (import.meta.main) await run();
