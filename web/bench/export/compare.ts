/** Compares a written file with its source, outside the browser: packets by hash, pictures by SSIM. */
import { execFileSync, spawnSync } from 'node:child_process';
import type { ExportReport } from '../../render/export-request.ts';

interface Packet {
  time: number;
  hash: string;
}

/** Pictures in order of presentation. */
function packets(file: string): Packet[] {
  const text = execFileSync(
    'ffprobe',
    [
      ...['-v', 'error', '-select_streams', 'v:0', '-show_packets', '-show_data_hash', 'md5'],
      ...['-show_entries', 'packet=pts_time,data_hash', '-of', 'csv=p=0', file],
    ],
    { encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [time, hash] = line.split(',');
      return { time: Number(time), hash: hash ?? '' };
    })
    .sort((a, b) => a.time - b.time);
}

export interface Segment {
  source: number;
  output: number;
  length: number;
}

/** Of the pictures outside the encoded ranges: how many there are, and how many are not the source's bit by bit. */
export function packetsKept(
  source: string,
  written: string,
  segments: readonly Segment[],
  { encodedRanges }: Pick<ExportReport, 'encodedRanges'>,
): { compared: number; different: number } {
  const original = new Map(
    packets(source).map(({ time, hash }) => [Math.round(time * 1000), hash]),
  );
  let compared = 0;
  let different = 0;
  for (const { time, hash } of packets(written)) {
    if (encodedRanges.some(({ start, end }) => time > start - 0.002 && time < end - 0.002))
      continue;
    const segment = segments.findLast(({ output }) => output <= time + 0.002);
    if (!segment) continue;
    const at = Math.round((segment.source + time - segment.output) * 1000);
    compared++;
    if (![-1, 0, 1].some((shift) => original.get(at + shift) === hash)) different++;
  }
  return { compared, different };
}

/** Of the bench's clips. */
const rate = 30;

/** Lowest mean SSIM of luma over the encoded stretches, some of them, against the same pictures of the source. */
export function lowestSsim(
  source: string,
  written: string,
  segments: readonly Segment[],
  { encodedRanges }: Pick<ExportReport, 'encodedRanges'>,
  most = 10,
): number {
  // A range goes on over a cut where the pictures on both sides were encoded.
  const pieces = encodedRanges.flatMap(({ start, end }) =>
    segments
      .map((segment) => ({
        segment,
        start: Math.max(start, segment.output),
        end: Math.min(end, segment.output + segment.length),
      }))
      .filter((piece) => piece.end - piece.start > 0.01),
  );
  const step = Math.max(1, Math.floor(pieces.length / most));
  let lowest = 1;
  for (const { segment, start, end } of pieces.filter((_, i) => i % step === 0)) {
    // A stretch begins with the picture that is on screen then.
    const from = Math.floor((segment.source + start - segment.output) * rate + 0.01) / rate;
    const frames = Math.max(1, Math.round((end - start) * rate));
    // Without a length, ffmpeg would decode on to the end of the file.
    const length = ['-t', (end - start + 0.5).toFixed(3)];
    const seek = (time: number) => ['-ss', Math.max(0, time - 0.005).toFixed(4), ...length];
    const { stderr } = spawnSync(
      'ffmpeg',
      [
        ...['-hide_banner', '-nostats', ...seek(start), '-i', written, ...seek(from), '-i', source],
        '-lavfi',
        `[0:v]trim=end_frame=${frames},setpts=N/${rate}/TB[a];[1:v]trim=end_frame=${frames},setpts=N/${rate}/TB[b];[a][b]ssim`,
        ...['-f', 'null', '-'],
      ],
      { encoding: 'utf8' },
    );
    const match = /SSIM Y:([\d.]+)/.exec(stderr);
    if (match) lowest = Math.min(lowest, Number(match[1]));
  }
  return lowest;
}
