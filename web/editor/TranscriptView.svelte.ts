/** What the transcript's parts share: find, the word being corrected, who scrolled last. */
import { createContext } from 'svelte';
import { correctWord, wordText } from '../core/edits/words.ts';
import { toggleFinding } from '../core/edits/findings.ts';
import type { Token } from '../core/transcript.ts';
import type { EditorSession } from '../state/EditorSession.svelte.ts';
import { TextIndex, type Match } from './find.ts';

export class TranscriptView {
  readonly session: EditorSession;
  findOpen = $state(false);
  query = $state('');
  #at = $state(0);
  /** Token that is being corrected. */
  correcting = $state<number | null>(null);
  /** Said by screen readers. */
  announcement = $state('');

  constructor(session: EditorSession) {
    this.session = session;
  }

  readonly #index = $derived.by(
    () => new TextIndex(this.session.editor.transcript.tokens, (t) => this.textOf(t)),
  );
  readonly matches: readonly Match[] = $derived.by(() =>
    this.findOpen ? this.#index.find(this.query) : [],
  );
  readonly match: Match | null = $derived.by(() => this.matches[this.matchNumber] ?? null);
  readonly matchNumber = $derived.by(() =>
    Math.min(this.#at, Math.max(0, this.matches.length - 1)),
  );
  readonly marked: ReadonlySet<number> = $derived.by(() => {
    const marked = new Set<number>();
    for (const { from, to } of this.matches) for (let i = from; i <= to; i++) marked.add(i);
    return marked;
  });

  textOf(token: Token): string {
    switch (token.kind) {
      case 'word':
        return wordText(this.session.editor.project, token.word);
      case 'filler':
        return token.finding.text;
      default:
        return '';
    }
  }

  goTo(step: 1 | -1): void {
    const count = this.matches.length;
    if (count) this.#at = (this.matchNumber + step + count) % count;
  }

  restartFind(): void {
    this.#at = 0;
  }

  /** Keeps or removes the finding of a chip. */
  toggle(token: Token): void {
    if (token.kind !== 'word') this.session.editor.edit(toggleFinding(token.kind, token.finding));
  }

  correct(token: Token, text: string): void {
    const { editor } = this.session;
    if (token.kind !== 'word' || !editor.findings) return;
    editor.edit(correctWord(editor.findings.words, token.index, text));
  }

  /** Selected words as text. */
  selectedText(): string {
    const selected = this.session.selection.tokens;
    if (!selected) return '';
    const { tokens } = this.session.editor.transcript;
    return tokens
      .slice(selected[0], selected[1] + 1)
      .filter((t) => t.kind === 'word')
      .map((t) => this.textOf(t))
      .join(' ');
  }
}

export const [getTranscriptView, setTranscriptView] = createContext<TranscriptView>();
