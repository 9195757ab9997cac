/**
 * Picture against sound after 100 random cuts: a recording whose every picture shows its number and
 * whose sound is noise that is known sample by sample is exported; the file is decoded by native
 * ffmpeg, and each picture and the sound around it are looked up in the recording.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { sourceRange, sourceTime } from '../core/time.ts';
import { TimeMap, type Segment } from '../core/timeline.ts';
import { openExportPage } from './export/browser.ts';
import { cacheFolder } from './media.ts';

const seconds = 34;
const cutCount = 100;
const rate = 48_000;
const frameRate = 30;
/** As makeClip draws them. */
const bits = 10;
/** Seconds; containers round times to less than this. */
const tick = 1e-4;

/** Random, but the same in every run. */
function randomCuts(): { start: number; end: number }[] {
  let state = 20_261_123;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  return Array.from({ length: cutCount }, (_, i) => {
    const start = ((i + 0.1 + 0.3 * random()) * seconds) / cutCount;
    return { start, end: start + 0.03 + 0.12 * random() };
  });
}

/** White noise by sample number, the same in page and bench. */
const noiseSource = `(n) => {
  let x = Math.imul(n + 1, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (((x ^ (x >>> 16)) >>> 0) / 2 ** 31 - 1) * 0.2;
}`;
const noise = new Function(`return ${noiseSource}`)() as (sample: number) => number;

export async function run(): Promise<void> {
  const cuts = randomCuts();
  const written = await exportClip(cuts, 'bench-sync.mp4', 'mp4');
  const map = new TimeMap(
    sourceTime(seconds),
    cuts.map((c) => sourceRange(c.start, c.end)),
  );
  const pictures = picturesOf(written);
  const sound = soundOf(written);
  let worst = { apart: 0, picture: 0, sound: 0 };
  let compared = 0;
  for (const segment of map.segments) {
    const soundOffset = soundOffsetIn(sound, segment);
    if (soundOffset === null) continue;
    compared++;
    for (const { number, time } of pictures) {
      if (time < segment.output.start - tick || time >= segment.output.end - tick) continue;
      const pictureOffset =
        time - (segment.output.start + number / frameRate - segment.source.start);
      const apart = Math.abs(pictureOffset - soundOffset);
      if (apart > worst.apart) worst = { apart, picture: pictureOffset, sound: soundOffset };
    }
  }
  const ms = (value: number) => (value * 1000).toFixed(2);
  console.log(
    `Picture against sound after ${cutCount} random cuts, ${compared} of ${map.segments.length} stretches compared, ${pictures.length} pictures:`,
  );
  console.log(
    `largest offset ${ms(worst.apart)} ms (one frame is ${ms(1 / frameRate)}); there the picture is ${ms(worst.picture)} and the sound ${ms(worst.sound)} ms from its place`,
  );
}

async function exportClip(
  cuts: { start: number; end: number }[],
  name: string,
  format: 'mp4' | 'webm',
): Promise<string> {
  const { page, files, close } = await openExportPage();
  try {
    await page.evaluate(
      async ({ seconds, frameRate, rate, noiseSource, cuts, url, format }) => {
        const load = (address: string): Promise<unknown> => import(address);
        const clips = (await load('/render/clips.ts')) as typeof import('../render/clips.ts');
        const driver = (await load(
          '/bench/export/driver.ts',
        )) as typeof import('./export/driver.ts');
        const opfs = (await load('/storage/opfs.ts')) as typeof import('../storage/opfs.ts');
        const noise = new Function(`return ${noiseSource}`)() as (sample: number) => number;
        const clip = await clips.makeClip({
          seconds,
          frames: clips.steady(seconds, frameRate),
          sound: (time) => noise(Math.round(time * rate)),
        });
        await opfs.writeFile('temp/bench-in', clip);
        await driver.exportInWorker({
          path: 'temp/bench-in',
          outputPath: 'temp/bench-out',
          voiceTrack: 0,
          duration: seconds,
          cuts: cuts as never,
          normalise: false,
          format,
        });
        await driver.handBack('temp/bench-out', url);
      },
      { seconds, frameRate, rate, noiseSource, cuts, url: files.origin + name, format },
    );
  } finally {
    await close();
  }
  return path.join(cacheFolder, name);
}

const output = (command: string, args: string[]): Buffer =>
  execFileSync(command, ['-v', 'fatal', ...args], { maxBuffer: 2 ** 30 });

function picturesOf(file: string): { number: number; time: number }[] {
  const times = output('ffprobe', [
    ...[
      '-select_streams',
      'v:0',
      '-show_frames',
      '-show_entries',
      'frame=pts_time',
      '-of',
      'csv=p=0',
      file,
    ],
  ])
    .toString()
    .split('\n')
    .map((line) => parseFloat(line))
    .filter((time) => !Number.isNaN(time));
  const width = bits * 4;
  const raw = output('ffmpeg', [
    ...['-i', file, '-map', '0:v:0', '-fps_mode', 'passthrough'],
    ...['-vf', `scale=${width}:4:flags=area,format=gray`, '-f', 'rawvideo', '-'],
  ]);
  return times.map((time, i) => {
    let number = 0;
    for (let bit = 0; bit < bits; bit++)
      number = number * 2 + (raw[i * width * 4 + width + bit * 4 + 2]! > 127 ? 1 : 0);
    return { number, time };
  });
}

function soundOf(file: string): Float32Array {
  const raw = output('ffmpeg', [
    ...['-i', file, '-map', '0:a:0', '-ac', '1', '-ar', String(rate), '-f', 'f32le', '-'],
  ]);
  return new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength >> 2);
}

/** Seconds by which the sound of a stretch comes later than its place says. Null when it is too short to tell. */
function soundOffsetIn(sound: Float32Array, { source, output: placed }: Segment): number | null {
  const from = Math.round((placed.start + 0.015) * rate);
  const length = Math.min(4800, Math.round((placed.end - 0.015) * rate) - from);
  if (length < 1200) return null;
  const shift = Math.round(source.start * rate) - Math.round(placed.start * rate);
  let best = { lag: 0, product: 0 };
  for (let lag = -3000; lag <= 3000; lag++) {
    let product = 0;
    for (let i = from; i < from + length; i++) product += sound[i]! * noise(i + shift - lag);
    if (product > best.product) best = { lag, product };
  }
  return best.lag / rate;
}

if (import.meta.main) await run();
