/**
 * Word times from Whisper's cross attention: the cheapest monotonic path through "how much does
 * each token listen to each 20 ms" (dynamic time warping, as in Whisper's timing.py). Good to some
 * 0.1 s within speech and up to 0.5 s off at pauses, so edges are to be set on the sound afterwards.
 */
import type { TokenWord } from './token-words.ts';

/** Seconds of one column of attention. */
export const attentionFrame = 0.02;

/**
 * Start and end of each word in seconds from the start of the window of `frames` columns; null
 * where the model gives no attention.
 * `attention`: per token (and for the end) one row per alignment head.
 */
export function attentionTimes(
  attention: readonly (readonly Float32Array[])[],
  frames: number,
  words: readonly TokenWord[],
): { start: number; end: number }[] | null {
  const heads = attention[0]?.length ?? 0;
  if (heads === 0) return null;
  const mean = attention.map(() => new Float32Array(frames));
  for (let head = 0; head < heads; head++)
    addNormalised(mean, attention.map((rows) => rows[head]!), heads); // prettier-ignore
  const starts = tokenStarts(mean);
  const at = (token: number) => (starts[token] ?? frames) * attentionFrame;
  return words.map((word) => ({ start: at(word.first), end: at(word.last) }));
}

/** First frame of each token on the path that maximises the attention. */
export function tokenStarts(attention: readonly Float32Array[]): number[] {
  const rows = attention.length;
  const frames = attention[0]?.length ?? 0;
  const width = frames + 1;
  const cost = new Float32Array((rows + 1) * width).fill(Infinity);
  const trace = new Int8Array((rows + 1) * width);
  cost[0] = 0;
  for (let r = 1; r <= rows; r++)
    for (let f = 1; f <= frames; f++) {
      const diagonal = cost[(r - 1) * width + f - 1]!;
      const up = cost[(r - 1) * width + f]!;
      const left = cost[r * width + f - 1]!;
      const from = diagonal < up && diagonal < left ? 0 : up < diagonal && up < left ? 1 : 2;
      trace[r * width + f] = from;
      cost[r * width + f] = -attention[r - 1]![f - 1]! + [diagonal, up, left][from]!;
    }
  const starts = new Array<number>(rows).fill(0);
  let r = rows;
  let f = frames;
  while (r > 0 && f > 0) {
    starts[r - 1] = f - 1;
    const from = trace[r * width + f];
    if (from !== 2) r--;
    if (from !== 1) f--;
  }
  return starts;
}

/** Adds one head: each frame's column to zero mean and unit variance over the tokens, median of 7 along time. */
function addNormalised(sum: Float32Array[], data: readonly Float32Array[], count: number): void {
  const rows = sum.length;
  const frames = sum[0]?.length ?? 0;
  const normal = Array.from({ length: rows }, () => new Float32Array(frames));
  for (let f = 0; f < frames; f++) {
    let mean = 0;
    for (let r = 0; r < rows; r++) mean += data[r]![f]! / rows;
    let variance = 0;
    for (let r = 0; r < rows; r++) variance += (data[r]![f]! - mean) ** 2 / rows;
    const deviation = Math.sqrt(variance) || 1;
    for (let r = 0; r < rows; r++) normal[r]![f] = (data[r]![f]! - mean) / deviation;
  }
  const around = new Float32Array(7);
  for (let r = 0; r < rows; r++)
    for (let f = 0; f < frames; f++) {
      for (let k = -3; k <= 3; k++) {
        const at = f + k < frames ? Math.abs(f + k) : 2 * (frames - 1) - f - k;
        around[k + 3] = normal[r]![at] ?? 0;
      }
      sum[r]![f]! += around.sort()[3]! / count;
    }
}
