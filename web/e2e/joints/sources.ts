/** Sources for the joint tests, made by ffmpeg: each stresses one thing that can go wrong at a cut. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { drawPattern, patternHeight, patternWidth } from './pattern.ts';

export interface JointSource {
  name: string;
  /** Name of the file; its ending chooses the container. */
  file: string;
  frames: number;
  rate: string;
  /** ffmpeg's output options. */
  options: string[];
}

const x264 = (parameters: string, ...more: string[]): string[] => [
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18', '-x264-params', parameters],
  ...more,
];
const mp4 = (name: string, options: string[], more: Partial<JointSource> = {}): JointSource => ({
  name,
  file: `${name}.mp4`,
  frames: 240,
  rate: '30',
  options,
  ...more,
});

export const jointSources: JointSource[] = [
  mp4('b-frames', x264('keyint=30:bframes=3:b-pyramid=normal:scenecut=0')),
  mp4('no-b-frames', x264('keyint=30:bframes=0:scenecut=0')),
  mp4('cavlc', x264('keyint=30:bframes=2:cabac=0:scenecut=0')),
  mp4('baseline', x264('keyint=30:scenecut=0', '-profile:v', 'baseline')),
  mp4('open-gop', x264('keyint=30:bframes=3:open-gop=1:scenecut=0', '-force_key_frames', '0,3,6')),
  mp4('long-gop', x264('keyint=250:bframes=3:scenecut=0'), { frames: 600 }),
  mp4('slices', x264('keyint=30:bframes=3:slices=4:scenecut=0')),
  mp4('all-intra', x264('keyint=1')),
  mp4('ntsc', x264('keyint=30:bframes=3:weightp=2:scenecut=0'), { rate: '30000/1001' }),
  mp4(
    'variable-rate',
    x264('keyint=30:bframes=3:scenecut=0', '-fps_mode', 'passthrough', '-vf', variableTimes()),
  ),
  mp4('rotated', x264('keyint=30:bframes=3:scenecut=0')),
  mp4('full-range', x264('keyint=30:bframes=2:scenecut=0:fullrange=on:colormatrix=bt709')),
  { ...mp4('matroska', x264('keyint=30:bframes=3:scenecut=0')), file: 'matroska.mkv' },
  {
    ...mp4('vp9', ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '6', '-g', '40']),
    file: 'vp9.webm',
  },
  {
    ...mp4('vp8', [
      '-c:v',
      'libvpx',
      '-deadline',
      'good',
      '-cpu-used',
      '5',
      '-threads',
      '2',
      '-g',
      '40',
    ]),
    file: 'vp8.webm',
  },
];
const bitrates: Record<string, string[]> = {
  vp9: ['-b:v', '3M'],
  vp8: ['-b:v', '3M', '-auto-alt-ref', '1', '-lag-in-frames', '16'],
};

/** Every fifth frame stands 40 ms longer, every eleventh 150 ms. */
function variableTimes(): string {
  return "setpts='PTS+(floor(N/5)*0.04+floor(N/11)*0.15)/TB'";
}

/** Writes the file into `folder` and returns its path. */
export async function makeSource(source: JointSource, folder: string): Promise<string> {
  const target = path.join(folder, source.file);
  const size = `${patternWidth}x${patternHeight}`;
  const input = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', size, '-r', source.rate, '-i', '-'];
  const ffmpeg = spawn(
    'ffmpeg',
    ['-v', 'error', '-y', ...input, ...source.options, ...(bitrates[source.name] ?? []), target],
    { stdio: ['pipe', 'inherit', 'inherit'] },
  );
  const ended = once(ffmpeg, 'exit');
  for (let n = 0; n < source.frames; n++) {
    if (!ffmpeg.stdin.write(drawPattern(n))) await once(ffmpeg.stdin, 'drain');
  }
  ffmpeg.stdin.end();
  const [code] = (await ended) as [number];
  if (code !== 0) throw new Error(`ffmpeg failed on ${source.name}`);
  if (source.name === 'rotated') await rotate(target);
  return target;
}

/** Turns a file's picture by 90°, clockwise, in the matrix of its track header (ISO 14496-12, 8.3.2). */
async function rotate(file: string): Promise<void> {
  const bytes = await readFile(file);
  const matrix = bytes.indexOf('tkhd') + 4 + 40;
  [0, 1, 0, -1, 0, 0, patternHeight, 0].forEach((value, i) => {
    bytes.writeInt32BE(value * 65_536, matrix + i * 4);
  });
  await writeFile(file, bytes);
}
