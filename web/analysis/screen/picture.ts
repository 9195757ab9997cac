/** Pixels of a decoded frame as the decoder left them, without a canvas and without colour conversion. */

/** One plane: byte offset and stride into the data, and how densely it is sampled. */
export interface Plane {
  offset: number;
  stride: number;
  /** Bytes from one sample of this component to the next. */
  step: number;
  /** Pixels of the picture a sample stands for, across and down. */
  subX: number;
  subY: number;
}

/** Y, U, V, or R, G, B when `rgb` is set. Samples are 8 bits; deeper ones are reduced on reading. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8Array;
  planes: [Plane, Plane, Plane];
  rgb: boolean;
  /** ITU-T H.273 matrix; matters for thumbnails only. */
  matrix: string;
  fullRange: boolean;
}

const chroma: Record<string, [number, number]> = {
  I420: [2, 2],
  I420A: [2, 2],
  I422: [2, 1],
  I422A: [2, 1],
  I444: [1, 1],
  I444A: [1, 1],
};
const rgbOrder: Record<string, [number, number, number]> = {
  RGBA: [0, 1, 2],
  RGBX: [0, 1, 2],
  BGRA: [2, 1, 0],
  BGRX: [2, 1, 0],
};

/** Reads one frame after the other into the same memory: a picture is valid until the next `read`. */
export class PictureReader {
  #buffer = new Uint8Array(0);
  #canvas: OffscreenCanvas | null = null;

  /** Does not close the frame. */
  async read(frame: VideoFrame): Promise<Picture> {
    const width = frame.visibleRect?.width ?? frame.codedWidth;
    const height = frame.visibleRect?.height ?? frame.codedHeight;
    const shared = {
      width,
      height,
      matrix: frame.colorSpace.matrix ?? (height >= 720 ? 'bt709' : 'smpte170m'),
      fullRange: frame.colorSpace.fullRange ?? false,
    };
    const format: string | null = frame.format;
    if (format && format in chroma) {
      const layout = await this.#copy(frame);
      const [subX, subY] = chroma[format]!;
      const plane = (i: number, x: number, y: number): Plane => ({
        ...at(layout, i),
        step: 1,
        subX: x,
        subY: y,
      });
      const planes: Picture['planes'] = [
        plane(0, 1, 1),
        plane(1, subX, subY),
        plane(2, subX, subY),
      ];
      return { ...shared, data: this.#buffer, planes, rgb: false };
    }
    if (format === 'NV12' || format === 'NV12A') {
      const layout = await this.#copy(frame);
      const uv = { ...at(layout, 1), step: 2, subX: 2, subY: 2 };
      const planes: Picture['planes'] = [
        { ...at(layout, 0), step: 1, subX: 1, subY: 1 },
        uv,
        { ...uv, offset: uv.offset + 1 },
      ];
      return { ...shared, data: this.#buffer, planes, rgb: false };
    }
    if (format && format in rgbOrder) {
      return {
        ...shared,
        ...interleaved(await this.#copy(frame), rgbOrder[format]!),
        data: this.#buffer,
      };
    }
    // Deep colour and frames that live in graphics memory: let the browser convert them.
    return { ...shared, ...(await this.#converted(frame, width, height)) };
  }

  async #copy(frame: VideoFrame, options: VideoFrameCopyToOptions = {}): Promise<PlaneLayout[]> {
    const size = frame.allocationSize(options);
    if (this.#buffer.byteLength < size) this.#buffer = new Uint8Array(size);
    return frame.copyTo(this.#buffer, options);
  }

  async #converted(frame: VideoFrame, width: number, height: number) {
    try {
      const layout = await this.#copy(frame, { format: 'RGBA', colorSpace: 'srgb' });
      return { ...interleaved(layout, rgbOrder['RGBA']!), data: this.#buffer };
    } catch {
      // Older browsers convert nothing in copyTo; a canvas always can, only slower.
      this.#canvas ??= new OffscreenCanvas(width, height);
      if (this.#canvas.width !== width) this.#canvas.width = width;
      if (this.#canvas.height !== height) this.#canvas.height = height;
      const context = this.#canvas.getContext('2d', { willReadFrequently: true })!;
      context.drawImage(frame, 0, 0, width, height);
      const data = new Uint8Array(context.getImageData(0, 0, width, height).data.buffer);
      return { ...interleaved([{ offset: 0, stride: width * 4 }], rgbOrder['RGBA']!), data };
    }
  }
}

function at(layout: PlaneLayout[], index: number): PlaneLayout {
  const plane = layout[index];
  if (!plane) throw new Error(`frame has no plane ${index}`);
  return { offset: plane.offset, stride: plane.stride };
}

function interleaved(layout: PlaneLayout[], order: [number, number, number]) {
  const { offset, stride } = at(layout, 0);
  const plane = (i: number): Plane => ({ offset: offset + i, stride, step: 4, subX: 1, subY: 1 });
  return {
    planes: [plane(order[0]), plane(order[1]), plane(order[2])] as Picture['planes'],
    rgb: true,
  };
}
