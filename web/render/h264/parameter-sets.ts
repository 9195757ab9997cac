/** Sequence and picture parameter sets, H.264 clauses 7.3.2.1 and 7.3.2.2. */
import { BitReader, BitWriter } from './bits.ts';
import { escape, unescape } from './nal.ts';
import { readVui, writeVui, type Vui } from './vui.ts';

export interface Sps {
  profile: number;
  /** constraint_set0_flag in the highest bit. */
  constraints: number;
  level: number;
  id: number;
  chromaFormat: number;
  separateColourPlanes: boolean;
  bitDepthLuma: number;
  bitDepthChroma: number;
  losslessBypass: boolean;
  log2MaxFrameNum: number;
  pocType: number;
  log2MaxPocLsb: number;
  deltaPicOrderAlwaysZero: boolean;
  maxNumRefFrames: number;
  widthInMbs: number;
  heightInMapUnits: number;
  frameMbsOnly: boolean;
  /** Of the shown picture, in samples of luma (4:2:0). */
  width: number;
  height: number;
  vui: Vui | null;
  /** Bit range, in the RBSP with header byte, of what lies between the id and the VUI flag. */
  body: { start: number; end: number };
  rbsp: Uint8Array;
}

export interface Pps {
  id: number;
  spsId: number;
  cabac: boolean;
  /** bottom_field_pic_order_in_frame_present_flag */
  pocPresent: boolean;
  sliceGroups: number;
  refIdxActive: readonly [number, number];
  weightedPrediction: boolean;
  weightedBipredIdc: number;
  deblockingControlPresent: boolean;
  redundantPicCntPresent: boolean;
  /** Where, in the RBSP with header byte, the fields after the two ids begin. */
  bodyStart: number;
  rbsp: Uint8Array;
}

/** Profiles whose SPS carries chroma format, bit depths and scaling lists. */
const highProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

export function parseSps(nal: Uint8Array): Sps {
  const rbsp = unescape(nal);
  const r = new BitReader(rbsp, 8);
  const profile = r.u(8);
  const constraints = r.u(8);
  const level = r.u(8);
  const id = r.ue();
  const start = r.position;
  const format = highProfiles.has(profile) ? readFormat(r) : { ...plainFormat };
  const log2MaxFrameNum = r.ue() + 4;
  const poc = readPocFields(r);
  const maxNumRefFrames = r.ue();
  r.flag(); // gaps_in_frame_num_value_allowed_flag
  const widthInMbs = r.ue() + 1;
  const heightInMapUnits = r.ue() + 1;
  const frameMbsOnly = r.flag();
  if (!frameMbsOnly) r.flag(); // mb_adaptive_frame_field_flag
  r.flag(); // direct_8x8_inference_flag
  const crop = r.flag() ? [r.ue(), r.ue(), r.ue(), r.ue()] : [0, 0, 0, 0];
  const end = r.position;
  const vui = r.flag() ? readVui(r) : null;
  const unitX = format.chromaFormat === 1 || format.chromaFormat === 2 ? 2 : 1;
  const fields = frameMbsOnly ? 1 : 2;
  const unitY = (format.chromaFormat === 1 ? 2 : 1) * fields;
  return {
    profile,
    constraints,
    level,
    id,
    ...format,
    log2MaxFrameNum,
    ...poc,
    maxNumRefFrames,
    widthInMbs,
    heightInMapUnits,
    frameMbsOnly,
    width: widthInMbs * 16 - unitX * (crop[0]! + crop[1]!),
    height: heightInMapUnits * 16 * fields - unitY * (crop[2]! + crop[3]!),
    vui,
    body: { start, end },
    rbsp,
  };
}

/** The same SPS under another id, level and VUI. */
export function rewriteSps(
  sps: Sps,
  changes: { id: number; level: number; vui: Vui | null },
): Uint8Array {
  const w = new BitWriter(sps.rbsp.length + 64);
  w.u(8, sps.rbsp[0]!);
  w.u(8, sps.profile);
  w.u(8, sps.constraints);
  w.u(8, changes.level);
  w.ue(changes.id);
  w.copy(sps.rbsp, sps.body.start, sps.body.end);
  w.flag(changes.vui !== null);
  if (changes.vui) writeVui(w, changes.vui);
  w.trailing();
  return escape(w.finish());
}

export function parsePps(nal: Uint8Array): Pps {
  const rbsp = unescape(nal);
  const r = new BitReader(rbsp, 8);
  const id = r.ue();
  const spsId = r.ue();
  const bodyStart = r.position;
  const cabac = r.flag();
  const pocPresent = r.flag();
  const sliceGroups = r.ue() + 1;
  // The map of slice groups is not read: such streams are refused before anything after it is used.
  const rest =
    sliceGroups > 1
      ? { ...noGroupFields }
      : {
          refIdxActive: [r.ue() + 1, r.ue() + 1] as const,
          weightedPrediction: r.flag(),
          weightedBipredIdc: r.u(2),
          // pic_init_qp, pic_init_qs and chroma_qp_index_offset lie between.
          deblockingControlPresent: (r.se(), r.se(), r.se(), r.flag()),
          // constrained_intra_pred_flag lies between.
          redundantPicCntPresent: (r.flag(), r.flag()),
        };
  return { id, spsId, cabac, pocPresent, sliceGroups, ...rest, bodyStart, rbsp };
}

/** The same PPS under another id and for another SPS. */
export function rewritePps(pps: Pps, changes: { id: number; spsId: number }): Uint8Array {
  const w = new BitWriter(pps.rbsp.length + 8);
  w.u(8, pps.rbsp[0]!);
  w.ue(changes.id);
  w.ue(changes.spsId);
  w.copy(pps.rbsp, pps.bodyStart, lastOneBit(pps.rbsp));
  w.trailing();
  return escape(w.finish());
}

/** Position of rbsp_stop_one_bit, the last bit that is set. */
export function lastOneBit(rbsp: Uint8Array): number {
  let byte = rbsp.length - 1;
  while (byte >= 0 && rbsp[byte] === 0) byte--;
  if (byte < 0) throw new RangeError('unit without a stop bit');
  const value = rbsp[byte]!;
  return byte * 8 + 7 - Math.log2(value & -value);
}

const noGroupFields = {
  refIdxActive: [1, 1] as const,
  weightedPrediction: false,
  weightedBipredIdc: 0,
  deblockingControlPresent: false,
  redundantPicCntPresent: false,
};

const plainFormat = {
  chromaFormat: 1,
  separateColourPlanes: false,
  bitDepthLuma: 8,
  bitDepthChroma: 8,
  losslessBypass: false,
};

function readFormat(r: BitReader): typeof plainFormat {
  const chromaFormat = r.ue();
  const separateColourPlanes = chromaFormat === 3 ? r.flag() : false;
  const bitDepthLuma = r.ue() + 8;
  const bitDepthChroma = r.ue() + 8;
  const losslessBypass = r.flag();
  if (r.flag()) {
    const lists = chromaFormat === 3 ? 12 : 8;
    for (let i = 0; i < lists; i++) if (r.flag()) skipScalingList(r, i < 6 ? 16 : 64);
  }
  return { chromaFormat, separateColourPlanes, bitDepthLuma, bitDepthChroma, losslessBypass };
}

function skipScalingList(r: BitReader, size: number): void {
  let next = 8;
  for (let i = 0, last = 8; i < size && next !== 0; i++) {
    next = (last + r.se() + 256) % 256;
    if (next !== 0) last = next;
  }
}

function readPocFields(r: BitReader): {
  pocType: number;
  log2MaxPocLsb: number;
  deltaPicOrderAlwaysZero: boolean;
} {
  const pocType = r.ue();
  const log2MaxPocLsb = pocType === 0 ? r.ue() + 4 : 0;
  let deltaPicOrderAlwaysZero = false;
  if (pocType === 1) {
    deltaPicOrderAlwaysZero = r.flag();
    r.se();
    r.se();
    for (let left = r.ue(); left > 0; left--) r.se();
  }
  return { pocType, log2MaxPocLsb, deltaPicOrderAlwaysZero };
}
