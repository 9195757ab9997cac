/** What happens to a recording from outside: a killed browser, a full storage, a computer that sleeps, other programs. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveModules } from '../bench/page.ts';
import { inPage } from '../bench/record/in-page.ts';
import { killRuns } from '../bench/record/kill.ts';
import { chromiumArguments, chromiumPath } from '../cli/chromium.ts';
import { killByArgument } from './app.ts';

let modules: Awaited<ReturnType<typeof serveModules>>;
const folder = mkdtempSync(path.join(os.tmpdir(), 'cairn-record-'));
beforeAll(async () => {
  modules = await serveModules();
});
afterAll(async () => {
  await modules.server.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** A browser of its own that is recording; `profile` is on the command line of all its processes. */
async function whileRecording(work: (page: Page, profile: string) => Promise<void>): Promise<void> {
  const profile = mkdtempSync(path.join(folder, 'profile-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    args: chromiumArguments,
    headless: true,
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(`${modules.origin}bench-blank`);
    await inPage(page, 'startDrawn', 640, 360);
    await work(page, profile);
  } finally {
    await context.close();
  }
}

test('a browser killed while it records: all but two seconds is there and decodes', async () => {
  const runs = await killRuns({
    runs: 3,
    least: 0.5,
    most: 4,
    size: { width: 640, height: 360 },
  });
  for (const { kept, lost, recorded } of runs) {
    expect(lost).toBeLessThan(2);
    // The kill itself takes a moment on a busy machine.
    expect(lost).toBeGreaterThan(-1);
    expect(kept!.notices).toContain('recovered');
    expect(kept!.undecodable).toBe(0);
    expect(kept!.frames).toBeGreaterThan(0);
    expect(recorded - kept!.lastInteraction).toBeLessThan(2.3);
  }
}, 120_000);

test.each([
  { room: 40 * 2 ** 20, how: 'is seen to fill up' },
  { room: 100_000, how: 'is full at once' },
])(
  'the storage $how: the recording ends in order and is there',
  async ({ room }) => {
    await whileRecording(async (page) => {
      const { origin } = modules;
      const session = await page.context().newCDPSession(page);
      const { usage } = await session.send('Storage.getUsageAndQuota', { origin });
      const quotaSize = usage + room;
      await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
      const ended = await inPage(page, 'waitForEnd');
      expect(ended.notices).toContain('storage-full');
      expect(ended.undecodable).toBe(0);
      expect(ended.duration).toBeGreaterThan(ended.elapsed - 1);
    });
  },
  90_000,
);

test('a computer that sleeps for twelve seconds: they are left out', async () => {
  await whileRecording(async (page, profile) => {
    await sleep(1500);
    await killByArgument(profile, 'SIGSTOP');
    await sleep(12_000);
    await killByArgument(profile, 'SIGCONT');
    await sleep(2000);
    const result = await inPage(page, 'stopAndTake');
    expect(result.notices).toEqual(['slept']);
    expect(result.undecodable).toBe(0);
    expect(result.duration).toBeGreaterThan(2.5);
    expect(result.duration).toBeLessThan(8);
    expect(Math.abs(result.duration - result.elapsed)).toBeLessThan(0.5);
  });
}, 90_000);

test('ffmpeg reads the files without a complaint, and finds the same tracks', async () => {
  await whileRecording(async (page) => {
    await sleep(2500);
    const { files, duration } = await inPage(page, 'stopAndTake');
    const found = files.map(({ role, base64 }) => {
      const file = path.join(folder, `${role}.mp4`);
      writeFileSync(file, Buffer.from(base64, 'base64'));
      // Times as they are, not those of an even frame rate.
      const times = ['-fps_mode', 'passthrough', '-enc_time_base', '-1'];
      const decode = ['-v', 'error', '-i', file, '-map', '0', ...times, '-f', 'null', '-'];
      const decoded = spawnSync('ffmpeg', decode, { encoding: 'utf8' });
      expect(decoded.stderr).toBe('');
      expect(decoded.status).toBe(0);
      const entries = 'stream=codec_name,channels:format=duration';
      const look = ['-v', 'error', '-show_entries', entries, '-of', 'json', file];
      return JSON.parse(spawnSync('ffprobe', look, { encoding: 'utf8' }).stdout) as {
        streams: { codec_name: string; channels?: number }[];
        format: { duration: string };
      };
    });
    const names = found.map(({ streams }) => streams.map((s) => s.codec_name + (s.channels ?? '')));
    expect(names).toEqual([['h264', 'opus1', 'opus2'], ['h264']]);
    expect(Math.abs(Number(found[0]!.format.duration) - duration)).toBeLessThan(0.1);
  });
}, 60_000);
