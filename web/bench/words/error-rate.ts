/** Word error rate: edits between what was said and what was written, after normalising both. */

const contractions: [RegExp, string][] = [
  [/\bwon't\b/g, 'will not'],
  [/\bcan't\b/g, 'can not'],
  [/n't\b/g, ' not'],
  [/'re\b/g, ' are'],
  [/'ve\b/g, ' have'],
  [/'ll\b/g, ' will'],
  [/\bi'm\b/g, 'i am'],
  [/\blet's\b/g, 'let us'],
  [/\b(it|that|he|she|there|what)'s\b/g, '$1 is'],
];
const spelled: Record<string, string> = {
  mr: 'mister',
  mrs: 'missus',
  dr: 'doctor',
  '1': 'one',
  '2': 'two',
  first: 'first',
  '1st': 'first',
};
const fillers = new Set(['um', 'uh', 'er', 'erm', 'hmm', 'mm', 'ah', 'eh', 'uhm']);

/** Lower case, no punctuation, contractions and titles spelled out, fillers taken out. */
export function normalised(text: string): string[] {
  let plain = text.toLowerCase().replace(/[’‘]/g, "'").replace(/-/g, ' ');
  for (const [pattern, full] of contractions) plain = plain.replace(pattern, full);
  return plain
    .replace(/[^\p{L}\p{N}' ]/gu, ' ')
    .split(/\s+/)
    .map((word) => word.replace(/^'+|'+$/g, ''))
    .map((word) => spelled[word] ?? word)
    .filter((word) => word && !fillers.has(word));
}

export interface WordErrors {
  words: number;
  errors: number;
  /** "said→written" for people to read. */
  differences: string[];
}

/** Levenshtein distance over words. */
export function wordErrors(said: string, written: string): WordErrors {
  const a = normalised(said);
  const b = normalised(written);
  const cost = Array.from({ length: a.length + 1 }, (_, i) => {
    const row = new Int32Array(b.length + 1);
    row[0] = i;
    return row;
  });
  for (let j = 0; j <= b.length; j++) cost[0]![j] = j;
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++)
      cost[i]![j] = Math.min(
        cost[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
        cost[i - 1]![j]! + 1,
        cost[i]![j - 1]! + 1,
      );
  const differences: string[] = [];
  let i = a.length;
  let j = b.length;
  while (i > 0 || j > 0) {
    const here = cost[i]![j]!;
    if (i > 0 && j > 0 && here === cost[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)) {
      if (a[i - 1] !== b[j - 1]) differences.unshift(`${a[i - 1]}→${b[j - 1]}`);
      i--;
      j--;
    } else if (i > 0 && here === cost[i - 1]![j]! + 1) differences.unshift(`${a[--i]}→`);
    else differences.unshift(`→${b[--j]}`);
  }
  return { words: a.length, errors: cost[a.length]![b.length]!, differences };
}
