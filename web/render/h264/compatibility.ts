/** Which H.264 streams can be joined, and what the encoder's SPS must say to stand beside the source's. */
import type { Pps, Sps } from './parameter-sets.ts';
import type { BitstreamRestriction, Vui } from './vui.ts';

/** Baseline, Main, High, and High 10 when it carries 8 bits; their tools are read completely here. */
const profiles = new Set([66, 77, 100, 110]);

/** Why a stream with these sets is not joined, in words; null when it can be. */
export function refusalOf(sps: Sps, pictureSets: Iterable<Pps>): string | null {
  if (!profiles.has(sps.profile)) return `profile ${sps.profile}`;
  if (sps.chromaFormat !== 1) return 'chroma other than 4:2:0';
  if (sps.bitDepthLuma !== 8 || sps.bitDepthChroma !== 8) return 'more than 8 bits a sample';
  if (sps.losslessBypass) return 'lossless coding';
  if (!sps.frameMbsOnly) return 'interlaced coding';
  for (const pps of pictureSets) {
    if (pps.sliceGroups > 1) return 'slice groups';
    if (pps.redundantPicCntPresent) return 'redundant pictures';
  }
  return null;
}

/** A decoder starts anew, and may drop what it has not shown yet, when the coded size changes. */
export const hasSameCodedSize = (a: Sps, b: Sps): boolean =>
  a.widthInMbs === b.widthInMbs &&
  a.heightInMapUnits === b.heightInMapUnits &&
  a.width === b.width &&
  a.height === b.height;

/**
 * The source's VUI for the encoder's SPS: the samples pass through unchanged, so colour, range and
 * shape stay; the picture buffer keeps its size and delay, so that a decoder neither waits nor
 * drops at the joint.
 */
export function joinedVui(source: Sps, encoder: Sps, level: number): Vui | null {
  const needed = encoder.maxNumRefFrames;
  const stated = source.vui?.restriction ?? null;
  const size = stated?.maxDecFrameBuffering ?? maxDpbFrames(source, source.level);
  const implied = maxDpbFrames(encoder, level);
  const keepsImplied = !stated && implied === size && implied >= needed;
  if (keepsImplied) return source.vui && { ...source.vui, hasHrd: false, picStructPresent: false };
  const maxDecFrameBuffering = Math.max(size, needed);
  const restriction: BitstreamRestriction = {
    motionVectorsOverBoundaries: true,
    maxBytesPerPictureDenominator: 0,
    maxBitsPerMacroblockDenominator: 0,
    log2MaxMvLengthHorizontal: 15,
    log2MaxMvLengthVertical: 15,
    numReorderFrames: Math.min(stated?.numReorderFrames ?? size, maxDecFrameBuffering),
    maxDecFrameBuffering,
  };
  return { ...(source.vui ?? emptyVui), hasHrd: false, picStructPresent: false, restriction };
}

/** MaxDpbMbs of table A-1 by level_idc. */
const maxDpbMbs: readonly (readonly [level: number, macroblocks: number])[] = [
  [10, 396],
  [11, 900],
  [13, 2376],
  [20, 2376],
  [21, 4752],
  [30, 8100],
  [31, 18_000],
  [32, 20_480],
  [41, 32_768],
  [42, 34_816],
  [50, 110_400],
  [52, 184_320],
  [62, 696_320],
];

/** MaxDpbFrames, clause A.3.1. Level 1b (11 with constraint_set3) is taken as 1.1: only sizes far below video use it. */
export function maxDpbFrames(sps: Sps, level: number): number {
  const row = maxDpbMbs.find(([highest]) => level <= highest) ?? maxDpbMbs.at(-1)!;
  return Math.min(16, Math.floor(row[1] / (sps.widthInMbs * sps.heightInMapUnits)));
}

/** Table A-1: level_idc, MaxMBPS, MaxFS, MaxBR in 1000 bit/s (Baseline and Main; High has 1.25 times as much). */
const levels: readonly (readonly [number, number, number, number])[] = [
  [10, 1485, 99, 64],
  [11, 3000, 396, 192],
  [12, 6000, 396, 384],
  [13, 11_880, 396, 768],
  [20, 11_880, 396, 2000],
  [21, 19_800, 792, 4000],
  [22, 20_250, 1620, 4000],
  [30, 40_500, 1620, 10_000],
  [31, 108_000, 3600, 14_000],
  [32, 216_000, 5120, 20_000],
  [40, 245_760, 8192, 20_000],
  [41, 245_760, 8192, 50_000],
  [42, 522_240, 8704, 50_000],
  [50, 589_824, 22_080, 135_000],
  [51, 983_040, 36_864, 240_000],
  [52, 2_073_600, 36_864, 240_000],
  [60, 4_177_920, 139_264, 240_000],
  [61, 8_355_840, 139_264, 480_000],
  [62, 16_711_680, 139_264, 800_000],
];

/** The lowest level, not below `atLeast`, that allows a picture size (macroblocks), rate (1/s) and bitrate (bit/s). */
export function levelFor(
  macroblocks: number,
  frameRate: number,
  bitrate: number,
  atLeast: number,
): number {
  const fits = levels.find(
    ([level, perSecond, perFrame, kilobits]) =>
      level >= atLeast &&
      macroblocks <= perFrame &&
      macroblocks * frameRate <= perSecond &&
      bitrate <= kilobits * 1000,
  );
  return fits?.[0] ?? 62;
}

const emptyVui: Vui = {
  aspectRatio: null,
  overscan: null,
  videoSignal: null,
  chromaLocation: null,
  timing: null,
  hasHrd: false,
  picStructPresent: false,
  restriction: null,
};
