/** True peak after ITU-R BS.1770-4, annex 2: the signal at four times its rate. */

/** The interpolation filter of annex 2: 48 taps, as four phases of 12. */
const phases = [
  [
    0.001708984375, 0.010986328125, -0.0196533203125, 0.033203125, -0.0594482421875,
    0.1373291015625, 0.97216796875, -0.102294921875, 0.047607421875, -0.026611328125,
    0.014892578125, -0.00830078125,
  ],
  [
    -0.0291748046875, 0.029296875, -0.0517578125, 0.089111328125, -0.16650390625, 0.465087890625,
    0.77978515625, -0.2003173828125, 0.1015625, -0.0582275390625, 0.0330810546875, -0.0189208984375,
  ],
].flatMap((phase) => [Float64Array.from(phase), Float64Array.from(phase).reverse()]);

/** Samples that the filter needs on each side of the one it measures. */
export const reach = 6;

/** No sample between two others can be above the highest sample near it times this. */
export const overshoot = Math.max(
  ...phases.map((phase) => phase.reduce((sum, tap) => sum + Math.abs(tap), 0)),
);

/** Highest level around sample `at` of the plane, between its neighbours; `at` keeps `reach` from both ends. */
export function truePeakAt(plane: Float32Array, at: number): number {
  let peak = Math.abs(plane[at]!);
  for (const taps of phases) {
    let sum = 0;
    const first = at - reach + 1;
    for (let k = 0; k < 12; k++) sum += taps[k]! * plane[first + k]!;
    if (sum > peak) peak = sum;
    else if (-sum > peak) peak = -sum;
  }
  return peak;
}
