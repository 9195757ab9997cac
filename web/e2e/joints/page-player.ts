/**
 * Runs in a page of any browser, as text: seeks and plays a file in a video element, and reads the
 * number that each shown picture carries. Imports nothing, so that its functions can be sent along.
 */

export interface ShownFrame {
  /** Where the player was asked to go, or the presentation time it told. */
  time: number;
  number: number;
}

/** `reader` is the source text of `readPattern`. Seeks to each time; then plays and notes what is shown. */
export async function watch(
  url: string,
  seeks: number[],
  reader: string,
  isPlayed: boolean,
): Promise<{ seeked: ShownFrame[]; played: ShownFrame[]; duration: number }> {
  const read = new Function(`return (${reader})`)() as (
    luma: ArrayLike<number>,
    width: number,
    step: number,
  ) => number;
  const video = document.createElement('video');
  video.crossOrigin = 'anonymous';
  video.muted = true;
  video.preload = 'auto';
  document.body.append(video);
  const event = (name: string): Promise<void> =>
    new Promise((resolve, reject) => {
      video.addEventListener(name, () => resolve(), { once: true });
      video.addEventListener('error', () => reject(new Error(video.error?.message)), {
        once: true,
      });
    });
  const loaded = event('loadeddata');
  video.src = url;
  await loaded;
  const canvas = document.createElement('canvas');
  // Rotation of the track swaps the sides; the number is drawn in the coded orientation.
  const isTurned = video.videoHeight > video.videoWidth;
  canvas.width = isTurned ? video.videoHeight : video.videoWidth;
  canvas.height = isTurned ? video.videoWidth : video.videoHeight;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  if (isTurned) {
    context.rotate(-Math.PI / 2);
    context.translate(-video.videoWidth, 0);
  }
  const number = (): number => {
    context.drawImage(video, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, 96);
    return read(data, canvas.width, 4);
  };
  const played: ShownFrame[] = [];
  let hasEnded = false;
  if (isPlayed) {
    const note = (_: number, { mediaTime }: VideoFrameCallbackMetadata): void => {
      // Seeking afterwards shows frames as well.
      if (hasEnded) return;
      played.push({ time: mediaTime, number: number() });
      video.requestVideoFrameCallback(note);
    };
    video.requestVideoFrameCallback(note);
    const ended = event('ended');
    await video.play();
    await ended;
    hasEnded = true;
  }
  const seeked: ShownFrame[] = [];
  for (const time of seeks) {
    const done = event('seeked');
    // 'seeked' comes before the frame is on screen; a seek within the same frame shows no new one.
    const shown = new Promise((resolve) => {
      video.requestVideoFrameCallback(resolve);
      setTimeout(resolve, 400);
    });
    video.currentTime = time;
    await done;
    await shown;
    seeked.push({ time, number: number() });
  }
  const { duration } = video;
  video.remove();
  return { seeked, played, duration };
}
