/**
 * Makes web/public/sample/sample.mp4: a real session of a real web application (Node-RED), narrated.
 * Needs, for the one who makes it only: ffmpeg, festival with festvox-us-slt-hts, Chromium, and a
 * folder with node-red installed (`npm install node-red` there).
 *
 *   node web/cli/sample/make-sample.ts --node-red FOLDER
 */
import { chromium, type Page } from 'playwright-core';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromiumArguments, chromiumPath } from '../chromium.ts';
import { narration, type Hand } from './narration.ts';
import { pointerScript, Screencast } from './screencast.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const target = path.join(root, 'web/public/sample/sample.mp4');
const size = { width: 1280, height: 720 };
const port = 1880;

const { values } = parseArgs({ options: { 'node-red': { type: 'string' } } });
if (!values['node-red']) throw new Error('--node-red FOLDER is missing');

const work = await mkdtemp(path.join(os.tmpdir(), 'cairn-sample-'));
const ffmpeg = (...args: string[]) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...args]);

/** Speaks a line into a file and returns its length in seconds. */
function speak(text: string, file: string): number {
  execFileSync('text2wave', ['-eval', '(voice_cmu_us_slt_arctic_hts)', '-F', '48000', '-o', file], {
    input: text,
  });
  return Number(
    execFileSync(
      'ffprobe',
      ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', file],
      {
        encoding: 'utf8',
      },
    ),
  );
}

function handOn(page: Page): Hand {
  const centre = async (selector: string) => {
    const box = await page.locator(selector).first().boundingBox();
    if (!box) throw new Error(`${selector} is not on the page`);
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const moveTo = async (selector: string) => {
    const { x, y } = await centre(selector);
    await page.mouse.move(x, y, { steps: 30 });
    return { x, y };
  };
  return {
    page,
    async click(selector) {
      await moveTo(selector);
      await sleep(150);
      await page.mouse.down();
      await sleep(80);
      await page.mouse.up();
    },
    async doubleClick(selector) {
      const { x, y } = await moveTo(selector);
      await page.mouse.dblclick(x, y);
    },
    async drag(selector, to) {
      await moveTo(selector);
      await sleep(200);
      await page.mouse.down();
      await sleep(100);
      await page.mouse.move(to.x, to.y, { steps: 40 });
      await sleep(200);
      await page.mouse.up();
    },
    async type(selector, text) {
      await page.locator(selector).pressSequentially(text, { delay: 70 });
    },
  };
}

// The welcome tour and the question about update notifications are not part of the guide.
const settings = path.join(work, 'settings.cjs');
await writeFile(
  settings,
  'module.exports = { editorTheme: { tours: false }, telemetry: { enabled: false, updateNotification: false } };',
);
const server = spawn(
  process.execPath,
  [
    path.join(values['node-red'], 'node_modules/node-red/red.js'),
    '-s',
    settings,
    '-u',
    path.join(work, 'user'),
    '-p',
    String(port),
  ],
  { stdio: 'ignore' },
);
try {
  for (let i = 0; i < 100; i += 1) {
    if (await fetch(`http://127.0.0.1:${port}/`).catch(() => null)) break;
    await sleep(200);
  }
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: chromiumArguments,
  });
  const page = await browser.newPage({ viewport: size });
  await page.addInitScript(pointerScript);
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.waitForSelector('.red-ui-palette-node');
  await sleep(2500);
  const lines = await Promise.all(
    narration.map(async (line, i) => {
      const file = path.join(work, `${i}.wav`);
      return { ...line, file, length: line.say === null ? line.seconds! : speak(line.say, file) };
    }),
  );
  const film = new Screencast(path.join(work, 'frames'));
  await film.start(page);
  const hand = handOn(page);
  const began = Date.now() / 1000;
  let at = 0;
  const spoken: { file: string; at: number }[] = [];
  for (const line of lines) {
    if (line.say !== null) spoken.push({ file: line.file, at });
    const acting = line.act ? sleep((line.at ?? 0) * 1000).then(() => line.act!(hand)) : null;
    at += line.length;
    await sleep(Math.max(0, (began + at - Date.now() / 1000) * 1000));
    await acting;
    // A slow action delays what is said next, as with a person.
    at = Math.max(at, Date.now() / 1000 - began);
  }
  await film.stop();
  await browser.close();

  const list = film.frames.map(({ file, time }, i) => {
    const from = Math.max(time, began);
    const next = Math.max(film.frames[i + 1]?.time ?? began + at, from);
    return `file '${file}'\nduration ${(next - from).toFixed(4)}\n`;
  });
  await writeFile(
    path.join(work, 'frames.txt'),
    `${list.join('')}file '${film.frames.at(-1)!.file}'\n`,
  );
  const inputs = spoken.flatMap(({ file }) => ['-i', file]);
  const delayed = spoken.map(
    ({ at }, i) => `[${i + 1}:a]adelay=${Math.round(at * 1000)}:all=1[s${i}]`,
  );
  // A fan in the room, 40 dB below the voice, so that the noise removal has something to do.
  const mix = `${spoken.map((_, i) => `[s${i}]`).join('')}amix=inputs=${spoken.length}:normalize=0,volume=0.5[voice];anoisesrc=d=${at}:c=brown:a=0.03:r=48000:seed=7[fan];[voice][fan]amix=inputs=2:normalize=0:duration=longest[sound]`;
  await mkdir(path.dirname(target), { recursive: true });
  ffmpeg(
    '-f',
    'concat',
    '-safe',
    '0',
    '-i',
    path.join(work, 'frames.txt'),
    ...inputs,
    '-filter_complex',
    `[0:v]fps=30,format=yuv420p[picture];${[...delayed, mix].join(';')}`,
    '-map',
    '[picture]',
    '-map',
    '[sound]',
    '-t',
    String(at),
    '-c:v',
    'libx264',
    '-preset',
    'slow',
    '-crf',
    '24',
    '-g',
    '60',
    '-keyint_min',
    '60',
    '-sc_threshold',
    '0',
    '-tune',
    'stillimage',
    '-c:a',
    'aac',
    '-b:a',
    '96k',
    '-ac',
    '1',
    '-movflags',
    '+faststart',
    target,
  );
  console.log(`${target}: ${at.toFixed(1)} s`);
} finally {
  server.kill();
  await rm(work, { recursive: true, force: true, maxRetries: 5 });
}
