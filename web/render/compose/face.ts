/**
 * The camera's picture at the size of its bubble, ready to be laid over the screen's. On planes and
 * not on a canvas: without a graphics card a canvas takes longer for a frame than decoding and encoding
 * it do together.
 */
import type { Bubble } from '../../core/camera.ts';
import type { ColourMatrix } from './colour.ts';
import type { Plane, PlanarPicture } from './planes.ts';

/**
 * How much each of some neighbouring samples counts for the samples of the result; what counts for one
 * of them adds up to 1. In flat arrays: they are gone through for every frame.
 */
interface Taps {
  /** For each sample of the result: the first one that counts. */
  first: Int32Array;
  /** `reach` shares for each. */
  shares: Float32Array;
  reach: number;
}

/** Less than 1: with fewer samples it is sharper and as good to look at, and every frame costs less. */
const sharpness = 0.6;

/** A tent over as many samples as become one: smooth when enlarged, without moiré when made smaller. */
function taps(count: number, start: number, length: number, available: number): Taps {
  const scale = length / count;
  const half = Math.max(1, sharpness * scale);
  const reach = Math.min(available, Math.ceil(2 * half) + 1);
  const first = new Int32Array(count);
  const shares = new Float32Array(count * reach);
  for (let i = 0; i < count; i++) {
    const middle = start + (i + 0.5) * scale - 0.5;
    const from = Math.min(available - reach, Math.max(0, Math.ceil(middle - half)));
    const own = shares.subarray(i * reach, (i + 1) * reach);
    let total = 0;
    for (let k = 0; k < reach; k++)
      total += own[k] = Math.max(0, 1 - Math.abs(from + k - middle) / half);
    // Beyond the picture's edge its last sample goes on.
    if (total > 0) for (let k = 0; k < reach; k++) own[k]! /= total;
    else own[middle < 0 ? 0 : reach - 1] = 1;
    first[i] = from;
  }
  return { first, shares, reach };
}

function reversed({ first, shares, reach }: Taps): Taps {
  const turned = Array.from({ length: first.length }, (_, i) =>
    shares.subarray((first.length - 1 - i) * reach, (first.length - i) * reach),
  );
  return {
    first: first.toReversed(),
    shares: Float32Array.from(turned.flatMap((t) => [...t])),
    reach,
  };
}

/** How much of each sample lies inside a rectangle with round corners, 0 to 1. */
function coverage(
  area: Area,
  { x, y, width, height, radius }: Bubble,
  scale: number,
): Float32Array {
  const mask = new Float32Array(area.width * area.height);
  const middle = { x: x + width / 2, y: y + height / 2 };
  for (let row = 0; row < area.height; row++) {
    for (let column = 0; column < area.width; column++) {
      // Distance of the sample's middle from the edge, in pixels of the frame; negative inside.
      const dx = Math.abs((area.x + column + 0.5) * scale - middle.x) - width / 2 + radius;
      const dy = Math.abs((area.y + row + 0.5) * scale - middle.y) - height / 2 + radius;
      const outside = Math.hypot(Math.max(dx, 0), Math.max(dy, 0));
      const distance = outside + Math.min(Math.max(dx, dy), 0) - radius;
      mask[row * area.width + column] = Math.min(1, Math.max(0, 0.5 - distance / scale));
    }
  }
  return mask;
}

interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One plane of the bubble: where it goes, what of it is seen, how it is taken from the camera's plane. */
class Layer {
  readonly area: Area;
  readonly values: Float32Array;
  readonly #mask: Float32Array;
  readonly #columns: Taps;
  readonly #rows: Taps;
  readonly #lines: Float32Array;
  readonly #firstLine: number;

  /** `scale`: frame pixels for one sample, 1 for luma and 2 for chroma. */
  constructor(
    bubble: Bubble,
    mirrored: boolean,
    scale: 1 | 2,
    frame: { width: number; height: number },
    camera: { width: number; height: number },
  ) {
    const size = (length: number) => Math.ceil(length / scale);
    const x = Math.floor(bubble.x / scale);
    const y = Math.floor(bubble.y / scale);
    const right = Math.min(size(frame.width), Math.ceil((bubble.x + bubble.width) / scale));
    const bottom = Math.min(size(frame.height), Math.ceil((bubble.y + bubble.height) / scale));
    const area = { x, y, width: Math.max(0, right - x), height: Math.max(0, bottom - y) };
    this.area = area;
    this.#mask = coverage(area, bubble, scale);
    // The part of the camera under the samples taken, in samples of its own plane.
    const { crop } = bubble;
    const zoom = { x: crop.width / bubble.width, y: crop.height / bubble.height };
    const left = crop.x / scale + (x - bubble.x / scale) * zoom.x;
    const top = crop.y / scale + (y - bubble.y / scale) * zoom.y;
    const own = { width: size(camera.width), height: size(camera.height) };
    const columns = taps(area.width, left, area.width * zoom.x, own.width);
    this.#columns = mirrored ? reversed(columns) : columns;
    this.#rows = taps(area.height, top, area.height * zoom.y, own.height);
    const { first, reach } = this.#rows;
    this.#firstLine = first[0] ?? 0;
    const lineCount = first.length > 0 ? first.at(-1)! + reach - this.#firstLine : 0;
    this.#lines = new Float32Array(lineCount * area.width);
    this.values = new Float32Array(area.width * area.height);
  }

  /** First along the rows that are needed, then down the columns. */
  take(bytes: Uint8Array, { offset, stride, step }: Plane): void {
    const { width, height } = this.area;
    const { values } = this;
    const lines = this.#lines;
    const lineCount = width > 0 ? lines.length / width : 0;
    const across = this.#columns;
    for (let line = 0; line < lineCount; line++) {
      const row = offset + (this.#firstLine + line) * stride;
      for (let i = 0, tap = 0, out = line * width; i < width; i++, out++) {
        let sum = 0;
        let at = row + across.first[i]! * step;
        for (let k = 0; k < across.reach; k++, tap++, at += step)
          sum += across.shares[tap]! * bytes[at]!;
        lines[out] = sum;
      }
    }
    const down = this.#rows;
    values.fill(0);
    for (let j = 0, tap = 0; j < height; j++) {
      const out = j * width;
      for (let k = 0; k < down.reach; k++, tap++) {
        const share = down.shares[tap]!;
        if (share === 0) continue;
        const from = (down.first[j]! - this.#firstLine + k) * width;
        for (let i = 0; i < width; i++) values[out + i]! += share * lines[from + i]!;
      }
    }
  }

  blend(bytes: Uint8Array, { offset, stride, step }: Plane): void {
    const { x, y, width, height } = this.area;
    for (let j = 0; j < height; j++) {
      let at = offset + (y + j) * stride + x * step;
      for (let i = j * width; i < (j + 1) * width; i++, at += step) {
        const share = this.#mask[i]!;
        if (share === 0) continue;
        const value = share * this.values[i]! + (1 - share) * bytes[at]!;
        bytes[at] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
      }
    }
  }
}

export class Face {
  readonly #y: Layer;
  readonly #u: Layer;
  readonly #v: Layer;
  readonly #colours: ColourMatrix | null;

  /** `colours`: from the camera's to the screen's; null where they are the same. */
  constructor(
    bubble: Bubble,
    mirrored: boolean,
    frame: { width: number; height: number },
    camera: { width: number; height: number },
    colours: ColourMatrix | null,
  ) {
    const layer = (scale: 1 | 2) => new Layer(bubble, mirrored, scale, frame, camera);
    [this.#y, this.#u, this.#v] = [layer(1), layer(2), layer(2)];
    this.#colours = colours;
  }

  take(camera: PlanarPicture): void {
    this.#y.take(camera.bytes, camera.y);
    this.#u.take(camera.bytes, camera.u);
    this.#v.take(camera.bytes, camera.v);
    if (this.#colours) this.#convert(this.#colours);
  }

  /** Lays it over a picture of the size that was said. */
  blend(screen: PlanarPicture): void {
    this.#y.blend(screen.bytes, screen.y);
    this.#u.blend(screen.bytes, screen.u);
    this.#v.blend(screen.bytes, screen.v);
  }

  #convert([toY, toU, toV]: ColourMatrix): void {
    const [luma, first, second] = [this.#y, this.#u, this.#v];
    const { area, values } = luma;
    const chroma = first.area;
    const [us, vs] = [first.values.slice(), second.values.slice()];
    const clampTo = (at: number, length: number) => Math.min(length - 1, Math.max(0, at));
    for (let j = 0; j < chroma.height; j++) {
      for (let i = 0; i < chroma.width; i++) {
        const at = j * chroma.width + i;
        const x = clampTo((chroma.x + i) * 2 - area.x, area.width);
        const y = clampTo((chroma.y + j) * 2 - area.y, area.height);
        const shade = values[y * area.width + x]!;
        const [u, v] = [us[at]!, vs[at]!];
        first.values[at] = toU![0] * shade + toU![1] * u + toU![2] * v + toU![3];
        second.values[at] = toV![0] * shade + toV![1] * u + toV![2] * v + toV![3];
      }
    }
    for (let j = 0; j < area.height; j++) {
      for (let i = 0; i < area.width; i++) {
        const x = clampTo(((area.x + i) >> 1) - chroma.x, chroma.width);
        const y = clampTo(((area.y + j) >> 1) - chroma.y, chroma.height);
        const near = y * chroma.width + x;
        const at = j * area.width + i;
        values[at] = toY![0] * values[at]! + toY![1] * us[near]! + toY![2] * vs[near]! + toY![3];
      }
    }
  }
}
