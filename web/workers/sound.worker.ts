/** Levels, waveform and the cleaned sound of a recording. */
import { analyseSound } from '../analysis/sound/analyse.ts';
import { serve } from './rpc.ts';

const methods = { analyseSound };
export type SoundApi = typeof methods;

serve(methods);
