/**
 * Mean structural similarity of two luma planes (Wang et al. 2004) over 8×8 windows every 4 pixels,
 * as ffmpeg's and x264's: sums without Gaussian weights.
 */
export function ssim(a: Uint8Array, b: Uint8Array, width: number, height: number): number {
  const c1 = (0.01 * 255) ** 2;
  const c2 = (0.03 * 255) ** 2;
  const n = 64;
  let total = 0;
  let windows = 0;
  for (let y = 0; y + 8 <= height; y += 4) {
    for (let x = 0; x + 8 <= width; x += 4) {
      let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0];
      for (let j = 0; j < 8; j++) {
        for (let i = (y + j) * width + x, end = i + 8; i < end; i++) {
          const p = a[i]!;
          const q = b[i]!;
          sumA += p;
          sumB += q;
          sumAA += p * p;
          sumBB += q * q;
          sumAB += p * q;
        }
      }
      const [meanA, meanB] = [sumA / n, sumB / n];
      const variances = sumAA / n - meanA ** 2 + (sumBB / n - meanB ** 2);
      const covariance = sumAB / n - meanA * meanB;
      total +=
        ((2 * meanA * meanB + c1) * (2 * covariance + c2)) /
        ((meanA ** 2 + meanB ** 2 + c1) * (variances + c2));
      windows++;
    }
  }
  return total / windows;
}
