/** ffmpeg, for files that the browser cannot decode. */
import { convert, type ConversionInput, type ConversionResult } from '../import/ffmpeg/convert.ts';
import type { JobContext } from '../core/progress.ts';
import { serve } from './rpc.ts';

const methods = {
  convert: (input: ConversionInput, context: JobContext): Promise<ConversionResult> =>
    convert(input, context),
};
export type ConvertApi = typeof methods;
serve(methods);
