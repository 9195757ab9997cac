/** Finds words in the transcript, across the borders of tokens. */
import type { Token } from '../core/transcript.ts';

export interface Match {
  from: number;
  to: number;
}

const fold = (text: string) => text.toLocaleLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');

/** The text of all word tokens in one string, and where each begins. */
export class TextIndex {
  readonly #text: string;
  readonly #starts: number[] = [];
  readonly #tokens: number[] = [];

  constructor(tokens: readonly Token[], read: (token: Token & { kind: 'word' }) => string) {
    const parts: string[] = [];
    let length = 0;
    for (const [i, token] of tokens.entries()) {
      if (token.kind !== 'word') continue;
      const text = fold(read(token));
      this.#starts.push(length);
      this.#tokens.push(i);
      parts.push(text);
      length += text.length + 1;
    }
    this.#text = parts.join(' ');
  }

  find(query: string): Match[] {
    const wanted = fold(query).trim().replace(/\s+/g, ' ');
    if (!wanted) return [];
    const matches: Match[] = [];
    let word = 0;
    for (
      let at = this.#text.indexOf(wanted);
      at >= 0;
      at = this.#text.indexOf(wanted, at + wanted.length)
    ) {
      while (word + 1 < this.#starts.length && this.#starts[word + 1]! <= at) word++;
      let last = word;
      while (last + 1 < this.#starts.length && this.#starts[last + 1]! < at + wanted.length) last++;
      matches.push({ from: this.#tokens[word]!, to: this.#tokens[last]! });
    }
    return matches;
  }
}
