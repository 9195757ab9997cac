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
    if (Math.abs(rect.width - width) <= 1 && Math.abs(rect.height - height) <= 1) {
      if (rect.width < width || rect.height < height) return this.#boxed(frame, timestamp);
      const crop = rect.width !== width || rect.height !== height;
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

  #boxed(frame: VideoFrame, timestamp: number): VideoFrame {
    const { width, height } = this.size;
    this.#canvas ??= new OffscreenCanvas(width, height);
    const context = this.#canvas.getContext('2d', { alpha: false })!;
    const scale = Math.min(width / frame.displayWidth, height / frame.displayHeight);
    const [w, h] = [frame.displayWidth * scale, frame.displayHeight * scale];
    context.fillRect(0, 0, width, height);
    context.drawImage(frame, (width - w) / 2, (height - h) / 2, w, h);
    return new VideoFrame(this.#canvas, { timestamp });
  }
}
