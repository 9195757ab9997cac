/** The low-resolution picture that activity is measured on: mean brightness of a fixed grid of cells. */
import type { Picture } from './picture.ts';

/** Cells along the longer side: 8 pixels of a 1920 wide screen, about the size of a letter. */
const longSide = 240;
/** Pixels; the mean of fewer shows more of the codec than of the screen. */
const minCell = 4;

export interface GridShape {
  columns: number;
  rows: number;
}

/** The shape stays the same for a whole recording, even where the picture size changes in it. */
export function gridShape(width: number, height: number): GridShape {
  const cell = Math.max(minCell, Math.round(Math.max(width, height) / longSide));
  return {
    columns: Math.max(1, Math.floor(width / cell)),
    rows: Math.max(1, Math.floor(height / cell)),
  };
}

/** Mean brightness of each cell, 0 to 255, row by row. Every second pixel of every second row is read. */
export function cellMeans(picture: Picture, shape: GridShape, out: Uint8Array): void {
  const { columns, rows } = shape;
  const { width, height } = picture;
  const sums = new Uint32Array(columns);
  const edges = new Uint32Array(columns + 1);
  for (let c = 0; c <= columns; c++) edges[c] = Math.floor((c * width) / columns);
  const words = wordsOf(picture, columns);

  for (let r = 0; r < rows; r++) {
    const top = Math.floor((r * height) / rows);
    const bottom = Math.max(top + 1, Math.floor(((r + 1) * height) / rows));
    sums.fill(0);
    if (words) addWords(words, picture, top, bottom, sums);
    else addSamples(picture, edges, top, bottom, sums);
    const lines = Math.ceil((bottom - top) / 2);
    for (let c = 0; c < columns; c++) {
      const samples = Math.max(1, Math.ceil((edges[c + 1]! - edges[c]!) / 2)) * lines;
      out[r * columns + c] = sums[c]! / samples;
    }
  }
}

function addSamples(
  { data, planes, rgb }: Picture,
  edges: Uint32Array,
  top: number,
  bottom: number,
  sums: Uint32Array,
): void {
  // Of RGB the green component counts double and stands in the middle of the sum below.
  const [first, second, third] = planes;
  const step = first.step * 2;
  for (let y = top; y < bottom; y += 2) {
    const line = y * first.stride;
    for (let c = 0; c < sums.length; c++) {
      const from = line + edges[c]! * first.step;
      const to = line + edges[c + 1]! * first.step;
      let sum = 0;
      if (rgb) {
        for (let i = from; i < to; i += step) {
          sum +=
            (data[i + first.offset]! + 2 * data[i + second.offset]! + data[i + third.offset]!) >> 2;
        }
      } else {
        for (let i = from + first.offset, end = to + first.offset; i < end; i += step)
          sum += data[i]!;
      }
      sums[c]! += sum;
    }
  }
}

/** The brightness plane four pixels at a time, where its cells begin and end at such words. */
function wordsOf({ data, planes, rgb, width }: Picture, columns: number): Int32Array | null {
  const { offset, stride, step } = planes[0];
  const cell = width / columns;
  const fits = !rgb && step === 1 && cell % 4 === 0 && cell <= 32;
  if (!fits || offset % 4 !== 0 || stride % 4 !== 0 || data.byteOffset % 4 !== 0) return null;
  return new Int32Array(data.buffer, data.byteOffset, data.byteLength >> 2);
}

/** Bytes 0 and 2 of each (little-endian) word are every second pixel; both are added up at once. */
function addWords(
  words: Int32Array,
  { planes, width }: Picture,
  top: number,
  bottom: number,
  sums: Uint32Array,
): void {
  const { offset, stride } = planes[0];
  const perCell = width / sums.length / 4;
  for (let y = top; y < bottom; y += 2) {
    let i = (offset + y * stride) >> 2;
    for (let c = 0; c < sums.length; c++) {
      let pair = 0;
      for (const end = i + perCell; i < end; i++) pair += words[i]! & 0xff00ff;
      sums[c]! += (pair & 0xffff) + (pair >>> 16);
    }
  }
}

/**
 * Variance of the Laplacian of brightness (Pech-Pacheco 2000), from every 16th row and second
 * column: falls in blurred and half-faded pictures. Of RGB the green component is taken.
 */
export function sharpness(picture: Picture): number {
  const { width, height, data, planes, rgb } = picture;
  const { offset, stride, step } = rgb ? planes[1] : planes[0];
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y += 16) {
    const from = offset + y * stride + step;
    const to = offset + y * stride + (width - 1) * step;
    for (let i = from; i < to; i += step * 2) {
      const l =
        4 * data[i]! - data[i - step]! - data[i + step]! - data[i - stride]! - data[i + stride]!;
      sum += l;
      squares += l * l;
      count++;
    }
  }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}
