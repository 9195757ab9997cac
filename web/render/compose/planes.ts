/** Pictures of a luma and two chroma planes at half the size (4:2:0), in one buffer: I420 or NV12. */

export interface Plane {
  /** Bytes: of the first sample, from one row to the next, from one sample to the next. */
  offset: number;
  stride: number;
  step: number;
}

export interface PlanarPicture {
  bytes: Uint8Array;
  width: number;
  height: number;
  y: Plane;
  u: Plane;
  v: Plane;
}

export const isPlanar = ({ format }: VideoFrame): boolean => format === 'I420' || format === 'NV12';

/** Buffers that are filled again with each picture. */
export class PlanarReader {
  #bytes = new Uint8Array(0);

  /** Valid until the next call. The frame has to be planar; it stays open. */
  async read(frame: VideoFrame): Promise<PlanarPicture & { layout: PlaneLayout[] }> {
    const size = frame.allocationSize();
    if (this.#bytes.length !== size) this.#bytes = new Uint8Array(size);
    const layout = await frame.copyTo(this.#bytes);
    const [luma, first, second] = layout;
    const { width, height } = frame.visibleRect!;
    const plane = ({ offset, stride }: PlaneLayout, step = 1): Plane => ({ offset, stride, step });
    const chroma = second
      ? { u: plane(first!), v: plane(second) }
      : { u: plane(first!, 2), v: { ...plane(first!, 2), offset: first!.offset + 1 } };
    return { bytes: this.#bytes, width, height, y: plane(luma!), ...chroma, layout };
  }
}
