/**
 * Word times from Whisper's cross attention: the cheapest monotonic path through "how much does
 * each token listen to each 20 ms" (dynamic time warping, as in Whisper's timing.py). Good to some
 * 0.1 s within speech and up to 0.5 s off at pauses, so edges are to be set on the sound afterwards.
 */
import type { TokenWord } from './token-words.ts';

/** Seconds of one column of attention. */
export const attentionFrame = 0.02;

/** Start and end of each word in seconds from the start of the window. */
export function attentionTimes(
  attention: readonly Float32Array[],
  words: readonly TokenWord[],
): { start: number; end: number }[] {
  const starts = tokenStarts(attention);
  const end = attention[0]?.length ?? 0;
  const at = (token: number) => (starts[token] ?? end) * attentionFrame;
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
