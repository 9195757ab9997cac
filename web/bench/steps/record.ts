/** Plays a tutorial in a real browser, records its screen and its synthetic voice, and notes what happened when. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium, type CDPSession, type Page } from 'playwright-core';
import { chromiumArguments, chromiumPath } from '../../cli/chromium.ts';
import { cacheFolder, cached, ffmpeg } from '../media.ts';
import type { Act, Line, Tutorial } from './tutorials.ts';

const size = { width: 1280, height: 720 };
const sampleRate = 22_050;

export interface TrueStep {
  text: string;
  /** Seconds of the video: the line begins, the first click, the result has settled, it is shown until. */
  said: number;
  clicked: number;
  settled: number;
  until: number;
}
export interface Truth {
  duration: number;
  words: { text: string; start: number; end: number; confidence: number }[];
  steps: TrueStep[];
}
export interface Recorded {
  video: string;
  truth: Truth;
}

const sleep = (seconds: number) =>
  new Promise<void>((r) => setTimeout(r, Math.max(0, seconds) * 1000));
const now = () => Date.now() / 1000;

/** From the cache, or made anew in about a minute. */
export async function recordTutorial(tutorial: Tutorial): Promise<Recorded> {
  const video = path.join(cacheFolder, `steps-${tutorial.name}.mp4`);
  const facts = path.join(cacheFolder, `steps-${tutorial.name}.json`);
  if (!existsSync(video) || !existsSync(facts)) {
    const work = mkdtempSync(path.join(makeFolder(), 'recording-'));
    try {
      const truth = await perform(tutorial, work);
      cached(path.basename(video), (file) => encode(work, truth.duration, file));
      writeFileSync(facts, JSON.stringify(truth));
    } finally {
      rmSync(work, { recursive: true });
    }
  }
  return { video, truth: JSON.parse(readFileSync(facts, 'utf8')) as Truth };
}

function makeFolder(): string {
  mkdirSync(cacheFolder, { recursive: true });
  return cacheFolder;
}

/** Mono samples of the line, spoken by espeak-ng where it is installed, else a silence as long as speech would be. */
function speak(text: string, work: string): Int16Array {
  const file = path.join(work, 'line.wav');
  const spoken = spawnSync('espeak-ng', ['-s', '155', '-w', file, text]);
  if (spoken.status !== 0)
    return new Int16Array(Math.round(text.split(' ').length * 0.36 * sampleRate));
  const wav = readFileSync(file);
  return new Int16Array(
    wav.buffer.slice(wav.byteOffset + 44, wav.byteOffset + 44 + ((wav.length - 44) & ~1)),
  );
}

async function perform(tutorial: Tutorial, work: string): Promise<Truth> {
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: chromiumArguments,
  });
  try {
    const page = await browser.newPage({ viewport: size });
    let settledAt = 0;
    let onSettled: (() => void) | null = null;
    await page.exposeFunction('settled', () => {
      settledAt = now();
      onSettled?.();
    });
    await page.setContent(tutorial.html);
    await page.mouse.move(700, 420);
    await sleep(0.8);
    const frames = await startScreencast(await page.context().newCDPSession(page), work);
    await sleep(0.4);
    const zero = frames[0]?.time ?? now();
    const track: { at: number; samples: Int16Array }[] = [];
    const words: Truth['words'] = [];
    const steps: TrueStep[] = [];
    await sleep(0.5);
    for (const line of tutorial.lines) {
      const samples = speak(line.say, work);
      const length = samples.length / sampleRate;
      const said = now() - zero;
      track.push({ at: said, samples });
      words.push(...timed(line.say, said, length));
      if (line.acts) {
        await sleep(length * (line.when ?? 0.95));
        const settled = new Promise<void>((resolve) => (onSettled = resolve));
        const clicked = await act(page, line, () => now() - zero);
        const own =
          line.acts.some((a) => 'scroll' in a || 'type' in a) &&
          !line.acts.some((a) => 'press' in a);
        const last = line.acts.at(-1)!;
        if (own && !('click' in last)) settledAt = now();
        else await Promise.race([settled, sleep(8)]);
        endStep(steps.at(-1), clicked);
        steps.push({ text: line.say, said, clicked, settled: settledAt - zero, until: Infinity });
      }
      await sleep(Math.max(said + length - (now() - zero), 0) + (line.rest ?? 0.9));
    }
    const duration = now() - zero;
    endStep(steps.at(-1), duration);
    writeFileSync(path.join(work, 'voice.raw'), mix(track, duration));
    writeFileSync(path.join(work, 'frames.txt'), concatList(frames, zero + duration));
    return { duration, words, steps };
  } finally {
    await browser.close();
  }
}

const endStep = (step: TrueStep | undefined, at: number) => {
  if (step) step.until = at;
};

/** Words spread over the line by their letters. */
function timed(text: string, start: number, length: number): Truth['words'] {
  const words = text.split(' ');
  const letters = words.reduce((sum, w) => sum + w.length + 1, 0);
  let at = start;
  return words.map((word) => {
    const end = at + (length * (word.length + 1)) / letters;
    const result = { text: word, start: at, end: end - 0.03, confidence: 0.9 };
    at = end;
    return result;
  });
}

/** Moves the pointer as a hand does, and acts. Returns the time of the first click or key. */
async function act(page: Page, { acts }: Line, time: () => number): Promise<number> {
  let first = -1;
  for (const a of acts as Act[]) {
    if ('click' in a) {
      const box = (await page.locator(a.click).boundingBox())!;
      await page.mouse.move(box.x + Math.min(40, box.width / 2), box.y + box.height / 2, {
        steps: 14,
      });
      await sleep(0.25);
    }
    if (first < 0) first = time();
    if ('click' in a) {
      await page.mouse.down();
      await page.mouse.up();
      await sleep(acts!.length > 1 ? 0.5 : 0);
    } else if ('type' in a) {
      await page.locator(a.into).pressSequentially(a.type, { delay: 85 });
    } else if ('press' in a) {
      await page.keyboard.press(a.press);
    } else {
      await page.mouse.move(760, 430, { steps: 10 });
      for (let k = 0; k < 10; k++) {
        await page.mouse.wheel(0, a.scroll / 10);
        await sleep(0.05);
      }
      await sleep(0.15);
    }
  }
  return first;
}

interface Frame {
  time: number;
  file: string;
}

async function startScreencast(session: CDPSession, work: string): Promise<Frame[]> {
  const frames: Frame[] = [];
  session.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
    const file = path.join(work, `${String(frames.length).padStart(6, '0')}.jpg`);
    writeFileSync(file, Buffer.from(data, 'base64'));
    frames.push({ time: metadata.timestamp ?? now(), file });
    void session.send('Page.screencastFrameAck', { sessionId });
  });
  await session.send('Page.startScreencast', {
    format: 'jpeg',
    quality: 92,
    maxWidth: 1280,
    maxHeight: 720,
  });
  return frames;
}

/** The list for ffmpeg's concat demuxer: every frame stands until the next came. */
function concatList(frames: readonly Frame[], end: number): string {
  const lines = frames.map(
    ({ file, time }, i) =>
      `file '${file}'\nduration ${Math.max(0.001, (frames[i + 1]?.time ?? end) - time).toFixed(4)}`,
  );
  return `${lines.join('\n')}\nfile '${frames.at(-1)!.file}'\n`;
}

function mix(track: readonly { at: number; samples: Int16Array }[], duration: number): Int16Array {
  const voice = new Int16Array(Math.ceil(duration * sampleRate));
  for (const { at, samples } of track) {
    const from = Math.round(at * sampleRate);
    voice.set(samples.subarray(0, Math.max(0, voice.length - from)), from);
  }
  return voice;
}

function encode(work: string, duration: number, file: string): void {
  ffmpeg([
    ...['-f', 'concat', '-safe', '0', '-i', path.join(work, 'frames.txt')],
    ...['-f', 's16le', '-ar', String(sampleRate), '-ac', '1', '-i', path.join(work, 'voice.raw')],
    ...['-vf', 'fps=30', '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', '-g', '60'],
    ...[
      '-pix_fmt',
      'yuv420p',
      '-c:a',
      'aac',
      '-t',
      duration.toFixed(3),
      '-movflags',
      '+faststart',
      file,
    ],
  ]);
}

/** Whether the machine can give the tutorials a voice. */
export const hasVoice = (): boolean => {
  try {
    execFileSync('espeak-ng', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
