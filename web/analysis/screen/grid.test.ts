import { describe, expect, test } from 'vitest';
import { cellMeans, gridShape } from './grid.ts';
import type { Picture } from './picture.ts';

/** A grey picture whose brightness plane begins `offset` bytes into the data. */
function picture(width: number, height: number, offset: number): Picture {
  const data = new Uint8Array(offset + width * height);
  let state = 1;
  for (let i = 0; i < data.length; i++) {
    state = (state * 48271) % 2147483647;
    data[i] = state & 255;
  }
  const plane = { offset, stride: width, step: 1, subX: 1, subY: 1 };
  const planes: Picture['planes'] = [plane, plane, plane];
  return { width, height, data, planes, rgb: false, matrix: 'bt709', fullRange: true };
}

describe('cell means', () => {
  // 1920 wide has cells of 8 pixels; from an odd offset they cannot be read by words.
  test.each([0, 1])('are means of every second pixel (offset %i)', (offset) => {
    const p = picture(1920, 72, offset);
    const shape = gridShape(1920, 72);
    const cells = new Uint8Array(shape.columns * shape.rows);
    cellMeans(p, shape, cells);
    for (const [r, c] of [
      [0, 0],
      [3, 17],
      [8, 239],
    ] as const) {
      let sum = 0;
      for (let y = 0; y < 8; y += 2)
        for (let x = 0; x < 8; x += 2) sum += p.data[offset + (r * 8 + y) * 1920 + c * 8 + x]!;
      expect(cells[r * shape.columns + c]).toBe(Math.floor(sum / 16));
    }
  });
});
