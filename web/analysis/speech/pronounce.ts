/** How English words sound, in the phones of the CMU dictionary (ARPAbet without stress). */
import { readings } from './number-words.ts';

/** Spelling to phones, longest first; a rough reading is enough to find a word between its neighbours. */
const graphemes: Record<string, string> = {
  tion: 'SH AH N',
  sion: 'ZH AH N',
  ough: 'AO',
  augh: 'AO',
  eigh: 'EY',
  tch: 'CH',
  sch: 'S K',
  igh: 'AY',
  eau: 'OW',
  ing: 'IH NG',
  que: 'K',
  dge: 'JH',
  ch: 'CH',
  sh: 'SH',
  th: 'TH',
  ph: 'F',
  wh: 'W',
  gh: 'G',
  ck: 'K',
  ng: 'NG',
  qu: 'K W',
  kn: 'N',
  wr: 'R',
  ee: 'IY',
  ea: 'IY',
  ie: 'IY',
  ai: 'EY',
  ay: 'EY',
  ei: 'EY',
  ey: 'IY',
  oa: 'OW',
  oo: 'UW',
  ou: 'AW',
  ow: 'OW',
  oi: 'OY',
  oy: 'OY',
  au: 'AO',
  aw: 'AO',
  ew: 'UW',
  ue: 'UW',
  er: 'ER',
  ir: 'ER',
  ur: 'ER',
  ar: 'AA R',
  or: 'AO R',
  a: 'AE',
  b: 'B',
  c: 'K',
  d: 'D',
  e: 'EH',
  f: 'F',
  g: 'G',
  h: 'HH',
  i: 'IH',
  j: 'JH',
  k: 'K',
  l: 'L',
  m: 'M',
  n: 'N',
  o: 'AA',
  p: 'P',
  q: 'K',
  r: 'R',
  s: 'S',
  t: 'T',
  u: 'AH',
  v: 'V',
  w: 'W',
  x: 'K S',
  y: 'IY',
  z: 'Z',
};
const longVowels: Record<string, string> = { a: 'EY', e: 'IY', i: 'AY', o: 'OW', u: 'UW' };
const letters: Record<string, string> = {
  a: 'EY', b: 'B IY', c: 'S IY', d: 'D IY', e: 'IY', f: 'EH F', g: 'JH IY', h: 'EY CH', i: 'AY',
  j: 'JH EY', k: 'K EY', l: 'EH L', m: 'EH M', n: 'EH N', o: 'OW', p: 'P IY', q: 'K Y UW', r: 'AA R',
  s: 'EH S', t: 'T IY', u: 'Y UW', v: 'V IY', w: 'D AH B AH L Y UW', x: 'EH K S', y: 'W AY', z: 'Z IY',
}; // prettier-ignore
const symbols: Record<string, string> = { '&': 'and', '%': 'percent', '+': 'plus', '@': 'at', '=': 'equals', '#': 'number', $: 'dollars', '€': 'euros', '£': 'pounds' }; // prettier-ignore

/** Most pronunciations given for one word. */
const mostWays = 6;

export class Pronouncer {
  readonly #entries = new Map<string, string[]>();

  /** `dictionary`: lines of `word PHONE PHONE …`, further ways as `word(2) …`. */
  constructor(dictionary: string) {
    for (const line of dictionary.split('\n')) {
      const blank = line.indexOf(' ');
      if (blank <= 0 || line.startsWith(';')) continue;
      const word = line.slice(0, blank).replace(/\(\d+\)$/, '');
      const phones = line.slice(blank + 1).trim();
      const known = this.#entries.get(word);
      if (known) known.push(phones);
      else this.#entries.set(word, [phones]);
    }
  }

  /** Ways to say a written word, at least one; empty when there is nothing to say in it. */
  ways(written: string): string[] {
    const text = written
      .toLowerCase()
      .replace(/[’‘]/g, "'")
      .normalize('NFKD')
      .replace(/\p{M}/gu, '');
    const ways = text
      .split(/[^a-z0-9'.,%&+@=#$€£]+/)
      .map((part) => this.#part(part, /^[^a-z]*[A-Z]{2,5}s?[^a-z]*$/.test(written)))
      .filter((part) => part.length > 0)
      .reduce<string[]>((all, part) => (all.length ? join(all, part) : part), []);
    return [...new Set(ways)].slice(0, mostWays);
  }

  #part(part: string, capitals: boolean): string[] {
    const bare = part.replace(/^[^a-z0-9$€£&%+@=#']+|[^a-z0-9%&+@=#]+$/g, '');
    if (!bare) return [];
    const known = this.#entries.get(bare) ?? this.#entries.get(part);
    if (known) return capitals ? [...known, spell(bare)] : known;
    const money = /^([$€£])(\d.*)$/.exec(bare);
    if (money)
      return join(this.#part(money[2]!, false), this.#entries.get(symbols[money[1]!]!) ?? []);
    if (symbols[bare]) return this.#entries.get(symbols[bare]) ?? [];
    const read = readings(bare);
    if (read.length) return read.flatMap((words) => this.#phrase(words));
    // Letters and digits side by side: "h264", "3d".
    const pieces = bare.match(/[a-z']+|\d+(?:\.\d+)?/g) ?? [];
    if (pieces.length === 0) return [];
    if (pieces.length > 1)
      return pieces
        .map((p) => this.#part(p, p.length < 4))
        .reduce((all, p) => (p.length ? join(all, p) : all));
    return this.#unknown(pieces[0]!, capitals);
  }

  #phrase = (words: string[]) =>
    words.map((w) => this.#entries.get(w)?.slice(0, 2) ?? []).reduce((all, w) => join(all, w));

  #unknown(word: string, capitals: boolean): string[] {
    if (capitals || !/[aeiouy]/.test(word))
      return [spell(word), ...(capitals ? [sound(word)] : [])];
    for (const [ending, phones] of [
      ["'s", 'Z'],
      ['s', 'Z'],
      ['ed', 'D'],
      ['d', 'D'],
      ['ing', 'IH NG'],
      ['er', 'ER'],
      ['ly', 'L IY'],
    ] as const) {
      const stem = word.endsWith(ending) ? word.slice(0, -ending.length) : '';
      const known = this.#entries.get(stem) ?? this.#entries.get(`${stem}e`);
      if (stem.length > 2 && known) return known.map((p) => `${p} ${phones}`);
    }
    for (let i = word.length - 3; i >= 3; i--) {
      const [head, tail] = [this.#entries.get(word.slice(0, i)), this.#entries.get(word.slice(i))];
      if (head && tail) return join(head.slice(0, 2), tail.slice(0, 2));
    }
    return [sound(word)];
  }
}

const join = (heads: string[], tails: string[]) =>
  heads.flatMap((head) => tails.map((tail) => `${head} ${tail}`)).slice(0, mostWays);

const spell = (word: string) =>
  [...word]
    .map((c) => letters[c] ?? '')
    .filter(Boolean)
    .join(' ');

/** Letter by letter, longest spelling first, with a silent e that makes the vowel before it long. */
function sound(word: string): string {
  const phones: string[] = [];
  const text = word.replaceAll("'", '').replace(/([b-df-hj-np-tv-z])\1/g, '$1');
  for (let i = 0; i < text.length;) {
    const magic = /^([aeiou])[b-df-hj-np-tv-z]e$/.exec(text.slice(i));
    if (magic) {
      phones.push(longVowels[magic[1]!]!, graphemes[text[i + 1]!]!);
      break;
    }
    const soft = /^[cg][eiy]/.test(text.slice(i));
    const length = soft
      ? 1
      : [4, 3, 2, 1].find((n) => graphemes[text.slice(i, i + n)] && i + n <= text.length)!;
    const grapheme = text.slice(i, i + length);
    phones.push(soft ? (grapheme === 'c' ? 'S' : 'JH') : graphemes[grapheme]!);
    i += length;
  }
  return phones.join(' ');
}
