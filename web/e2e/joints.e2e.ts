/**
 * Cuts files of many kinds in Chromium the fast way and has the result decoded by ffmpeg, GStreamer,
 * Chromium and Firefox: every frame of it must be the right one at the right time.
 */
import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type BenchPage } from '../bench/page.ts';
import { installTools } from '../cli/test-tools.mjs';
import { openFirefox, type FirefoxPage } from './firefox.ts';
import { ffmpegFrames, gstreamerFrames, type DecodedFrame } from './joints/decoders.ts';
import { difference, expectedFrames, keptRanges } from './joints/expected.ts';
import type { PageExport } from './joints/page-export.ts';
import { watch } from './joints/page-player.ts';
import { patternHeight, patternWidth, readPattern } from './joints/pattern.ts';
import { jointSources, makeSource, type JointSource } from './joints/sources.ts';
import { ssim } from './joints/ssim.ts';

const tools = installTools(['ffmpeg', 'gst-launch-1.0', 'firefox-esr']);
const hasFfmpeg = tools.includes('ffmpeg');

/** At, before and after key frames; within one frame; at an exact frame time. */
const shortCuts: [number, number][] = [
  [0.51, 1.2],
  [2.05, 2.4],
  [3.033, 3.07],
  [3.7, 4.123],
  [5.5, 6],
  [6.52, 6.54],
];
const longCuts: [number, number][] = [
  [0.51, 1.2],
  [3.05, 4],
  [9.7, 11.123],
  [15, 15.2],
];
const editOf = ({ name }: JointSource): { cuts: [number, number][]; duration: number } => {
  if (name === 'long-gop') return { cuts: longCuts, duration: 20 };
  return { cuts: shortCuts, duration: name === 'variable-rate' ? 13 : 8 };
};

/** Those that are also played through, which takes as long as they are. */
const playedSources = new Set(['b-frames', 'variable-rate', 'vp9']);

let folder: string;
let media: Server;
let address: string;
let chromium: BenchPage;
let firefox: FirefoxPage | null = null;

describe.skipIf(!hasFfmpeg)('joints of copied and encoded packets', () => {
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cairn-joints-'));
    media = serve(folder);
    await new Promise<void>((resolve) => media.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(media.address() as AddressInfo).port}/`;
    chromium = await openPage();
    await warmUp();
    if (tools.includes('firefox-esr')) firefox = await openFirefox('/usr/bin/firefox-esr');
    await firefox?.open(`${address}blank.html`);
  }, 120_000);

  afterAll(async () => {
    await firefox?.close();
    await chromium?.close();
    media?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(jointSources)('$name', { timeout: 120_000 }, async (source) => {
    const { cuts, duration } = editOf(source);
    const kept = keptRanges(duration, cuts);
    const isWebM = source.file.endsWith('.webm');
    // WebM keeps milliseconds.
    const tolerance = isWebM ? 0.0016 : 0.0002;
    const original = await makeSource(source, folder);
    const lumas = new Map<number, Uint8Array>();
    const frames = await ffmpegFrames(original, (luma) => {
      lumas.set(readPattern(luma, patternWidth), luma.slice());
    });
    expect(frames.length).toBe(source.frames);

    const result = await inChromium<PageExport>(
      'exportFile',
      `${address}${source.file}`,
      cuts,
      duration,
    );
    expect(result.refusal).toBeNull();
    const file = `out-${source.name}${isWebM ? '.webm' : '.mp4'}`;
    const target = path.join(folder, file);
    await writeFile(target, Buffer.from(result.file!, 'base64'));
    const expected = expectedFrames(frames, kept);

    await checkPackets(result, `${address}${source.file}`);
    const worst = await checkPictures(target, expected, result, lumas, tolerance);
    if (!isWebM) await checkSyntax(target);
    await checkGStreamer(source, target, expected, tolerance);
    const seeks = besideJoints(expected, kept);
    const script = `(${watch.toString()})(${JSON.stringify(`${address}${file}`)}, ${JSON.stringify(seeks)}, ${JSON.stringify(readPattern.toString())}, ${playedSources.has(source.name)})`;
    const watched = await Promise.all([
      chromium.page.evaluate(script) as ReturnType<typeof watch>,
      firefox?.evaluate<Awaited<ReturnType<typeof watch>>>(script),
    ]);
    for (const [i, shown] of watched.entries()) {
      if (shown) checkPlayer(i === 0 ? 'Chromium' : 'Firefox', shown, expected, kept, isWebM);
    }
    console.log(
      `${source.name}: ${result.report.copiedPackets} packets copied, ${result.report.encodedPackets} encoded, SSIM at least ${worst.toFixed(4)}`,
    );
  });
});

/** Vite may find, at a first import, that it has to bundle dependencies anew; then the page is loaded again. */
async function warmUp(): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await chromium.page.evaluate(`import('/e2e/joints/page-export.ts').then(() => undefined)`);
      return;
    } catch (error) {
      if (tries === 3) throw error;
      await chromium.page.goto(`${chromium.origin}bench-blank`);
    }
  }
}

/** Calls a function of page-export.ts. As text, since vitest rewrites the imports of this file's functions. */
const inChromium = <T>(name: string, ...args: unknown[]): Promise<T> =>
  chromium.page.evaluate(
    `import('/e2e/joints/page-export.ts').then((m) => m.${name}(...${JSON.stringify(args)}))`,
  );

/** Copied packets are the source's, byte for byte; all-intra ones may differ in idr_pic_id alone. */
async function checkPackets(result: PageExport, url: string): Promise<void> {
  const hashes = await inChromium<{ time: number; hash: string }[]>('hashPackets', url);
  const known = new Map(hashes.map(({ time, hash }) => [time, hash]));
  const copied = result.packets.filter((packet) => packet.origin === 'copied');
  expect(copied.length).toBeGreaterThan(0);
  const changed = copied.filter((packet) => known.get(packet.source) !== packet.hash);
  // Two key frames that were apart and now touch must not share their idr_pic_id: the later one changes.
  const isAllIntra = copied.length === result.packets.length;
  const elsewhere = changed.filter(
    ({ output }) => !result.report.joints.some((joint) => Math.abs(joint.output - output) < 0.001),
  );
  expect(elsewhere.length).toBeLessThanOrEqual(isAllIntra ? result.report.joints.length : 0);
}

/** ffmpeg's frames, and how alike the pictures are to the source's: the least SSIM of those encoded again. */
async function checkPictures(
  target: string,
  expected: DecodedFrame[],
  result: PageExport,
  lumas: Map<number, Uint8Array>,
  tolerance: number,
): Promise<number> {
  const encoded = result.packets.filter((p) => p.origin === 'encoded').map((p) => p.output);
  let worst = 1;
  const alike: number[] = [];
  const frames = await ffmpegFrames(target, (luma, index) => {
    const wanted = expected[index];
    const reference = wanted && lumas.get(wanted.number);
    alike[index] = reference ? ssim(luma, reference, patternWidth, patternHeight) : 0;
  });
  expect(difference(frames, expected, tolerance)).toBeNull();
  for (const [i, frame] of frames.entries()) {
    if (encoded.some((time) => Math.abs(time - frame.time) < 0.002)) {
      worst = Math.min(worst, alike[i]!);
      expect(alike[i], `SSIM of frame ${i}`).toBeGreaterThanOrEqual(0.98);
    } else {
      expect(alike[i], `frame ${i} is copied`).toBeGreaterThan(0.99999);
    }
  }
  return worst;
}

/** ffmpeg's bitstream reader goes through every header of every unit. */
async function checkSyntax(target: string): Promise<void> {
  const args = [
    '-v',
    'warning',
    '-i',
    target,
    '-c',
    'copy',
    '-bsf:v',
    'trace_headers',
    '-f',
    'null',
    '-',
  ];
  const { stderr } = await promisify(execFile)('ffmpeg', args, { maxBuffer: 2 ** 28 });
  expect(stderr.split('\n').filter((line) => /invalid|error|overread|missing/i.test(line))).toEqual(
    [],
  );
}

async function checkGStreamer(
  source: JointSource,
  target: string,
  expected: DecodedFrame[],
  tolerance: number,
): Promise<void> {
  if (!tools.includes('gst-launch-1.0')) return;
  const chains = source.file.endsWith('.webm')
    ? [`matroskademux ! ${source.name}dec`]
    : ['qtdemux ! h264parse ! avdec_h264'];
  // OpenH264 loses pictures at every IDR after B-frames, in sources that nobody cut as well.
  const hasNoB = ['no-b-frames', 'baseline', 'all-intra'].includes(source.name);
  if (hasNoB) chains.push('qtdemux ! h264parse ! openh264dec');
  for (const chain of chains) {
    const frames = await gstreamerFrames(target, chain);
    // qtdemux moves all times when decoding begins before presentation, and says so in the segment.
    const shift = frames[0]?.time ?? 0;
    const moved = frames.map(({ number, time }) => ({ number, time: time - shift }));
    expect(difference(moved, expected, tolerance), chain).toBeNull();
  }
}

/** The middle of the last two frames before each joint and of the first three after it. */
function besideJoints(expected: DecodedFrame[], kept: [number, number][]): number[] {
  const times: number[] = [];
  let joint = 0;
  for (const [start, end] of kept) {
    joint += end - start;
    const next = expected.findIndex((frame) => frame.time > joint - 0.001);
    for (let i = Math.max(0, next - 2); next >= 0 && i < next + 3; i++) {
      const [a, b] = [expected[i], expected[i + 1]];
      if (a && b) times.push((a.time + b.time) / 2);
    }
  }
  return times;
}

function checkPlayer(
  player: string,
  shown: Awaited<ReturnType<typeof watch>>,
  expected: DecodedFrame[],
  kept: [number, number][],
  isWebM: boolean,
): void {
  for (const { time, number } of shown.seeked) {
    const now = expected.findLastIndex((frame) => frame.time <= time);
    // WebM tells no durations: a player guesses them, and may hold the frame before a little longer.
    const allowed = expected.slice(isWebM ? Math.max(0, now - 1) : now, now + 1);
    expect(
      allowed.map((frame) => frame.number),
      `${player} at ${time.toFixed(4)}`,
    ).toContain(number);
  }
  // A player leaves frames out when the machine is busy, and what it draws may be a little earlier or
  // later than what it tells; but it never shows one that is not there, nor goes back.
  const numbers = shown.played.map(({ number }) => number);
  expect(numbers, `${player} went back`).toEqual([...numbers].sort((a, b) => a - b));
  const wrong = shown.played.filter(({ time, number }) => {
    const now = expected.findLastIndex((frame) => frame.time < time + 0.012);
    return !expected.slice(Math.max(0, now - 4), now + 3).some((frame) => frame.number === number);
  });
  expect(wrong, `${player} showed`).toEqual([]);
  const length = kept.reduce((sum, [start, end]) => sum + end - start, 0);
  expect(Math.abs(shown.duration - length), `${player}'s duration`).toBeLessThan(0.01);
}

/** Files of a folder, with the ranges that players ask for. */
function serve(root: string): Server {
  return createServer((request, response) => {
    void (async () => {
      const headers = {
        'Access-Control-Allow-Origin': '*',
        'Cross-Origin-Resource-Policy': 'cross-origin',
      };
      const name = path.basename(request.url ?? '');
      if (name === 'blank.html') {
        response
          .writeHead(200, { 'Content-Type': 'text/html' })
          .end('<!doctype html><body></body>');
        return;
      }
      const file = path.join(root, name);
      const size = (await stat(file).catch(() => null))?.size;
      if (size === undefined) {
        response.writeHead(404).end();
        return;
      }
      const range = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '');
      const start = Number(range?.[1] ?? 0);
      const end = range?.[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
      response.writeHead(range ? 206 : 200, {
        ...headers,
        'Accept-Ranges': 'bytes',
        'Content-Type': name.endsWith('webm') ? 'video/webm' : 'video/mp4',
        'Content-Length': end - start + 1,
        ...(range ? { 'Content-Range': `bytes ${start}-${end}/${size}` } : {}),
      });
      createReadStream(file, { start, end }).pipe(response);
    })();
  });
}
