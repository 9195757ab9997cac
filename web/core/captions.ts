/**
 * Subtitles of the edited video: the words that are left, at output times, in cues that can be read.
 * The limits are those of the usual style guides (BBC, Netflix): two lines of 42 characters, 1 to
 * 7 seconds, 20 characters a second.
 */
import type { SpeechEvidence, Word } from './evidence.ts';
import { wordKey, type Project } from './project.ts';
import { fillerWords } from './text/filler-words.ts';
import { lastAtOrBefore, type TimeMap } from './timeline.ts';
import { outputTime, overlap, type OutputRange } from './time.ts';

export interface CaptionWord extends OutputRange {
  text: string;
}

export interface Cue extends OutputRange {
  /** One or two. */
  lines: string[];
}

const lineWidth = 42;
const maxSeconds = 7;
const minSeconds = 1;
const charactersPerSecond = 20;
/** Two frames at 25 a second: players show that one text follows another. */
const minGap = 0.08;
/** A cue may stay this long after its last word. */
const linger = 0.4;
/** A cue lasts at least this long, even where words have no length. */
const shortest = 0.002;
/** Nothing is read across a pause of this length. */
const longPause = 1.5;

/** Languages written without blanks between words. */
const unspaced = new Set(['zh', 'yue', 'ja', 'th', 'lo', 'km', 'my', 'bo']);
export const wordSeparator = (language: string): string => (unspaced.has(language) ? '' : ' ');

/** Words still heard after the cuts, corrections applied, fillers and hidden words left out; in order, disjoint. */
export function captionWords(
  project: Pick<Project, 'corrections'>,
  speech: Pick<SpeechEvidence, 'words' | 'fillers' | 'language'>,
  map: TimeMap,
): CaptionWord[] {
  const isFiller = fillerWords(speech.fillers, speech.language);
  const words: CaptionWord[] = [];
  for (const word of [...speech.words].sort((a, b) => a.start - b.start)) {
    const text = (project.corrections[wordKey(word)] ?? word.text).replace(/\s+/g, ' ').trim();
    if (text === '' || isFiller(word)) continue;
    const heard = heardRange(word, map);
    if (!heard) continue;
    const start = Math.max(heard.start, words.at(-1)?.end ?? 0);
    words.push({ text, start: outputTime(start), end: outputTime(Math.max(start, heard.end)) });
  }
  return words;
}

/** Where the word is heard, when at least half of it is left. */
function heardRange(word: Word, map: TimeMap): OutputRange | null {
  const start = map.toOutputNearest(word.start);
  if (word.end <= word.start)
    return map.toOutput(word.start) === null ? null : { start, end: start };
  let kept = 0;
  const first = Math.max(
    0,
    lastAtOrBefore(map.segments, (s) => s.source.start, word.start),
  );
  for (let i = first; i < map.segments.length; i++) {
    const { source } = map.segments[i]!;
    if (source.start >= word.end) break;
    kept += overlap(source, word);
  }
  if (kept < (word.end - word.start) / 2) return null;
  return { start, end: map.toOutputNearest(word.end) };
}

/** Wide characters (East Asian) take two places. */
export function textWidth(text: string): number {
  let width = 0;
  for (const c of text)
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
        c,
      )
        ? 2
        : 1;
  return width;
}

/** Cues in order, never overlapping, all within 0 and `duration`. Every word is in exactly one. */
export function groupCues(words: readonly CaptionWord[], duration: number, separator = ' '): Cue[] {
  let free = 0;
  const chains = bestBreaks(words, separator);
  return chains.map(([from, to], i) => {
    const inside = words.slice(from, to);
    const texts = inside.map((w) => w.text);
    const heard = inside.at(-1)!.end;
    const following = words[chains[i + 1]?.[0] ?? words.length]?.start ?? Infinity;
    const start = Math.max(free, Math.min(inside[0]!.start, duration - shortest));
    const latest = Math.min(duration, Math.max(heard, following - minGap));
    const readable = start + textWidth(texts.join(separator)) / charactersPerSecond;
    const wanted = Math.max(heard + linger, readable, start + minSeconds);
    const end = Math.max(start + shortest, Math.min(wanted, latest, start + maxSeconds));
    free = end;
    return { start: outputTime(start), end: outputTime(end), lines: breakLines(texts, separator) };
  });
}

const endsSentence = (text: string) => /[.!?…。！？]["'”’)\]]*$/.test(text);
const endsClause = (text: string) => /[,;:—–、，；：]["'”’)\]]*$/.test(text);

/** Splits the row of words into cues of least total cost, by dynamic programming over the break points. */
function bestBreaks(words: readonly CaptionWord[], separator: string): [number, number][] {
  const cost = new Float64Array(words.length + 1).fill(Infinity);
  const from = new Int32Array(words.length + 1);
  const widths = words.map((word) => textWidth(word.text));
  cost[0] = 0;
  for (let start = 0; start < words.length; start++) {
    // The first line takes what it can hold; the words fit when the second holds the rest.
    let first = widths[start]!;
    let second = 0;
    let inner = 0;
    for (let end = start + 1; end <= words.length; end++) {
      const word = words[end - 1]!;
      const seconds = word.end - words[start]!.start;
      if (end > start + 1) {
        const previous = words[end - 2]!;
        const pause = word.start - previous.end;
        const added = widths[end - 1]!;
        if (second === 0 && first + separator.length + added <= lineWidth) {
          first += separator.length + added;
        } else second += (second && separator.length) + added;
        if (pause > longPause || seconds > maxSeconds || second > lineWidth || first > lineWidth)
          break;
        inner += pause > 0.5 ? 2 * pause : 0;
        if (endsSentence(previous.text)) inner += 0.6;
      }
      const width = first + (second && second + separator.length);
      const total =
        cost[start]! + 1 + inner + breakCost(words, end) + timeCost(words, start, end, width);
      if (total < cost[end]!) {
        cost[end] = total;
        from[end] = start;
      }
    }
  }
  const chains: [number, number][] = [];
  for (let end = words.length; end > 0; end = from[end]!) chains.push([from[end]!, end]);
  return chains.reverse();
}

function breakCost(words: readonly CaptionWord[], end: number): number {
  const next = words[end];
  const last = words[end - 1]!;
  if (!next || endsSentence(last.text)) return 0;
  const pause = next.start - last.end;
  if (endsClause(last.text)) return pause > 0.3 ? 0.2 : 0.5;
  return pause > 0.5 ? 0.3 : pause > 0.25 ? 0.7 : 1.6;
}

function timeCost(
  words: readonly CaptionWord[],
  start: number,
  end: number,
  width: number,
): number {
  const begins = words[start]!.start;
  const room = Math.min((words[end]?.start ?? Infinity) - minGap, words[end - 1]!.end + linger);
  const seconds = Math.max(0.05, room - begins);
  const speed = width / seconds;
  return Math.max(0, minSeconds - seconds) * 1.5 + Math.max(0, speed - charactersPerSecond) / 12;
}

/** One line, or two as even as can be, sooner after a comma than elsewhere. */
function breakLines(texts: readonly string[], separator: string): string[] {
  const whole = texts.join(separator);
  if (textWidth(whole) <= lineWidth || texts.length < 2) return [whole];
  let best: string[] = [whole];
  let least = Infinity;
  for (let i = 1; i < texts.length; i++) {
    const lines = [texts.slice(0, i).join(separator), texts.slice(i).join(separator)];
    const [first, second] = lines.map(textWidth) as [number, number];
    const over = Math.max(0, first - lineWidth) + Math.max(0, second - lineWidth);
    const mark = endsSentence(texts[i - 1]!) ? -16 : endsClause(texts[i - 1]!) ? -10 : 0;
    const badness = over * 1000 + Math.abs(first - second) + mark;
    if (badness < least) [least, best] = [badness, lines];
  }
  return best;
}
