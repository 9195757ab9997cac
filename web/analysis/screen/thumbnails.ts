/** Small pictures for the strip, many to a sheet, written to OPFS as they fill up. */
import type { ScreenEvidence } from '../../core/evidence.ts';
import { remove, writeFile } from '../../storage/opfs.ts';
import type { Picture, Plane } from './picture.ts';

const thumbnailWidth = 160;
const maxThumbnails = 600;
const columns = 10;
const rows = 10;

/** Seconds between thumbnails: at least one, and not more than 600 in a recording. */
export const thumbnailInterval = (duration: number) => Math.max(1, duration / maxThumbnails);

export class ThumbnailSheets {
  readonly width: number;
  readonly height: number;
  readonly #folder: string;
  readonly #turn: number;
  readonly #canvas: OffscreenCanvas;
  readonly #context: OffscreenCanvasRenderingContext2D;
  readonly #small: OffscreenCanvas;
  readonly #times: number[] = [];
  readonly #paths: string[] = [];
  #dirty = false;

  /** Width and height are those of the shown picture, `rotation` (clockwise, degrees) applied. */
  constructor(folder: string, width: number, height: number, rotation: number) {
    const scale = Math.min(thumbnailWidth / width, (2 * thumbnailWidth) / height);
    this.#folder = folder;
    this.#turn = rotation;
    this.width = Math.max(2, Math.round(width * scale));
    this.height = Math.max(2, Math.round(height * scale));
    this.#canvas = new OffscreenCanvas(this.width * columns, this.height * rows);
    this.#context = this.#canvas.getContext('2d', { alpha: false })!;
    const sideways = rotation % 180 !== 0;
    this.#small = new OffscreenCanvas(
      sideways ? this.height : this.width,
      sideways ? this.width : this.height,
    );
  }

  /** Adds the picture as the next thumbnail. */
  async add(time: number, picture: Picture): Promise<void> {
    const small = this.#small;
    const pixels = new ImageData(small.width, small.height);
    shrink(picture, pixels);
    small.getContext('2d')!.putImageData(pixels, 0, 0);
    const slot = this.#times.length % (columns * rows);
    const context = this.#context;
    context.save();
    context.translate(
      ((slot % columns) + 0.5) * this.width,
      (Math.floor(slot / columns) + 0.5) * this.height,
    );
    context.rotate((this.#turn * Math.PI) / 180);
    context.drawImage(small, -small.width / 2, -small.height / 2);
    context.restore();
    this.#times.push(time);
    this.#dirty = true;
    if (slot === columns * rows - 1) await this.#write();
  }

  async finish(): Promise<ScreenEvidence['thumbnails']> {
    if (this.#dirty) await this.#write();
    if (this.#times.length === 0) return null;
    const { width, height } = this;
    return {
      paths: this.#paths,
      width,
      height,
      columns,
      rows,
      times: Float64Array.from(this.#times),
    };
  }

  async #write(): Promise<void> {
    if (this.#paths.length === 0) await remove(this.#folder);
    const path = `${this.#folder}/${this.#paths.length}.webp`;
    // A browser without a WebP encoder writes PNG instead; readers go by the content.
    await writeFile(path, await this.#canvas.convertToBlob({ type: 'image/webp', quality: 0.8 }));
    this.#paths.push(path);
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#dirty = false;
  }
}

/** Kr and Kb of the matrices in ITU-T H.273. */
const lumaWeights: Record<string, [number, number]> = {
  bt709: [0.2126, 0.0722],
  'bt2020-ncl': [0.2627, 0.0593],
};
const standardDefinition: [number, number] = [0.299, 0.114];

/** Scales by area means of (at most 4 by 4 samples of) each target pixel, and converts to RGB. */
export function shrink(picture: Picture, target: ImageData): void {
  const { width, height, data: out } = target;
  const { rgb } = picture;
  const [kr, kb] = lumaWeights[picture.matrix] ?? standardDefinition;
  const kg = 1 - kr - kb;
  const lumaScale = picture.fullRange ? 1 : 255 / 219;
  const lumaZero = picture.fullRange ? 0 : 16;
  const chromaScale = picture.fullRange ? 1 : 255 / 224;
  const [first, second, third] = picture.planes.map((p) => means(picture, p, width, height)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  for (let i = 0; i < first.length; i++) {
    const o = i * 4;
    if (rgb) {
      out[o] = first[i]!;
      out[o + 1] = second[i]!;
      out[o + 2] = third[i]!;
    } else {
      const luma = (first[i]! - lumaZero) * lumaScale;
      const cb = (second[i]! - 128) * chromaScale;
      const cr = (third[i]! - 128) * chromaScale;
      out[o] = luma + 2 * (1 - kr) * cr;
      out[o + 1] = luma - (2 * kb * (1 - kb) * cb + 2 * kr * (1 - kr) * cr) / kg;
      out[o + 2] = luma + 2 * (1 - kb) * cb;
    }
    out[o + 3] = 255;
  }
}

/** One plane scaled to `across` by `down` values. */
function means({ width, height, data }: Picture, plane: Plane, across: number, down: number) {
  const { offset, stride, step } = plane;
  const columns = edges(Math.ceil(width / plane.subX), across);
  const lines = edges(Math.ceil(height / plane.subY), down);
  const scaled = new Float32Array(across * down);
  for (let v = 0; v < down; v++) {
    const y1 = Math.max(lines[v]! + 1, lines[v + 1]!);
    const dy = Math.max(1, (y1 - lines[v]!) >> 2);
    for (let u = 0; u < across; u++) {
      const x1 = Math.max(columns[u]! + 1, columns[u + 1]!);
      const dx = Math.max(1, (x1 - columns[u]!) >> 2);
      let sum = 0;
      let count = 0;
      for (let y = lines[v]!; y < y1; y += dy) {
        const line = offset + y * stride;
        for (let x = columns[u]!; x < x1; x += dx, count++) sum += data[line + x * step]!;
      }
      scaled[v * across + u] = sum / count;
    }
  }
  return scaled;
}

/** Where each of `parts` begins among `length` samples, and where the last one ends. */
const edges = (length: number, parts: number) =>
  Int32Array.from({ length: parts + 1 }, (_, i) => Math.floor((i * length) / parts));
