import { analyseScreen } from '../analysis/screen/analyse.ts';
import { serve } from './rpc.ts';

const methods = { analyseScreen };
export type ScreenApi = typeof methods;
serve(methods);
