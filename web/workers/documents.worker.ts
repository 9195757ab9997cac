/** Articles out of projects. */
import { exportArticle, richText } from '../documents/export-article.ts';
import { serve } from './rpc.ts';

const methods = { exportArticle, richText };
export type DocumentsApi = typeof methods;

serve(methods);
