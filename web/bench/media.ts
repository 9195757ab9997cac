/**
 * Test media for the bench, made once with the machine's ffmpeg and kept in `.cache/bench`.
 * Pictures look like a screen being recorded (pages of text that change, scroll and rest, a moving
 * pointer, a running clock); the voice is real speech of `../shared`, or a synthetic one without it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sharedFolder } from '../e2e/test-media-plugin.ts';

export const cacheFolder = path.resolve(import.meta.dirname, '../../.cache/bench');
const speech = path.join(sharedFolder, 'media/speech/moonshine-two_cities_16k.wav');

export interface ScreenClip {
  seconds: number;
  width?: number;
  height?: number;
  frameRate?: number;
  /** Frames from one key frame to the next; 30 as the product's own recorder writes them. */
  keyInterval: number;
}

export const ffmpeg = (args: string[]): void => {
  execFileSync('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};

/** Makes `name` in the cache unless it is there. Half-made files never count. */
export function cached(name: string, make: (file: string) => void): string {
  const file = path.join(cacheFolder, name);
  if (existsSync(file)) return file;
  mkdirSync(cacheFolder, { recursive: true });
  const partial = path.join(cacheFolder, `partial-${name}`);
  make(partial);
  renameSync(partial, file);
  return file;
}

/** H.264 + AAC in MP4. Returns its path. Long clips repeat about a minute of picture, packet by packet. */
export function screenClip(clip: ScreenClip): string {
  const { seconds, width = 1920, height = 1080, frameRate = 30, keyInterval } = clip;
  const name = `${height}p${frameRate}-key${keyInterval}`;
  // The repeated stretch ends with a whole group of pictures.
  const groups = Math.max(1, Math.round((Math.min(60, seconds) * frameRate) / keyInterval));
  const part = cached(`picture-${groups}x-${name}.mp4`, (file) => {
    const noB = keyInterval <= frameRate * 2 ? ['-bf', '0'] : [];
    ffmpeg([
      ...['-f', 'lavfi', '-i', picture(width, height, frameRate)],
      ...['-frames:v', String(groups * keyInterval)],
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '21', '-pix_fmt', 'yuv420p', ...noB],
      ...[
        '-g',
        String(keyInterval),
        '-keyint_min',
        String(keyInterval),
        '-sc_threshold',
        '0',
        file,
      ],
    ]);
  });
  return cached(`screen-${seconds}s-${name}.mp4`, (file) =>
    ffmpeg([
      ...['-stream_loop', '-1', '-i', part, ...voiceInput()],
      ...['-t', String(seconds), '-map', '0:v', '-map', '1:a', '-c:v', 'copy'],
      ...[
        '-c:a',
        'aac',
        '-b:a',
        '128k',
        '-ar',
        '48000',
        '-ac',
        '2',
        '-movflags',
        '+faststart',
        file,
      ],
    ]),
  );
}

const voiceInput = (): string[] =>
  existsSync(speech)
    ? ['-stream_loop', '-1', '-i', speech]
    : ['-f', 'lavfi', '-i', 'aevalsrc=0.2*sin(2*PI*180*t)*(0.5+0.5*sin(2*PI*3*t)):s=16000'];

/** A lavfi graph: a page that jumps every 4 s and scrolls for 2 s of every 20, a pointer, a clock. */
function picture(width: number, height: number, frameRate: number): string {
  const at = `mod(floor(t/4)*430,5000)+if(lt(mod(t,20),2),mod(t,20)*300,600)`;
  return [
    `movie=${longPage(width)},format=yuv420p,loop=-1:1:0,setpts=N/${frameRate}/TB,fps=${frameRate}`,
    `crop=${width}:${height}:0:'${at}'`,
    `drawbox=x=0:y=0:w=iw:h=${Math.round(height / 14)}:color=0x2b4a7f:t=fill`,
    `drawtext=text='%{pts\\:hms}':fontsize=${Math.round(height / 34)}:fontcolor=white:x=40:y=${Math.round(height / 50)}`,
    `drawtext=text='>':fontsize=${Math.round(height / 30)}:fontcolor=red:x=w/2+w/3*sin(t*0.7):y=h/2+h/3*sin(t*1.1)`,
  ].join(',');
}

/** A picture of a long page of text, drawn once. */
function longPage(width: number): string {
  return cached(`page-${width}.png`, (file) => {
    const lines = Array.from({ length: 230 }, (_, i) =>
      Array.from({ length: 11 }, (_, k) => word(i * 31 + k * 17)).join(' '),
    );
    const text = path.join(cacheFolder, 'page.txt');
    writeFileSync(text, lines.join('\n'));
    const size = Math.round(width / 72);
    const draw = `drawtext=textfile=${text}:fontsize=${size}:fontcolor=0x222222:x=w/8:y=20:line_spacing=10`;
    ffmpeg([
      '-f',
      'lavfi',
      '-i',
      `color=c=0xf7f7f4:s=${width}x7200,${draw}`,
      '-frames:v',
      '1',
      file,
    ]);
  });
}

function word(seed: number): string {
  const letters = 'etaoinshrdlucmfwypvbgkjqxz';
  let state = (seed * 2654435761) >>> 0;
  const next = (n: number) => (state = (state * 1664525 + 1013904223) >>> 0) % n;
  return Array.from({ length: 2 + next(8) }, () => letters[Math.floor(next(676) ** 0.5)]).join('');
}
