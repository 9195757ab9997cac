/** From recognised words to sentences that read well: no fillers, capitals, full stops. */
import type { Word } from '../evidence.ts';
import { defaultRemoval } from '../project.ts';
import { lastAtOrBefore } from '../timeline.ts';
import { sourceTime, type SourceRange } from '../time.ts';
import { bare, languageOf } from './language.ts';

export interface Sentence extends SourceRange {
  text: string;
  /** Seconds of pause before it. */
  pause: number;
}

export interface SpokenText {
  words: readonly Word[];
  fillers: readonly (SourceRange & { confidence: number })[];
  disfluencies: readonly SourceRange[];
  /** BCP 47 primary subtag. */
  language: string;
}

const terminal = /[.!?…。！？][)"'”’»\]]*$/;
const abbreviation =
  /^(e\.g|i\.e|etc|mr|mrs|ms|dr|prof|vs|no|approx|st|z\.b|bzw|ca|nr|sr|sra|p\.ej|p\.ex)\.$/i;
const cjk = /[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f]/;
/** What subtitle files put around words that nobody said. */
const marks = /^(\[.*\]|\(.*\)|♪.*|>>+|-+|–|—)$/;
/** Said twice in a row they are a slip of the tongue, never meant. */
const slips = new Set('the a an i to and of in is it we you so my your this on'.split(' '));

/** Pause, seconds, that ends a sentence where nothing is punctuated; shorter before a word that opens one. */
const endingPause = 0.6;
const openingPause = 0.3;
/** With punctuation around, only a long pause ends a sentence on its own. */
const certainPause = 1.2;
const minWords = 4;
const maxWords = 32;

/** The sentences of a transcript in order. Every word but fillers and slips is in exactly one. */
export function restoreSentences(spoken: SpokenText): Sentence[] {
  const words = calm(spoken);
  if (words.length === 0) return [];
  const sentences: Sentence[] = [];
  let before = 0;
  for (const group of split(words, spoken.language)) {
    const first = group[0]!;
    const last = group.at(-1)!;
    const text = sentenceText(
      group.map((w) => w.text),
      spoken.language,
    );
    if (text) {
      sentences.push({
        start: first.start,
        end: last.end,
        text,
        pause: Math.max(0, first.start - before),
      });
    }
    before = last.end;
  }
  return sentences;
}

/** Without fillers, false starts, slips and stage directions; a full stop on one of them is kept. */
function calm({ words, fillers, disfluencies, language }: SpokenText): Word[] {
  const { fillers: sounds } = languageOf(language);
  const inside = (list: readonly SourceRange[], word: Word) => {
    const middle = (word.start + word.end) / 2;
    const at = lastAtOrBefore(list, (r) => r.start, middle);
    return at >= 0 && middle < list[at]!.end;
  };
  // A real word is given up only where the filler is as good as certain.
  const sure = fillers.filter((f) => f.confidence >= defaultRemoval.minConfidence);
  const shouted = isShouted(words);
  const kept: Word[] = [];
  let direction = false;
  for (const word of words) {
    const text = shouted ? word.text.toLowerCase() : word.text;
    const plain = bare(text);
    // A lone note opens a song or closes it.
    const closes = direction && /[\])♪][.,]?$/.test(text);
    if (/^[[(♪]/.test(text)) direction = true;
    const skipped = direction || marks.test(text);
    if (closes || (text.length > 1 && /[\])♪][.,]?$/.test(text))) direction = false;
    const last = kept.at(-1);
    const slip =
      last !== undefined &&
      slips.has(plain) &&
      bare(last.text) === plain &&
      !/[.,!?]$/.test(last.text);
    const gone = skipped || slip || sounds.has(plain) || (plain.length < 12 && inside(sure, word));
    if (gone || inside(disfluencies, word)) {
      const stop = !skipped && terminal.exec(text);
      if (stop && last && !terminal.test(last.text)) {
        kept[kept.length - 1] = { ...last, text: last.text.replace(/[,;:–—-]+$/, '') + stop[0] };
      }
      continue;
    }
    if (text.trim()) kept.push({ ...word, text: text.trim() });
  }
  return kept;
}

/** Old subtitles are all capitals. */
function isShouted(words: readonly Word[]): boolean {
  const letters = words
    .slice(0, 200)
    .map((w) => w.text)
    .join('')
    .replace(/[^\p{Lu}\p{Ll}]/gu, '');
  return letters.length > 30 && letters.replace(/\p{Ll}/gu, '').length > 0.8 * letters.length;
}

function split(words: readonly Word[], language: string): Word[][] {
  const stops = words.filter((w) => terminal.test(w.text)).length;
  const punctuated = stops * 40 >= words.length;
  const groups: Word[][] = [];
  let group: Word[] = [];
  words.forEach((word, i) => {
    group.push(word);
    const next = words[i + 1];
    if (!next) return;
    const pause = next.start - word.end;
    const ended = terminal.test(word.text) && !abbreviation.test(word.text);
    const opens = startsWithOpener(words, i + 1, language);
    const long = group.length >= minWords;
    const silent = punctuated
      ? pause >= certainPause && (opens || /^\p{Lu}/u.test(next.text))
      : pause >= endingPause || (opens && pause >= openingPause);
    const apart = !/[,;]$/.test(word.text) || pause >= certainPause;
    if (ended || (long && silent && apart)) {
      groups.push(group);
      group = [];
    }
  });
  if (group.length > 0) groups.push(group);
  return groups.flatMap((g) => shortened(g, language));
}

/** Cuts a run-on where the speaker goes on to something else, else at its longest pause. */
function shortened(group: Word[], language: string): Word[][] {
  if (group.length <= maxWords) return [group];
  let best = -1;
  let bestScore = 0;
  for (let i = minWords; i < group.length - minWords; i++) {
    const pause = group[i]!.start - group[i - 1]!.end;
    const comma = /[,;:]$/.test(group[i - 1]!.text) ? 0.2 : 0;
    const opens = startsWithOpener(group, i, language) ? 0.5 : 0;
    const score = Math.min(1, pause) + comma + opens;
    if (score > bestScore && (opens > 0 || pause >= openingPause)) {
      best = i;
      bestScore = score;
    }
  }
  if (best < 0) return [group];
  return [...shortened(group.slice(0, best), language), ...shortened(group.slice(best), language)];
}

function startsWithOpener(words: readonly Word[], from: number, language: string): boolean {
  const { openers } = languageOf(language);
  const ahead = words
    .slice(from, from + 4)
    .map((w) => bare(w.text))
    .join(' ');
  return openers.some((o) => ahead === o || ahead.startsWith(`${o} `));
}

/** Words as one sentence with a capital, single punctuation and an end. Empty when nothing is left. */
export function sentenceText(parts: readonly string[], language: string): string {
  let text = '';
  for (const part of parts) {
    const glued = cjk.test(part.charAt(0)) && cjk.test(text.charAt(text.length - 1));
    text += text && !glued ? ` ${part}` : part;
  }
  text = text
    .replace(/\s+([,.;:!?…])/g, '$1')
    .replace(/[,;:]+([.!?])/g, '$1')
    .replace(/([,;:])[,;:]+/g, '$1')
    .replace(/(^|[^.])\.\.(?!\.)/g, '$1.')
    .replace(/^[\s,.;:!?…–—-]+/, '')
    .replace(/[\s,;:–—-]+$/, '');
  if (!/[\p{L}\p{N}]/u.test(text)) return '';
  if (language.startsWith('en'))
    text = text.replace(/\bi(?=$|[\s,.;!?]|['’](?:m|ll|ve|d|s)\b)/g, 'I');
  // Names such as iPhone keep their small letter.
  if (!/^[\p{Ll}]\p{Lu}/u.test(text))
    text = text.replace(/^["“'(«¿¡]*\p{Ll}/u, (c) => c.toUpperCase());
  if (!terminal.test(text)) text += cjk.test(text.charAt(text.length - 1)) ? '。' : '.';
  return text;
}

/** Sentences as paragraphs of a readable length, parted by an empty line. */
export function paragraphs(sentences: readonly Sentence[], perParagraph = 6): string {
  const parts: string[] = [];
  let paragraph: string[] = [];
  for (const s of sentences) {
    if (paragraph.length >= perParagraph || (paragraph.length >= 3 && s.pause > 2)) {
      parts.push(paragraph.join(' '));
      paragraph = [];
    }
    paragraph.push(s.text);
  }
  if (paragraph.length > 0) parts.push(paragraph.join(' '));
  return parts.join('\n\n');
}

/** The time a sentence's step may begin: just before its first sound. */
export const leadIn = (s: Sentence) =>
  sourceTime(Math.max(0, s.start - Math.min(0.15, s.pause / 2)));
