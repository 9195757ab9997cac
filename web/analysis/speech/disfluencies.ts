/**
 * Repeated words ("the the", "I think I think") and false starts ("we can we could", "th- then"),
 * from the words as transcribed. Offered, never taken by itself: people repeat on purpose, too.
 */
import type { Disfluency, Filler, Word } from '../../core/evidence.ts';
import { overlap, type SourceRange } from '../../core/time.ts';

/** Said twice on purpose, or grammar, in English, German, French, Spanish, Italian, Dutch. */
const doubled = new Set(
  (
    'very really no yes yeah so much many more again never ever bye ha ho la na blah had that long far ' +
    'way far there now okay ok well good knock chop easy had right hear ' +
    'sehr nein ja die das der den dem viel sie nach nous vous très non oui bla muy sí si no piano ' +
    'heel nee mucho molto poco'
  ).split(' '),
);
/** Small words that nobody says twice on purpose. */
const small = new Set(
  (
    'a an the i we he she it to of in on at by for with from and but or if is are was were as my your our ' +
    'their this these will would can could should have has be been our its what when which who how ' +
    'ein eine einen ich wir er es und oder aber mit von zu im auf für ist sind ' +
    'le la les un une je il elle et ou mais dans de du des à el los las y pero en con ' +
    'il lo gli e ma di da in con het een en maar van'
  ).split(' '),
);
/** Words of one repeat at most. */
const longestRepeat = 4;
/** Copies further apart than this are two sentences, seconds. */
const longestGap = 1.5;
const least = 0.25;

/** Sorted, disjoint. `fillers` may stand between the copies. */
export function findDisfluencies(
  words: readonly Word[],
  fillers: readonly Filler[] = [],
): Disfluency[] {
  const said = words.filter((w) => !fillers.some((f) => overlap(f, w) > (w.end - w.start) / 2));
  const plain = said.map((w) => w.text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}'’]/gu, ''));
  const found: Disfluency[] = [];
  for (let i = 0; i < said.length;) {
    const hit =
      brokenWord(said, plain, i) ?? repeat(said, plain, i, fillers) ?? restart(said, plain, i);
    if (hit && hit.disfluency.confidence >= least) found.push(hit.disfluency);
    i += hit ? hit.words : 1;
  }
  return found;
}

interface Hit {
  disfluency: Disfluency;
  /** Words taken out. */
  words: number;
}

const range = (from: Word, to: Word): SourceRange => ({ start: from.start, end: to.end });
const spoken = (words: readonly Word[]) => words.map((w) => w.text).join(' ');

/** The longest run of words that is said again at once. */
function repeat(
  words: readonly Word[],
  plain: readonly string[],
  at: number,
  fillers: readonly Filler[],
): Hit | null {
  for (let length = longestRepeat; length >= 1; length--) {
    const first = words.slice(at, at + length);
    const again = words[at + length];
    if (!again || first.length < length || at + 2 * length > words.length) continue;
    if (!first.every((_, k) => plain[at + k] && plain[at + k] === plain[at + length + k])) continue;
    const last = first.at(-1)!;
    const gap = again.start - last.end;
    if (gap > longestGap || endsSentence(last)) continue;
    const between = fillers.some((f) => f.start >= last.end - 0.1 && f.end <= again.start + 0.1);
    const confidence = sureness(plain.slice(at, at + length), gap, between);
    const disfluency = {
      kind: 'repeat' as const,
      ...range(first[0]!, last),
      text: spoken(first),
      confidence,
    };
    return { disfluency, words: length };
  }
  return null;
}

function sureness(words: readonly string[], gap: number, filler: boolean): number {
  const [only] = words;
  let sure: number;
  if (words.length > 1) sure = words.every((w) => doubled.has(w)) ? 0.3 : 0.8;
  else if (/^\p{N}+$/u.test(only!) || (only!.length === 1 && !small.has(only!))) sure = 0.15;
  else if (doubled.has(only!)) sure = 0.2;
  else if (small.has(only!)) sure = 0.85;
  else sure = 0.5;
  if (filler) sure += 0.1;
  else if (gap > 0.25) sure += 0.05;
  return Math.min(0.95, Math.round(sure * 100) / 100);
}

/** "th- then", "pro— project": a word broken off before one that begins the same way. */
function brokenWord(words: readonly Word[], plain: readonly string[], at: number): Hit | null {
  const [word, next] = [words[at]!, words[at + 1]];
  if (!next || !/[-–—]$/u.test(word.text) || next.start - word.end > longestGap) return null;
  const start = plain[at]!;
  if (!start) return null;
  const continued = plain[at + 1]!.startsWith(start) && plain[at + 1] !== start;
  const confidence = continued ? 0.85 : 0.5;
  const disfluency = {
    kind: 'false-start' as const,
    ...range(word, word),
    text: word.text,
    confidence,
  };
  return { disfluency, words: 1 };
}

/** "we can, we could": the same small first word within three words, after a break. */
function restart(words: readonly Word[], plain: readonly string[], at: number): Hit | null {
  if (!small.has(plain[at]!)) return null;
  for (let length = 2; length <= 3; length++) {
    const again = words[at + length];
    const last = words[at + length - 1];
    if (!again || !last || plain[at + length] !== plain[at]) continue;
    const gap = again.start - last.end;
    const brokenOff = /(?:[-–—]|\.\.\.|…)$/u.test(last.text);
    // Without a mark or a hesitation "we went and we saw" is good English.
    if (gap > longestGap || endsSentence(last) || !(brokenOff || gap > 0.2)) continue;
    if (!small.has(plain[at + length - 1]!) && !brokenOff) continue;
    const first = words.slice(at, at + length);
    const disfluency = {
      kind: 'false-start' as const,
      ...range(words[at]!, last),
      text: spoken(first),
      confidence: brokenOff ? 0.6 : 0.4,
    };
    return { disfluency, words: length };
  }
  return null;
}

const endsSentence = (word: Word) =>
  /[.!?]["'”’)]*$/u.test(word.text) && !/\.\.\.$/.test(word.text);
