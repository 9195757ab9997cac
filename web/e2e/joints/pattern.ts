/** A picture that carries its own number as a row of light and dark squares, and a busy rest. */

/** Pixels. The height is no multiple of 16, so that H.264 has to crop. */
export const patternWidth = 640;
export const patternHeight = 360;
const bits = 16;
const square = 24;
const left = 32;
const top = 24;

/** Frame `number` as planar 4:2:0 (BT.601 limited range values). */
export function drawPattern(number: number): Uint8Array {
  const [w, h] = [patternWidth, patternHeight];
  const frame = new Uint8Array((w * h * 3) / 2);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      // Lines of blocks like text; those on the right scroll.
      const row = x > w / 2 ? y + number * 2 : y;
      const isInk = ((row >> 2) * 7 + (x >> 2) * 13 + (((x >> 2) * (row >> 4)) % 5)) % 3 === 0;
      frame[y * w + x] = row % 16 < 9 && isInk ? 60 : 200;
    }
  }
  for (let bit = 0; bit < bits; bit++) {
    const value = (number >> bit) & 1 ? 225 : 25;
    for (let y = top; y < top + square; y++) {
      frame.fill(value, y * w + left + bit * square, y * w + left + (bit + 1) * square);
    }
    // The complement below: a picture mixed of two has squares that do not differ.
    for (let y = top + square; y < top + 2 * square; y++) {
      frame.fill(250 - value, y * w + left + bit * square, y * w + left + (bit + 1) * square);
    }
  }
  frame.fill(110 + (number % 20), w * h, (w * h * 5) / 4);
  frame.fill(140 - (number % 20), (w * h * 5) / 4);
  return frame;
}

/** The number in a picture whose samples are `step` bytes apart; -1 when it cannot be read. Runs in pages too. */
export function readPattern(luma: ArrayLike<number>, width: number, step = 1): number {
  let number = 0;
  for (let bit = 0; bit < 16; bit++) {
    const x = 32 + bit * 24 + 12;
    const above = luma[(36 * width + x) * step]!;
    const below = luma[(60 * width + x) * step]!;
    if (Math.abs(above - below) < 80) return -1;
    if (above > below) number |= 1 << bit;
  }
  return number;
}
