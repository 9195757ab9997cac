/** Slice headers, H.264 clause 7.3.3: read to their end, and written again with other ids. */
import { BitReader, BitWriter } from './bits.ts';
import { escape, nalType, refIdcOf, typeOf, unescape } from './nal.ts';
import { lastOneBit, type Pps, type Sps } from './parameter-sets.ts';

export interface SliceHeader {
  firstMb: number;
  /** 0 P, 1 B, 2 I, 3 SP, 4 SI. */
  type: number;
  ppsId: number;
  frameNum: number;
  /** Only in IDR pictures. */
  idrPicId: number | null;
  /** Bit ranges in the RBSP with header byte. */
  ppsIdBits: { start: number; end: number };
  idrPicIdBits: { start: number; end: number } | null;
  /** Where the slice data (before CABAC's alignment bits) begins. */
  end: number;
}

export interface ParameterSets {
  sps: ReadonlyMap<number, Sps>;
  pps: ReadonlyMap<number, Pps>;
}

/** Throws RangeError on data that is cut off, and on parameter sets that are not there. */
export function parseSliceHeader(
  nal: Uint8Array,
  sets: ParameterSets,
  rbsp = unescape(nal),
): SliceHeader {
  const idr = typeOf(nal) === nalType.idr;
  const r = new BitReader(rbsp, 8);
  const firstMb = r.ue();
  const type = r.ue() % 5;
  const ppsStart = r.position;
  const ppsId = r.ue();
  const ppsIdBits = { start: ppsStart, end: r.position };
  const pps = sets.pps.get(ppsId);
  const sps = pps && sets.sps.get(pps.spsId);
  if (!pps || !sps) throw new RangeError(`no parameter set ${ppsId}`);
  if (sps.separateColourPlanes) r.u(2);
  const frameNum = r.u(sps.log2MaxFrameNum);
  let field = false;
  if (!sps.frameMbsOnly) {
    field = r.flag();
    if (field) r.flag();
  }
  let idrPicId: number | null = null;
  let idrPicIdBits: SliceHeader['idrPicIdBits'] = null;
  if (idr) {
    const start = r.position;
    idrPicId = r.ue();
    idrPicIdBits = { start, end: r.position };
  }
  if (sps.pocType === 0) {
    r.u(sps.log2MaxPocLsb);
    if (pps.pocPresent && !field) r.se();
  } else if (sps.pocType === 1 && !sps.deltaPicOrderAlwaysZero) {
    r.se();
    if (pps.pocPresent && !field) r.se();
  }
  if (pps.redundantPicCntPresent) r.ue();
  skipPrediction(r, type, pps, sps);
  if (refIdcOf(nal) !== 0) skipMarking(r, idr);
  if (pps.cabac && type !== 2 && type !== 4) r.ue(); // cabac_init_idc
  r.se(); // slice_qp_delta
  if (type === 3) r.flag(); // sp_for_switch_flag
  if (type === 3 || type === 4) r.se(); // slice_qs_delta
  if (pps.deblockingControlPresent && r.ue() !== 1) {
    r.se();
    r.se();
  }
  return { firstMb, type, ppsId, frameNum, idrPicId, ppsIdBits, idrPicIdBits, end: r.position };
}

/** Longer than any header up to idr_pic_id, emulation prevention included. */
const headLength = 64;

/** pic_parameter_set_id of a slice. */
export function slicePpsId(nal: Uint8Array): number {
  const r = new BitReader(unescape(nal.subarray(0, headLength)), 8);
  r.ue();
  r.ue();
  return r.ue();
}

/** idr_pic_id of a slice of an IDR picture, null for other slices. */
export const parseIdrPicId = (nal: Uint8Array, sets: ParameterSets): number | null =>
  parseSliceHeader(nal, sets, unescape(nal.subarray(0, headLength))).idrPicId;

/**
 * The same slice under another pic_parameter_set_id and, in IDR pictures, idr_pic_id. With CABAC the
 * slice data keeps its bytes behind newly written alignment bits; with CAVLC every bit after the
 * change shifts.
 */
export function rewriteSlice(
  nal: Uint8Array,
  sets: ParameterSets,
  changes: { ppsId?: number; idrPicId?: number },
): Uint8Array {
  const rbsp = unescape(nal);
  const header = parseSliceHeader(nal, sets, rbsp);
  const cabac = sets.pps.get(header.ppsId)!.cabac;
  const w = new BitWriter(rbsp.length + 16);
  w.copy(rbsp, 0, header.ppsIdBits.start);
  w.ue(changes.ppsId ?? header.ppsId);
  let from = header.ppsIdBits.end;
  if (header.idrPicIdBits && changes.idrPicId !== undefined) {
    w.copy(rbsp, from, header.idrPicIdBits.start);
    w.ue(changes.idrPicId);
    from = header.idrPicIdBits.end;
  }
  if (cabac) {
    w.copy(rbsp, from, header.end);
    w.align(1);
    w.copy(rbsp, Math.ceil(header.end / 8) * 8, rbsp.length * 8);
  } else {
    w.copy(rbsp, from, lastOneBit(rbsp));
    w.trailing();
  }
  return escape(w.finish());
}

function skipPrediction(r: BitReader, type: number, pps: Pps, sps: Sps): void {
  if (type === 2 || type === 4) return;
  const isB = type === 1;
  if (isB) r.flag(); // direct_spatial_mv_pred_flag
  let [active0, active1] = pps.refIdxActive;
  if (r.flag()) {
    active0 = r.ue() + 1;
    if (isB) active1 = r.ue() + 1;
  }
  if (active0 > 32 || active1 > 32) throw new RangeError('num_ref_idx_active out of range');
  for (let list = 0; list < (isB ? 2 : 1); list++) if (r.flag()) skipListModification(r);
  if (isB ? pps.weightedBipredIdc === 1 : pps.weightedPrediction) {
    const chroma = sps.chromaFormat !== 0 && !sps.separateColourPlanes;
    r.ue();
    if (chroma) r.ue();
    for (const count of isB ? [active0, active1] : [active0]) {
      for (let i = 0; i < count; i++) {
        if (r.flag()) for (let k = 0; k < 2; k++) r.se();
        if (chroma && r.flag()) for (let k = 0; k < 4; k++) r.se();
      }
    }
  }
}

function skipListModification(r: BitReader): void {
  for (let operation = r.ue(); operation !== 3; operation = r.ue()) {
    if (operation > 5) throw new RangeError('modification_of_pic_nums_idc out of range');
    r.ue();
  }
}

function skipMarking(r: BitReader, idr: boolean): void {
  if (idr) {
    r.u(2); // no_output_of_prior_pics_flag, long_term_reference_flag
    return;
  }
  if (!r.flag()) return;
  for (let operation = r.ue(); operation !== 0; operation = r.ue()) {
    if (operation > 6) throw new RangeError('memory_management_control_operation out of range');
    if (operation !== 5) r.ue();
    if (operation === 3) r.ue();
  }
}
