/** The pictures of the article, taken out of the recording and sized for reading. */
import { ALL_FORMATS, BlobSource, CanvasSink, Input } from 'mediabunny';
import type { Article, ImageType } from '../core/article.ts';
import { markColour, markOf, type StillTarget } from '../core/still-target.ts';
import { AppError } from '../core/errors.ts';
import type { JobContext } from '../core/progress.ts';

export interface Still {
  data: Blob;
  type: ImageType;
  width: number;
  height: number;
}

export interface StillOptions {
  /** Pixels; larger pictures are made smaller, smaller ones stay. */
  maxWidth?: number;
  /** `auto` takes WebP where it is clearly smaller: photographs and video rather than plain screens. */
  type?: ImageType | 'auto';
}

/** Container times are fractions, kept ones may be rounded: a moment later is still the same frame. Seconds. */
const rounding = 0.001;
/** A PNG stays one up to this size, or this many times the size of the WebP. */
const smallPng = 150_000;
const worthwhile = 2;
const webpQuality = 0.92;

/**
 * By section id. Frames are decoded forward in order of time, each once; rotation is applied. A moment
 * before the first frame gives the first. Sections whose frame cannot be had are left out.
 * Throws `codec-unsupported`.
 */
export async function takeStills(
  file: Blob,
  article: Article,
  { signal, progress }: JobContext,
  { maxWidth = 1600, type = 'auto' }: StillOptions = {},
): Promise<Map<string, Still>> {
  const stills = new Map<string, Still>();
  const wanted = article.sections
    .flatMap(({ id, image }) =>
      image ? [{ id, time: image.time as number, target: image.target }] : [],
    )
    .sort((a, b) => a.time - b.time);
  if (wanted.length === 0) return stills;
  using input = new Input({ formats: ALL_FORMATS, source: new BlobSource(file) });
  const track = await input.getPrimaryVideoTrack();
  if (!track) return stills;
  if (!(await track.canDecode())) {
    throw new AppError('codec-unsupported', String(await track.getCodec()));
  }
  const first = await track.getFirstTimestamp();
  const sink = new CanvasSink(track, { poolSize: 1 });
  const times = wanted.map(({ time }) => Math.max(time, first) + rounding);
  let next = 0;
  for await (const wrapped of sink.canvasesAtTimestamps(times)) {
    signal.throwIfAborted();
    const { id, target } = wanted[next]!;
    if (wrapped) stills.set(id, await encode(drawn(wrapped.canvas, target, maxWidth), type));
    progress({ fraction: ++next / wanted.length, doing: 'stills' });
  }
  return stills;
}

type Canvas = HTMLCanvasElement | OffscreenCanvas;

/** Cropped, made smaller where it is too large, and the target marked. */
function drawn(source: Canvas, target: StillTarget | null, maxWidth: number): OffscreenCanvas {
  const crop = target?.crop ?? { x: 0, y: 0, width: source.width, height: source.height };
  const share = Math.min(1, maxWidth / crop.width);
  const width = Math.max(1, Math.round(crop.width * share));
  const height = Math.max(1, Math.round(crop.height * share));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false })!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, crop.x, crop.y, crop.width, crop.height, 0, 0, width, height);
  if (target) drawMark(context, target, share);
  return canvas;
}

/** A frame around the target, and a light one around that, so that it stands out on any ground. */
function drawMark(
  context: OffscreenCanvasRenderingContext2D,
  target: StillTarget,
  share: number,
): void {
  const { x, y, width, height, line, radius } = markOf(target);
  context.save();
  context.scale(share, share);
  for (const [colour, thickness] of [
    ['rgb(255 255 255 / 0.85)', 2 * line],
    [markColour, line],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.beginPath();
    context.roundRect(x, y, width, height, radius);
    context.stroke();
  }
  context.restore();
}

async function encode(canvas: OffscreenCanvas, wanted: ImageType | 'auto'): Promise<Still> {
  const { width, height } = canvas;
  const still = (data: Blob, type: ImageType): Still => ({ data, type, width, height });
  if (wanted !== 'webp') {
    const png = await canvas.convertToBlob({ type: 'image/png' });
    if (wanted === 'png' || png.size <= smallPng) return still(png, 'png');
    const webp = await webpOf(canvas);
    return webp && png.size > worthwhile * webp.size ? still(webp, 'webp') : still(png, 'png');
  }
  const webp = await webpOf(canvas);
  return webp
    ? still(webp, 'webp')
    : still(await canvas.convertToBlob({ type: 'image/png' }), 'png');
}

/** Null where the browser cannot write WebP: it then gives PNG and does not say so. */
async function webpOf(canvas: OffscreenCanvas): Promise<Blob | null> {
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality: webpQuality });
  return blob.type === 'image/webp' ? blob : null;
}
