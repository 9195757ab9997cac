/** Brings every frame into the first one's size, so that a resized window does not change the encoder. */
export interface FrameSize {
  width: number;
  height: number;
}

const even = (size: number) => Math.max(2, Math.floor(size / 2) * 2);

/** The size to encode: not above `maxHeight`, both sides even. */
export function encodedSize(frame: VideoFrame, maxHeight: number): FrameSize {
  const scale = Math.min(1, maxHeight / frame.displayHeight);
  return { width: even(frame.displayWidth * scale), height: even(frame.displayHeight * scale) };
}

/** Pixels by which a capturer's frames may differ from each other without anything having changed its size. */
const slight = 2;

export class FrameFitter {
  readonly size: FrameSize;
  #canvas: OffscreenCanvas | null = null;

  constructor(size: FrameSize) {
    this.size = size;
  }

  /** A new frame at that time (microseconds); the one given stays open. Encoders scale by themselves. */
  fit(frame: VideoFrame, timestamp: number): VideoFrame {
    const { width, height } = this.size;
    const rect =
      frame.visibleRect ?? new DOMRectReadOnly(0, 0, frame.codedWidth, frame.codedHeight);
    const [wider, higher] = [rect.width - width, rect.height - height];
    if (Math.max(Math.abs(wider), Math.abs(higher)) <= slight) {
      if (wider < 0 || higher < 0) return this.#extended(frame, timestamp);
      const crop = wider !== 0 || higher !== 0;
      const visibleRect = { x: rect.x, y: rect.y, width, height };
      return new VideoFrame(frame, {
        timestamp,
        ...(crop ? { visibleRect, displayWidth: width, displayHeight: height } : {}),
      });
    }
    const sameShape =
      Math.abs(frame.displayWidth / frame.displayHeight / (width / height) - 1) < 0.01;
    return sameShape ? new VideoFrame(frame, { timestamp }) : this.#boxed(frame, timestamp);
  }

  #context(): OffscreenCanvasRenderingContext2D {
    this.#canvas ??= new OffscreenCanvas(this.size.width, this.size.height);
    return this.#canvas.getContext('2d', { alpha: false })!;
  }

  /** Pixel by pixel, so that letters stay sharp; its last column and row fill what is missing. */
  #extended(frame: VideoFrame, timestamp: number): VideoFrame {
    const { width, height } = this.size;
    const { displayWidth: w, displayHeight: h } = frame;
    const context = this.#context();
    // Smoothing would mix the last column with what is beside it: nothing.
    context.imageSmoothingEnabled = false;
    context.drawImage(frame, 0, 0);
    const canvas = context.canvas;
    if (w < width) context.drawImage(canvas, w - 1, 0, 1, height, w, 0, width - w, height);
    if (h < height) context.drawImage(canvas, 0, h - 1, width, 1, 0, h, width, height - h);
    return new VideoFrame(canvas, { timestamp });
  }

  #boxed(frame: VideoFrame, timestamp: number): VideoFrame {
    const { width, height } = this.size;
    const context = this.#context();
    context.imageSmoothingEnabled = true;
    const scale = Math.min(width / frame.displayWidth, height / frame.displayHeight);
    const [w, h] = [frame.displayWidth * scale, frame.displayHeight * scale];
    context.fillRect(0, 0, width, height);
    context.drawImage(frame, (width - w) / 2, (height - h) / 2, w, h);
    return new VideoFrame(context.canvas, { timestamp });
  }
}
