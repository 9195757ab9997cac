/** Whole projects in and out. */
import { extractMember, openCairn } from '../transfer/read-cairn.ts';
import { writeCairn } from '../transfer/write-cairn.ts';
import { serve } from './rpc.ts';

const methods = {
  writeCairn,
  openCairn: (file: Blob) => openCairn(file),
  extractMember,
};
export type TransferApi = typeof methods;
serve(methods);
