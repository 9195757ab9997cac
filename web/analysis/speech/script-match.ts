/**
 * A script without times takes them from a transcription of the same voice: both are laid side by
 * side with the fewest differences (Needleman-Wunsch in a band), matched words take the time of
 * their counterpart, the others share the time between their neighbours.
 */
import type { Word } from '../../core/evidence.ts';
import { sourceTime } from '../../core/time.ts';

/** Words by which script and transcript may drift apart. */
const band = 600;

const plain = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** The script's words, with times of the transcript's. Script that nobody read aloud is left out. */
export function timeScript(script: readonly string[], heard: readonly Word[]): Word[] {
  const match = matchWords(
    script.map(plain),
    heard.map((w) => plain(w.text)),
  );
  const words: Word[] = [];
  for (let i = 0; i < script.length;) {
    const found = match[i]!;
    if (found >= 0) {
      words.push({ ...heard[found]!, text: script[i]! });
      i++;
      continue;
    }
    let last = i;
    while (last < script.length && match[last]! < 0) last++;
    const before = i > 0 ? match[i - 1]! : -1;
    const after = last < script.length ? match[last]! : heard.length;
    // What was heard in place of these words; nothing heard means they were not said.
    const between = heard.slice(before + 1, after);
    if (between.length > 0) words.push(...share(script.slice(i, last), between));
    i = last;
  }
  return words;
}

/** Time of the heard words, dealt out to the written ones by letters. */
function share(script: readonly string[], heard: readonly Word[]): Word[] {
  if (script.length === heard.length) return script.map((text, i) => ({ ...heard[i]!, text }));
  const start = heard[0]!.start;
  const seconds = heard.at(-1)!.end - start;
  const letters = script.reduce((sum, w) => sum + w.length + 1, 0);
  let seen = 0;
  return script.map((text) => {
    const from = start + (seen / letters) * seconds;
    seen += text.length + 1;
    return {
      text,
      start: sourceTime(from),
      end: sourceTime(start + (seen / letters) * seconds),
      confidence: 0.4,
    };
  });
}

/** For every word of `a` the index of its equal in `b` on the cheapest path, or -1. */
function matchWords(a: readonly string[], b: readonly string[]): number[] {
  const width = 2 * band + 1;
  const centre = (i: number) => Math.round((i * b.length) / Math.max(1, a.length));
  const trace = new Uint8Array((a.length + 1) * width);
  let above = new Float64Array(width).fill(Infinity);
  const cell = (i: number, j: number) => j - centre(i) + band;
  for (let i = 0; i <= a.length; i++) {
    const row = new Float64Array(width).fill(Infinity);
    for (let k = 0; k < width; k++) {
      const j = centre(i) + k - band;
      if (j < 0 || j > b.length) continue;
      const diagonal =
        i > 0 && j > 0
          ? (above[cell(i - 1, j - 1)] ?? Infinity) + (a[i - 1] === b[j - 1] ? 0 : 1.5)
          : Infinity;
      const up = i > 0 ? (above[cell(i - 1, j)] ?? Infinity) + 1 : Infinity;
      const left = j > 0 && k > 0 ? row[k - 1]! + 1 : Infinity;
      const least = i === 0 && j === 0 ? 0 : Math.min(diagonal, up, left);
      row[k] = least;
      trace[i * width + k] = least === diagonal ? 1 : least === up ? 2 : 3;
    }
    above = row;
  }
  const match = new Array<number>(a.length).fill(-1);
  let i = a.length;
  let j = b.length;
  while (i > 0) {
    const step = trace[i * width + cell(i, j)];
    if (step === 1) {
      if (a[i - 1] === b[j - 1]) match[i - 1] = j - 1;
      i--;
      j--;
    } else if (step === 2) i--;
    else if (j > 0) j--;
    else break;
  }
  return match;
}
