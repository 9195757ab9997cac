/** Compares pictures of a recording with pictures of the page, in the editor's own page, which has the recording. */
import type { Page } from 'playwright-core';
import type { Rect } from '../../web/core/interaction.ts';

export interface Still {
  /** Source seconds. */
  time: number;
  /** The part that is compared, pixels of the frame. */
  crop: Rect;
}

export interface Comparison {
  /** Of the video, in the browser's private file system. */
  path: string;
  /** PNGs in base 64. */
  pictures: readonly string[];
  stills: readonly Still[];
}

/** For each still the share of pixels in which it differs from each picture. */
export async function compareStills(
  editor: Page,
  { path, pictures, stills }: Comparison,
): Promise<number[][]> {
  const input = { path, pictures, stills: stills.map(({ time, crop }) => ({ time, crop })) };
  return editor.evaluate(async ({ path, pictures, stills }) => {
    const parts = path.split('/');
    let folder = await navigator.storage.getDirectory();
    for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part);
    const file = await (await folder.getFileHandle(parts.at(-1)!)).getFile();
    const video = document.createElement('video');
    video.muted = true;
    video.preload = 'auto';
    video.src = URL.createObjectURL(file);
    const until = (type: string) =>
      new Promise<void>((resolve, reject) => {
        video.addEventListener(type, () => resolve(), { once: true });
        video.addEventListener('error', () => reject(new Error(video.error?.message)), {
          once: true,
        });
      });
    await until('loadeddata');
    const bitmaps = await Promise.all(
      pictures.map(async (png) => {
        const blob = await (await fetch(`data:image/png;base64,${png}`)).blob();
        return createImageBitmap(blob);
      }),
    );
    const width = 480;
    const brightness = (
      image: CanvasImageSource,
      { x, y, width: w, height: h }: { x: number; y: number; width: number; height: number },
    ): Uint8Array => {
      const height = Math.max(1, Math.round((width * h) / w));
      const context = new OffscreenCanvas(width, height).getContext('2d', {
        willReadFrequently: true,
      })!;
      context.imageSmoothingQuality = 'high';
      context.drawImage(image, x, y, w, h, 0, 0, width, height);
      const { data } = context.getImageData(0, 0, width, height);
      return Uint8Array.from({ length: width * height }, (_, i) =>
        Math.round(0.3 * data[4 * i]! + 0.59 * data[4 * i + 1]! + 0.11 * data[4 * i + 2]!),
      );
    };
    const results: number[][] = [];
    for (const { time, crop } of stills) {
      const seeked = until('seeked');
      // Half a millisecond on, so that rounding does not show the frame before.
      video.currentTime = time + 0.0005;
      await seeked;
      const shown = brightness(video, crop);
      results.push(
        bitmaps.map((bitmap) => {
          // Frames have even sizes, so that a tab may be squeezed by a pixel.
          const across = bitmap.width / video.videoWidth;
          const down = bitmap.height / video.videoHeight;
          const wanted = brightness(bitmap, {
            x: crop.x * across,
            y: crop.y * down,
            width: crop.width * across,
            height: crop.height * down,
          });
          const differ = shown.reduce((n, v, i) => n + (Math.abs(v - wanted[i]!) > 40 ? 1 : 0), 0);
          return differ / shown.length;
        }),
      );
    }
    return results;
  }, input);
}
