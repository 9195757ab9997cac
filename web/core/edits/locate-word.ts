/** Finds the words of a transcript in the running text that was made of them. */

const plain = (text: string) => text.toLocaleLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

export interface TextWord {
  /** Offsets into the text. */
  start: number;
  end: number;
  plain: string;
}

/** The words of a text with their places; punctuation is not part of them. */
export function textWords(text: string): TextWord[] {
  return [...text.matchAll(/[\p{L}\p{N}](?:[\p{L}\p{N}'’-]*[\p{L}\p{N}])?/gu)].map((m) => ({
    start: m.index,
    end: m.index + m[0].length,
    plain: plain(m[0]),
  }));
}

/**
 * Where the word `index` of `words` stands in `text`, or null. Of several equal words the one whose
 * neighbours agree and that is nearest to the expected place wins.
 */
export function locateWord(text: string, words: readonly string[], index: number): TextWord | null {
  const places = textWords(text);
  const wanted = words.map(plain);
  const target = wanted[index];
  if (!target) return null;
  const expected = words.length ? (index / words.length) * places.length : 0;
  let best: TextWord | null = null;
  let bestScore = -Infinity;
  for (const [i, place] of places.entries()) {
    if (place.plain !== target) continue;
    let agreeing = 0;
    for (const d of [-3, -2, -1, 1, 2, 3]) {
      if (places[i + d]?.plain && places[i + d]!.plain === wanted[index + d]) agreeing++;
    }
    const score = agreeing - Math.abs(i - expected) / (places.length + 1);
    if (score > bestScore) [best, bestScore] = [place, score];
  }
  return best;
}
