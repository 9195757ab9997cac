/** Draws the camera's bubble into frames of the screen. */
import { bubbleIn, type Bubble } from '../../core/camera.ts';
import type { CameraChoice } from '../../core/project.ts';
import { colourMatrix } from './colour.ts';
import { Face } from './face.ts';
import { isPlanar, PlanarReader } from './planes.ts';

export class Composer {
  readonly #choice: CameraChoice;
  readonly #screens = new PlanarReader();
  readonly #cameras = new PlanarReader();
  /** Of the sizes and colours it was made for. */
  #face: { key: string; face: Face; taken: VideoFrame | null } | null = null;
  #canvas: OffscreenCanvas | null = null;

  constructor(choice: CameraChoice) {
    this.#choice = choice;
  }

  /** A new frame; the two given stay open. One camera frame may come again and again. */
  async compose(screen: VideoFrame, camera: VideoFrame): Promise<VideoFrame> {
    const frame = sizeOf(screen);
    const own = sizeOf(camera);
    const bubble = bubbleIn(this.#choice, frame, own);
    if (!isPlanar(screen) || !isPlanar(camera)) return this.#draw(screen, camera, bubble);
    const key = [
      ...[frame.width, frame.height, own.width, own.height],
      ...[screen, camera].flatMap(({ colorSpace: c }) => [c.matrix, c.fullRange]),
    ].join();
    if (this.#face?.key !== key) {
      const colours = colourMatrix(camera.colorSpace, screen.colorSpace);
      const face = new Face(bubble, this.#choice.mirrored, frame, own, colours);
      this.#face = { key, face, taken: null };
    }
    const { face } = this.#face;
    if (this.#face.taken !== camera) face.take(await this.#cameras.read(camera));
    this.#face.taken = camera;
    const picture = await this.#screens.read(screen);
    face.blend(picture);
    return new VideoFrame(picture.bytes, {
      format: screen.format!,
      codedWidth: frame.width,
      codedHeight: frame.height,
      layout: picture.layout,
      timestamp: screen.timestamp,
      colorSpace: screen.colorSpace.toJSON(),
    });
  }

  /** Frames that lie on the graphics card or have another format. */
  #draw(screen: VideoFrame, camera: VideoFrame, bubble: Bubble): VideoFrame {
    const { width, height } = sizeOf(screen);
    if (this.#canvas?.width !== width || this.#canvas.height !== height)
      this.#canvas = new OffscreenCanvas(width, height);
    const context = this.#canvas.getContext('2d', { alpha: false })!;
    const { x, y, crop } = bubble;
    context.drawImage(screen, 0, 0, width, height);
    context.save();
    context.beginPath();
    context.roundRect(x, y, bubble.width, bubble.height, bubble.radius);
    context.clip();
    context.imageSmoothingQuality = 'high';
    if (this.#choice.mirrored) {
      context.translate(2 * x + bubble.width, 0);
      context.scale(-1, 1);
    }
    const from = [crop.x, crop.y, crop.width, crop.height] as const;
    context.drawImage(camera, ...from, x, y, bubble.width, bubble.height);
    context.restore();
    return new VideoFrame(this.#canvas, { timestamp: screen.timestamp });
  }
}

const sizeOf = ({ visibleRect, codedWidth, codedHeight }: VideoFrame) => ({
  width: visibleRect?.width ?? codedWidth,
  height: visibleRect?.height ?? codedHeight,
});
