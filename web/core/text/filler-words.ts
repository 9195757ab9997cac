/** Words of the transcript that are fillers, told from real words that a filler was suspected in. */
import type { Filler, Word } from '../evidence.ts';
import { lastAtOrBefore } from '../timeline.ts';
import { bare, languageOf } from './language.ts';

/**
 * Whether a word is nothing but the filler that was found where it is said: “um”, whatever its
 * spelling. A real word there stays a word; if the finding is right, cutting it takes the word along.
 */
export function fillerWords(
  fillers: readonly Pick<Filler, 'start' | 'end' | 'text'>[],
  language: string,
): (word: Word) => boolean {
  const { fillers: sounds } = languageOf(language);
  const sorted = [...fillers].sort((a, b) => a.start - b.start);
  return (word) => {
    const middle = (word.start + word.end) / 2;
    const found = sorted[lastAtOrBefore(sorted, (f) => f.start, middle)];
    if (!found || middle >= found.end) return false;
    const text = bare(word.text);
    return text === '' || sounds.has(text) || text === bare(found.text);
  };
}
