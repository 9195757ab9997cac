/** The picture on a recording's card. Works in workers. */
import { VideoSampleSink } from 'mediabunny';
import { openInput } from './open.ts';

const posterWidth = 640;

/** WebP of the frame at a tenth of the length, or null without a picture. */
export async function makePoster(file: Blob): Promise<Blob | null> {
  const input = openInput(file);
  try {
    const track = (await input.getVideoTracks())[0];
    if (!track || !(await track.canDecode())) return null;
    const start = Math.max(0, await track.getFirstTimestamp());
    const end = await track.computeDuration();
    const sample = await new VideoSampleSink(track).getSample(start + (end - start) * 0.1);
    if (!sample) return null;
    const width = Math.min(posterWidth, sample.displayWidth);
    const height = Math.max(1, Math.round((sample.displayHeight * width) / sample.displayWidth));
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { alpha: false })!;
    context.imageSmoothingQuality = 'high';
    sample.draw(context, 0, 0, width, height);
    sample.close();
    return await canvas.convertToBlob({ type: 'image/webp', quality: 0.85 });
  } finally {
    input.dispose();
  }
}
