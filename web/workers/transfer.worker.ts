/** Whole projects in and out. */
import { closePart, dropPart, hashPart, openPart, writePart } from '../transfer/hand-over/part.ts';
import { extractMember, openCairn } from '../transfer/read-cairn.ts';
import { writeCairn } from '../transfer/write-cairn.ts';
import { serve } from './rpc.ts';

const methods = {
  writeCairn,
  openCairn: (file: Blob) => openCairn(file),
  extractMember,
  openPart,
  writePart,
  hashPart: (_: null) => hashPart(),
  closePart: (_: null) => closePart(),
  dropPart,
};
export type TransferApi = typeof methods;
serve(methods);
