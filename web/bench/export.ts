/**
 * Export of a 10-minute 1080p recording with 60 cuts, sound rendered and file checked, against doing
 * the same edit with mediabunny and WebCodecs, with ffmpeg.wasm, and with the native `smartcut`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { sourceRange, sourceTime } from '../core/time.ts';
import { TimeMap } from '../core/timeline.ts';
import type { ExportReport } from '../render/export-request.ts';
import { lowestSsim, packetsKept, type Segment } from './export/compare.ts';
import type { HeardSound } from './export/driver.ts';
import { openExportPage, spreadCuts, type ExportPage } from './export/browser.ts';
import { cacheFolder, screenClip } from './media.ts';
import { peakWhile } from './memory/pss.ts';

const seconds = 600;
const cutCount = 60;
/** The slow rivals do a shorter clip of the same kind; their time is multiplied. */
const mediabunnySeconds = 30;
const ffmpegSeconds = 10;

const mapOf = (length: number, count: number) =>
  new TimeMap(
    sourceTime(length),
    spreadCuts(length, count).map((c) => sourceRange(c.start, c.end)),
  );

export async function run(keyIntervals: readonly number[] = [30, 250]): Promise<void> {
  const bench = await openExportPage();
  try {
    // The bench serves modules one by one and makes them as they are asked for; the product does not.
    const warmUp = screenClip({ seconds: ffmpegSeconds, keyInterval: 30 });
    await bring(bench, warmUp);
    await ours(bench, ffmpegSeconds, 1, await listen(bench), true);
    for (const keyInterval of keyIntervals) await measure(bench, keyInterval);
  } finally {
    await bench.close();
  }
}

async function measure(bench: ExportPage, keyInterval: number): Promise<void> {
  const file = screenClip({ seconds, keyInterval });
  const map = mapOf(seconds, cutCount);
  await bring(bench, file);
  const heard = await listen(bench);
  const mine = (isClean: boolean) =>
    peakWhile(() => ours(bench, seconds, cutCount, heard, isClean));
  const recorded = await mine(false);
  const cleaned = await mine(true);
  const { result } = cleaned;
  await handBack(bench);
  const { report } = result;
  const written = path.join(cacheFolder, 'bench-export.mp4');
  console.log(
    `\n10 minutes of 1080p, a key frame every ${keyInterval} frames, 60 cuts; noise was removed by the analysis before`,
  );
  const row = (name: string, time: number | null, note: string) =>
    console.log(
      `${name.padEnd(26)} ${
        time === null
          ? '-'.padStart(16)
          : `${time.toFixed(1).padStart(7)} s ${(time / result.seconds).toFixed(1).padStart(5)} x`
      }  ${note}`,
    );
  for (const [name, { result, peak, cpu }] of [
    ['Cairn', cleaned],
    ['Cairn, sound as recorded', recorded],
  ] as const) {
    const { timings, sound, method, encodedFrames, copiedFrames } = result.report;
    const soundTime = (sound?.listening ?? 0) + (sound?.rendering ?? 0);
    row(
      name,
      result.seconds,
      `${method}, ${encodedFrames} of ${encodedFrames + copiedFrames} frames encoded; ` +
        `plan ${timings.plan.toFixed(1)}, write ${timings.write.toFixed(1)} (sound ${soundTime.toFixed(1)}), ` +
        `check ${timings.validate.toFixed(1)} s; ` +
        `browser ${cpu.toFixed(0)} s of processor time, ${(peak / 2 ** 20).toFixed(0)} MB`,
    );
  }
  const segments: Segment[] = map.segments.map(({ source, output }) => ({
    source: source.start,
    output: output.start,
    length: output.end - output.start,
  }));
  const same = packetsKept(file, written, segments, report);
  const ssim = lowestSsim(file, written, segments, report);
  console.log(
    `  packets outside the encoded stretches: ${same.compared - same.different} of ${same.compared} identical; ` +
      `lowest SSIM inside: ${ssim.toFixed(4)}; loudness ${report.sound?.loudness?.toFixed(1)} LUFS`,
  );

  const short = (length: number) => screenClip({ seconds: length, keyInterval });
  const smart = withSmartcut(file, map);
  row(
    'smartcut (native)',
    smart?.seconds ?? null,
    smart
      ? `${smart.cpu.toFixed(0)} s of processor time, ${smart.megabytes.toFixed(0)} MB`
      : 'skipped, not installable here',
  );
  const mediabunny = await peakWhile(() => withMediabunny(bench, short(mediabunnySeconds)));
  const times = seconds / mediabunnySeconds;
  row(
    'mediabunny, all encoded',
    mediabunny.result,
    `${mediabunnySeconds} s of it, times ${times}; ${(mediabunny.cpu * times).toFixed(0)} s of processor time`,
  );
  if (keyInterval !== 30) return;
  const wasm = await peakWhile(() => withFfmpeg(bench, short(ffmpegSeconds)));
  const wasmTimes = seconds / ffmpegSeconds;
  row(
    'ffmpeg.wasm',
    wasm.result,
    `${ffmpegSeconds} s of it, times ${wasmTimes}; ${(wasm.cpu * wasmTimes).toFixed(0)} s of processor time`,
  );
}

const driverAt = '/bench/export/driver.ts';
const rivalsAt = '/bench/export/rivals.ts';

async function bring({ page, files }: ExportPage, file: string): Promise<void> {
  await page.evaluate(
    async ([at, url]) => {
      const driver = (await import(at!)) as typeof import('./export/driver.ts');
      await driver.bring(url!, 'temp/bench-in');
    },
    [driverAt, files.origin + path.basename(file)],
  );
}

/** What the product's analysis says of the sound of the file brought, its noise removed into another one. */
async function listen({ page }: ExportPage): Promise<HeardSound> {
  return page.evaluate(async (at) => {
    const driver = (await import(at)) as typeof import('./export/driver.ts');
    return driver.listen('temp/bench-in', 'temp/bench-clean');
  }, driverAt);
}

/** `isClean`: as exports are by default, else with the sound that was recorded. */
async function ours(
  { page }: ExportPage,
  length: number,
  cuts: number,
  heard: HeardSound,
  isClean: boolean,
): Promise<{ report: ExportReport; seconds: number }> {
  return page.evaluate(
    async ({ at, duration, cuts, cleanSound, loudness }) => {
      const driver = (await import(at)) as typeof import('./export/driver.ts');
      return driver.exportInWorker({
        path: 'temp/bench-in',
        outputPath: 'temp/bench-out',
        voiceTrack: 0,
        duration,
        cuts: cuts as never,
        cleanSound,
        normalise: true,
        loudness,
        format: 'mp4',
      });
    },
    {
      at: driverAt,
      duration: length,
      cuts: spreadCuts(length, cuts),
      cleanSound: isClean ? 'temp/bench-clean' : null,
      loudness: isClean ? heard.cleanLoudness : heard.loudness,
    },
  );
}

async function handBack({ page, files }: ExportPage): Promise<void> {
  await page.evaluate(
    async ([at, url]) => {
      const driver = (await import(at!)) as typeof import('./export/driver.ts');
      await driver.handBack('temp/bench-out', url!);
    },
    [driverAt, `${files.origin}bench-export.mp4`],
  );
}

const keptOf = (length: number) =>
  mapOf(length, Math.round(length / 10)).segments.map(({ source }) => ({
    start: source.start,
    end: source.end,
  }));

async function withMediabunny(bench: ExportPage, file: string): Promise<number> {
  await bring(bench, file);
  const time = await bench.page.evaluate(
    async ({ at, kept }) => {
      const rivals = (await import(at)) as typeof import('./export/rivals.ts');
      return rivals.reencodeWithMediabunny('temp/bench-in', kept);
    },
    { at: rivalsAt, kept: keptOf(mediabunnySeconds) },
  );
  return (time * seconds) / mediabunnySeconds;
}

async function withFfmpeg(bench: ExportPage, file: string): Promise<number> {
  await bring(bench, file);
  const core = path.resolve(import.meta.dirname, '../../node_modules/@ffmpeg/core/dist/esm');
  const time = await bench.page.evaluate(
    async ({ at, kept, core }) => {
      const rivals = (await import(at)) as typeof import('./export/rivals.ts');
      return rivals.reencodeWithFfmpeg('temp/bench-in', kept, core);
    },
    { at: rivalsAt, kept: keptOf(ffmpegSeconds), core: `/@fs${core}/` },
  );
  return (time * seconds) / ffmpegSeconds;
}

/** From PyPI, into the cache. Null where that is not possible. */
function withSmartcut(
  file: string,
  map: TimeMap,
): { seconds: number; megabytes: number; cpu: number } | null {
  const folder = path.join(cacheFolder, '../smartcut');
  const tool = path.join(folder, 'bin/smartcut');
  if (!existsSync(tool)) {
    spawnSync('python3', ['-m', 'venv', folder]);
    spawnSync(path.join(folder, 'bin/pip'), ['-q', 'install', 'smartcut==1.7']);
  }
  if (!existsSync(tool)) return null;
  const keep = map.segments
    .map(({ source }) => `${source.start.toFixed(4)},${source.end.toFixed(4)}`)
    .join(',');
  const script = `import resource,subprocess,sys,time
t=time.time(); r=subprocess.run(sys.argv[1:],capture_output=True)
u=resource.getrusage(resource.RUSAGE_CHILDREN)
print(r.returncode,time.time()-t,u.ru_maxrss,u.ru_utime+u.ru_stime)`;
  const { stdout } = spawnSync(
    'python3',
    ['-c', script, tool, file, path.join(cacheFolder, 'bench-smartcut.mp4'), '--keep', keep],
    { encoding: 'utf8' },
  );
  const [status, time, kilobytes, cpu] = stdout.trim().split(' ').map(Number);
  return status === 0 ? { seconds: time!, megabytes: kilobytes! / 1024, cpu: cpu! } : null;
}

if (import.meta.main) {
  const chosen = process.argv.slice(2).map(Number);
  await run(chosen.length > 0 ? chosen : undefined);
}
