/** From any channel layout to mono or stereo. */
import type { Planes } from './pcm.ts';

const half = Math.SQRT1_2;

/**
 * What each source channel gives to left and right, after ITU-R BS.775: centre and surrounds at
 * -3 dB, the low-frequency channel left out. Order of channels as WebCodecs hands them out.
 */
const layouts: Record<number, { left: number[]; right: number[] }> = {
  3: { left: [1, 0, half], right: [0, 1, half] },
  4: { left: [1, 0, half, 0], right: [0, 1, 0, half] },
  5: { left: [1, 0, half, half, 0], right: [0, 1, half, 0, half] },
  6: { left: [1, 0, half, 0, half, 0], right: [0, 1, half, 0, 0, half] },
  7: { left: [1, 0, half, 0, half, half, 0], right: [0, 1, half, 0, half, 0, half] },
  8: { left: [1, 0, half, 0, half, 0, half, 0], right: [0, 1, half, 0, 0, half, 0, half] },
};

export function downmix(planes: Planes, channels: 1 | 2): Planes {
  if (planes.length === channels) return planes;
  if (planes.length === 1) return [planes[0]!, planes[0]!];
  const stereo = planes.length === 2 ? planes : toStereo(planes);
  return channels === 2 ? stereo : [middle(stereo[0]!, stereo[1]!)];
}

function middle(left: Float32Array, right: Float32Array): Float32Array {
  const sum = new Float32Array(left.length);
  for (let i = 0; i < sum.length; i++) sum[i] = (left[i]! + right[i]!) * 0.5;
  return sum;
}

function toStereo(planes: Planes): Planes {
  const layout = layouts[planes.length] ?? { left: [1, 0], right: [0, 1] };
  // Scaled so that full level on every channel cannot clip.
  const scale = 1 / layout.left.reduce((sum, share) => sum + share, 0);
  const scaled = (shares: number[]) => shares.map((share) => share * scale);
  return [weighted(planes, scaled(layout.left)), weighted(planes, scaled(layout.right))];
}

function weighted(planes: Planes, shares: number[]): Float32Array {
  const sum = new Float32Array(planes[0]!.length);
  for (const [c, share] of shares.entries()) {
    if (share === 0) continue;
    const plane = planes[c]!;
    for (let i = 0; i < sum.length; i++) sum[i]! += plane[i]! * share;
  }
  return sum;
}
