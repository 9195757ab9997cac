/** Video usability information, H.264 annex E. */
import type { BitReader, BitWriter } from './bits.ts';

export interface BitstreamRestriction {
  motionVectorsOverBoundaries: boolean;
  maxBytesPerPictureDenominator: number;
  maxBitsPerMacroblockDenominator: number;
  log2MaxMvLengthHorizontal: number;
  log2MaxMvLengthVertical: number;
  /** Pictures that may precede another in decoding order and follow it in output order. */
  numReorderFrames: number;
  /** Size of the decoded picture buffer, in frames. */
  maxDecFrameBuffering: number;
}

export interface Vui {
  aspectRatio: { idc: number; width: number; height: number } | null;
  /** overscan_appropriate_flag */
  overscan: boolean | null;
  videoSignal: {
    format: number;
    fullRange: boolean;
    colour: { primaries: number; transfer: number; matrix: number } | null;
  } | null;
  chromaLocation: { top: number; bottom: number } | null;
  timing: { unitsInTick: number; timeScale: number; fixed: boolean } | null;
  /** Buffering models are read over, never written: they describe one encoder's stream. */
  hasHrd: boolean;
  picStructPresent: boolean;
  restriction: BitstreamRestriction | null;
}

const extendedSar = 255;

export function readVui(r: BitReader): Vui {
  const aspectRatio = r.flag() ? readAspectRatio(r) : null;
  const overscan = r.flag() ? r.flag() : null;
  const videoSignal = r.flag()
    ? {
        format: r.u(3),
        fullRange: r.flag(),
        colour: r.flag() ? { primaries: r.u(8), transfer: r.u(8), matrix: r.u(8) } : null,
      }
    : null;
  const chromaLocation = r.flag() ? { top: r.ue(), bottom: r.ue() } : null;
  const timing = r.flag() ? { unitsInTick: r.u(32), timeScale: r.u(32), fixed: r.flag() } : null;
  const nalHrd = r.flag();
  if (nalHrd) skipHrd(r);
  const vclHrd = r.flag();
  if (vclHrd) skipHrd(r);
  if (nalHrd || vclHrd) r.flag(); // low_delay_hrd_flag
  const picStructPresent = r.flag();
  const restriction = r.flag()
    ? {
        motionVectorsOverBoundaries: r.flag(),
        maxBytesPerPictureDenominator: r.ue(),
        maxBitsPerMacroblockDenominator: r.ue(),
        log2MaxMvLengthHorizontal: r.ue(),
        log2MaxMvLengthVertical: r.ue(),
        numReorderFrames: r.ue(),
        maxDecFrameBuffering: r.ue(),
      }
    : null;
  return {
    aspectRatio,
    overscan,
    videoSignal,
    chromaLocation,
    timing,
    hasHrd: nalHrd || vclHrd,
    picStructPresent,
    restriction,
  };
}

/** Writes everything but buffering models and pic_struct, whose SEI messages are not kept. */
export function writeVui(w: BitWriter, vui: Vui): void {
  w.flag(vui.aspectRatio !== null);
  if (vui.aspectRatio) {
    w.u(8, vui.aspectRatio.idc);
    if (vui.aspectRatio.idc === extendedSar) {
      w.u(16, vui.aspectRatio.width);
      w.u(16, vui.aspectRatio.height);
    }
  }
  w.flag(vui.overscan !== null);
  if (vui.overscan !== null) w.flag(vui.overscan);
  w.flag(vui.videoSignal !== null);
  if (vui.videoSignal) {
    const { format, fullRange, colour } = vui.videoSignal;
    w.u(3, format);
    w.flag(fullRange);
    w.flag(colour !== null);
    if (colour) for (const v of [colour.primaries, colour.transfer, colour.matrix]) w.u(8, v);
  }
  w.flag(vui.chromaLocation !== null);
  if (vui.chromaLocation) {
    w.ue(vui.chromaLocation.top);
    w.ue(vui.chromaLocation.bottom);
  }
  w.flag(vui.timing !== null);
  if (vui.timing) {
    w.u(32, vui.timing.unitsInTick);
    w.u(32, vui.timing.timeScale);
    w.flag(vui.timing.fixed);
  }
  w.flag(false); // nal_hrd_parameters_present_flag
  w.flag(false); // vcl_hrd_parameters_present_flag
  w.flag(false); // pic_struct_present_flag
  w.flag(vui.restriction !== null);
  if (vui.restriction) {
    w.flag(vui.restriction.motionVectorsOverBoundaries);
    w.ue(vui.restriction.maxBytesPerPictureDenominator);
    w.ue(vui.restriction.maxBitsPerMacroblockDenominator);
    w.ue(vui.restriction.log2MaxMvLengthHorizontal);
    w.ue(vui.restriction.log2MaxMvLengthVertical);
    w.ue(vui.restriction.numReorderFrames);
    w.ue(vui.restriction.maxDecFrameBuffering);
  }
}

function readAspectRatio(r: BitReader): Vui['aspectRatio'] {
  const idc = r.u(8);
  const extended = idc === extendedSar;
  return { idc, width: extended ? r.u(16) : 0, height: extended ? r.u(16) : 0 };
}

function skipHrd(r: BitReader): void {
  const count = r.ue() + 1;
  if (count > 32) throw new RangeError('cpb_cnt_minus1 out of range');
  r.u(8); // bit_rate_scale, cpb_size_scale
  for (let i = 0; i < count; i++) {
    r.ue();
    r.ue();
    r.u(1);
  }
  r.u(20); // three delay lengths and time_offset_length
}
