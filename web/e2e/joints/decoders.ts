/** Decodes a file with the programs of other people, and says which picture is shown when. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { patternHeight, patternWidth, readPattern } from './pattern.ts';

export interface DecodedFrame {
  /** Presentation time, seconds. */
  time: number;
  /** As drawn into it; -1 when it cannot be read. */
  number: number;
}

const frameSize = patternWidth * patternHeight;

/** Runs a program that writes grey frames to its standard output. `onFrame` may not keep the bytes. */
async function greyFrames(
  command: string,
  args: string[],
  onFrame: (luma: Uint8Array, index: number) => void,
): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const errors: Buffer[] = [];
  child.stderr.on('data', (data: Buffer) => errors.push(data));
  const ended = once(child, 'close');
  let held: Buffer = Buffer.alloc(0);
  let index = 0;
  for await (const data of child.stdout as AsyncIterable<Buffer>) {
    held = held.length > 0 ? Buffer.concat([held, data]) : data;
    while (held.length >= frameSize) {
      onFrame(held.subarray(0, frameSize), index++);
      held = held.subarray(frameSize);
    }
  }
  const [code] = (await ended) as [number];
  const log = Buffer.concat(errors).toString();
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${log.slice(-2000)}`);
  return log;
}

/** All frames as ffmpeg shows them; `onLuma` sees each one's samples. Complaints of the decoder are errors. */
export async function ffmpegFrames(
  file: string,
  onLuma: (luma: Uint8Array, index: number) => void = () => undefined,
): Promise<DecodedFrame[]> {
  const numbers: number[] = [];
  const args = ['-hide_banner', '-nostats', '-loglevel', 'level+info', '-noautorotate'];
  args.push(
    '-i',
    file,
    '-map',
    '0:v:0',
    '-vf',
    'showinfo',
    '-fps_mode',
    'passthrough',
    '-enc_time_base',
    '-1',
  );
  args.push('-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1');
  const log = await greyFrames('ffmpeg', args, (luma, index) => {
    numbers.push(readPattern(luma, patternWidth));
    onLuma(luma, index);
  });
  const complaint = /^.*\[(error|fatal|warning)\] (?!.*deprecated).*$/m.exec(log);
  if (complaint && !/full range|yuvj/.test(complaint[0]))
    throw new Error(`ffmpeg: ${complaint[0]}`);
  const times = [...log.matchAll(/Parsed_showinfo.* pts_time:\s*([\d.-]+)/g)].map((m) =>
    Number(m[1]),
  );
  if (times.length !== numbers.length) throw new Error('ffmpeg told no time of some frame');
  return numbers.map((number, i) => ({ number, time: times[i]! }));
}

/** All frames as a GStreamer pipeline with the given parser and decoder shows them. */
export async function gstreamerFrames(file: string, chain: string): Promise<DecodedFrame[]> {
  const numbers: number[] = [];
  const pipeline = `filesrc location=${file} ! ${chain} ! videoconvert ! video/x-raw,format=GRAY8,width=${patternWidth} ! identity name=out silent=false ! fdsink fd=3 sync=false`;
  // What identity tells goes to standard output, so the frames take another way.
  const child = spawn('sh', ['-c', `exec gst-launch-1.0 -v ${pipeline}`.replace(/ ! /g, " '!' ")], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const log: Buffer[] = [];
  child.stdout!.on('data', (data: Buffer) => log.push(data));
  child.stderr!.on('data', (data: Buffer) => log.push(data));
  const ended = once(child, 'close');
  let held: Buffer = Buffer.alloc(0);
  for await (const data of child.stdio[3] as unknown as AsyncIterable<Buffer>) {
    held = held.length > 0 ? Buffer.concat([held, data]) : data;
    while (held.length >= frameSize) {
      numbers.push(readPattern(held.subarray(0, frameSize), patternWidth));
      held = held.subarray(frameSize);
    }
  }
  const [code] = (await ended) as [number];
  const text = Buffer.concat(log).toString();
  if (code !== 0) throw new Error(`gst-launch-1.0 ended with ${code}: ${text.slice(-2000)}`);
  const times = [...text.matchAll(/chain\s+\*+ \(out:sink\).*?pts: (\d+):(\d+):([\d.]+)/g)].map(
    ([, h, m, s]) => Number(h) * 3600 + Number(m) * 60 + Number(s),
  );
  if (times.length !== numbers.length) throw new Error('GStreamer told no time of some frame');
  return numbers.map((number, i) => ({ number, time: times[i]! }));
}
