/** What made ffmpeg give up, read from its last words. */
import { AppError } from '../../core/errors.ts';

/** Of ffmpeg, Emscripten and x264, each in its own words. */
const outOfMemory =
  /out of memory|cannot allocate memory|memory access out of bounds|Cannot enlarge|malloc of size \d+ failed/i;

export const failure = (text: string, details: { name: string }) =>
  outOfMemory.test(text)
    ? new AppError('conversion-out-of-memory', text, { details })
    : new AppError('conversion-failed', text, { details });
