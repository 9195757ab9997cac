/** True peak after ITU-R BS.1770-4, annex 2: the signal at four times its rate. */

/** The interpolation filter of annex 2: 48 taps, as four phases of 12. The other two are these backwards. */
const [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11] = [
  0.001708984375, 0.010986328125, -0.0196533203125, 0.033203125, -0.0594482421875, 0.1373291015625,
  0.97216796875, -0.102294921875, 0.047607421875, -0.026611328125, 0.014892578125, -0.00830078125,
] as const;
const [b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11] = [
  -0.0291748046875, 0.029296875, -0.0517578125, 0.089111328125, -0.16650390625, 0.465087890625,
  0.77978515625, -0.2003173828125, 0.1015625, -0.0582275390625, 0.0330810546875, -0.0189208984375,
] as const;

/** Samples that the filter needs on each side of the one it measures. */
export const reach = 6;

const levels = (taps: readonly number[]): number =>
  taps.reduce((sum, tap) => sum + Math.abs(tap), 0);

/** No sample between two others can be above the highest sample near it times this. */
export const overshoot = Math.max(
  levels([a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11]),
  levels([b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11]),
);

/**
 * Highest level of samples `from` to `to` of the plane and between them and their neighbours; both keep
 * `reach` from its ends. Written out, as this is most of what a loud recording costs.
 */
export function truePeak(plane: Float32Array, from: number, to: number): number {
  let peak = 0;
  for (let i = from; i < to; i++) {
    const x0 = plane[i - 5]!;
    const x1 = plane[i - 4]!;
    const x2 = plane[i - 3]!;
    const x3 = plane[i - 2]!;
    const x4 = plane[i - 1]!;
    const x5 = plane[i]!;
    const x6 = plane[i + 1]!;
    const x7 = plane[i + 2]!;
    const x8 = plane[i + 3]!;
    const x9 = plane[i + 4]!;
    const x10 = plane[i + 5]!;
    const x11 = plane[i + 6]!;
    // prettier-ignore
    const [p, q, r, s] = [
      a0 * x0 + a1 * x1 + a2 * x2 + a3 * x3 + a4 * x4 + a5 * x5
        + a6 * x6 + a7 * x7 + a8 * x8 + a9 * x9 + a10 * x10 + a11 * x11,
      a11 * x0 + a10 * x1 + a9 * x2 + a8 * x3 + a7 * x4 + a6 * x5
        + a5 * x6 + a4 * x7 + a3 * x8 + a2 * x9 + a1 * x10 + a0 * x11,
      b0 * x0 + b1 * x1 + b2 * x2 + b3 * x3 + b4 * x4 + b5 * x5
        + b6 * x6 + b7 * x7 + b8 * x8 + b9 * x9 + b10 * x10 + b11 * x11,
      b11 * x0 + b10 * x1 + b9 * x2 + b8 * x3 + b7 * x4 + b6 * x5
        + b5 * x6 + b4 * x7 + b3 * x8 + b2 * x9 + b1 * x10 + b0 * x11,
    ];
    peak = Math.max(peak, Math.abs(x5), Math.abs(p), Math.abs(q), Math.abs(r), Math.abs(s));
  }
  return peak;
}
