/** From Whisper's tokens to written words. */
import type { WhisperTokenizer } from '@huggingface/transformers';
import type { Decoded } from './whisper.ts';

export interface TokenWord {
  /** With its punctuation, no blanks around. */
  text: string;
  /** Its tokens in the decoded sequence: from `first` up to `last`, exclusive. */
  first: number;
  last: number;
  /** 0 to 1. */
  confidence: number;
}

/** Languages written without blanks: every character cluster is a word of its own. */
const unspaced = new Set(['zh', 'ja', 'th', 'lo', 'my', 'yue', 'km', 'bo']);
const onlyPunctuation = /^[^\p{L}\p{N}$€£%&+@#=]+$/u;
/** Opening marks belong to the word that follows. */
const opening = /^["'“¿¡([{«„-]+$/;

export function tokenWords(
  tokenizer: WhisperTokenizer,
  decoded: Decoded,
  language: string,
): TokenWord[] {
  const { tokens, logProbabilities } = decoded;
  const words: TokenWord[] = [];
  let lead: { text: string; first: number } | null = null;
  for (let first = 0; first < tokens.length;) {
    // A character may be spread over several tokens; until it is whole it decodes to U+FFFD.
    let last = first + 1;
    let text = tokenizer.decode(tokens.slice(first, last));
    while (text.includes('\uFFFD') && last < tokens.length && last - first < 8)
      text = tokenizer.decode(tokens.slice(first, ++last));
    const plain = text.replaceAll('\uFFFD', '').trim();
    const before = words.at(-1);
    const starts = !before || /^\s/.test(text) || unspaced.has(language);
    if (plain && onlyPunctuation.test(plain)) {
      if (opening.test(plain) && (starts || lead)) lead ??= { text: plain, first };
      else if (before) {
        before.text += plain;
        before.last = last;
      }
    } else if (plain && (starts || lead)) {
      words.push({
        text: (lead?.text ?? '') + plain,
        first: lead?.first ?? first,
        last,
        confidence: 0,
      });
      lead = null;
    } else if (plain && before) {
      before.text += plain;
      before.last = last;
    }
    first = last;
  }
  for (const word of words) {
    const all = logProbabilities.slice(word.first, word.last);
    word.confidence = Math.exp(all.reduce((sum, p) => sum + p, 0) / Math.max(1, all.length));
  }
  return words;
}
