/** Converts a file into OPFS with ffmpeg. Only in workers; ffmpeg does not stop, so end the worker to cancel. */
import { AppError } from '../../core/errors.ts';
import { within, type JobContext } from '../../core/progress.ts';
import {
  conversionArguments,
  conversionPlans,
  outputContainer,
  type ConversionPlan,
} from './arguments.ts';
import { rewrite } from '../../storage/opfs.ts';
import { mountInput, mountOutput, openCore, type FFmpegCore } from './core.ts';
import { failure } from './failure.ts';
import { readFileInfo, type FileInfo } from './stream-info.ts';

export interface ConversionInput {
  file: File;
  output: FileSystemFileHandle;
  /** What the browser was seen to decode; null when it could not read the file at all. */
  known: ConversionPlan | null;
  /** How many plans to skip, because their results did not decode. */
  skip: number;
}
export interface ConversionResult {
  container: 'mp4' | 'matroska';
  plan: ConversionPlan;
  /** ffmpeg says that the file breaks off. */
  cutOff: boolean;
  /** Seconds that the file says it has. */
  statedDuration: number | null;
  /** Plans that remain, should this result not decode. */
  plansLeft: number;
}

const input = '/input';
const output = '/output';
const breaksOff = /partial file|ended prematurely|truncat|Error reading .*: End of file/i;

export async function convert(
  { file, output: handle, known, skip }: ConversionInput,
  { signal, progress }: JobContext,
): Promise<ConversionResult> {
  const core = await openCore({ signal, progress: within(progress, 0, 0.04) });
  mountInput(core, input, file);
  const log: string[] = [];
  const details = { name: file.name };
  const guard = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof AppError) throw new AppError(error.code, error.message, { details });
      throw failure(`${String(error)}\n${log.slice(-8).join('\n')}`, details);
    }
  };
  core.setLogger(({ message }) => {
    log.push(message);
    if (log.length > 400) log.splice(0, 200);
  });
  const info = guard(() => probeFile(core));
  const plans = conversionPlans(info, known).slice(skip);
  const plan = plans[0];
  if (!plan) throw new AppError('conversion-failed', 'no plan left', { details });

  return rewrite(handle, async (access) => {
    let full: unknown = null;
    mountOutput(core, output, access, (error) => (full ??= error));
    const convertProgress = within(progress, 0.04, 1);
    core.setProgress(({ time }) => {
      // Microseconds of output. Without a stated length the bar waits near its start.
      const fraction = info.duration ? time / 1e6 / info.duration : 0.02;
      convertProgress({ fraction: Math.min(0.999, Math.max(0, fraction)), doing: 'convert' });
    });
    log.length = 0;
    const code = guard(() => core.exec(...conversionArguments(info, plan, { input, output })));
    if (full) throw full as Error;
    // A file that breaks off makes ffmpeg fail at its end; what it wrote until then is whole.
    if (code !== 0 || access.getSize() === 0) throw failure(log.slice(-12).join('\n'), details);
    progress({ fraction: 1, doing: 'convert' });
    return {
      container: outputContainer(info, plan),
      plan,
      cutOff: log.some((line) => breaksOff.test(line)),
      statedDuration: info.duration,
      plansLeft: plans.length - 1,
    };
  });
}

function probeFile(core: FFmpegCore): FileInfo {
  const json = '/probe.json';
  core.ffprobe(
    ...['-v', 'error', '-of', 'json', '-show_format', '-show_streams', input, '-o', json],
  );
  core.reset();
  return readFileInfo(core.FS.readFile(json, { encoding: 'utf8' }));
}
