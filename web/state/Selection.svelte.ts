/** What is selected in the editor: words, a stretch of time, or a step. One at a time. */
import { sourceTime, type SourceRange } from '../core/time.ts';
import { deletionRange } from '../core/transcript.ts';
import type { Editor } from './Editor.svelte.ts';

export type Selected =
  | { kind: 'nothing' }
  /** Tokens of the transcript; `focus` is the end that moves. */
  | { kind: 'tokens'; anchor: number; focus: number }
  | { kind: 'range'; range: SourceRange }
  | { kind: 'step'; id: string };

export class Selection {
  readonly #editor: Editor;
  #selected = $state.raw<Selected>({ kind: 'nothing' });
  /** Where the keyboard is in the transcript, also when nothing is selected. */
  #caret = $state(0);

  constructor(editor: Editor) {
    this.#editor = editor;
  }

  /** What was selected and is still there. */
  readonly current: Selected = $derived.by(() => {
    const selected = this.#selected;
    const last = this.#editor.transcript.tokens.length - 1;
    if (selected.kind === 'tokens' && Math.max(selected.anchor, selected.focus) > last) {
      return { kind: 'nothing' };
    }
    const { steps } = this.#editor.project;
    const gone = selected.kind === 'step' && !steps.some((s) => s.id === selected.id);
    return gone ? { kind: 'nothing' } : selected;
  });

  get caret(): number {
    return Math.min(this.#caret, Math.max(0, this.#editor.transcript.tokens.length - 1));
  }

  /** First and last selected token, or null. */
  readonly tokens: readonly [number, number] | null = $derived.by(() => {
    const { current } = this;
    if (current.kind !== 'tokens') return null;
    return [Math.min(current.anchor, current.focus), Math.max(current.anchor, current.focus)];
  });

  /** The time that is selected, in whatever way; null for nothing. */
  readonly range: SourceRange | null = $derived.by(() => {
    const { current, tokens } = this;
    if (current.kind === 'range') return current.range;
    if (current.kind === 'step') {
      return this.#editor.project.steps.find((s) => s.id === current.id) ?? null;
    }
    return tokens && deletionRange(this.#editor.transcript.tokens, ...tokens);
  });

  readonly step = $derived.by(() => {
    const { current } = this;
    if (current.kind !== 'step') return null;
    return this.#editor.project.steps.find((s) => s.id === current.id) ?? null;
  });

  placeCaret(token: number): void {
    this.#caret = token;
    this.clear();
  }

  selectTokens(anchor: number, focus: number): void {
    this.#caret = focus;
    this.#selected = { kind: 'tokens', anchor, focus };
  }

  /** Moves the end of the selection, or begins one at the caret. */
  extendTo(focus: number): void {
    const { current } = this;
    this.selectTokens(current.kind === 'tokens' ? current.anchor : this.caret, focus);
  }

  selectRange(from: number, to: number): void {
    const [start, end] = [sourceTime(Math.min(from, to)), sourceTime(Math.max(from, to))];
    this.#selected = end > start ? { kind: 'range', range: { start, end } } : { kind: 'nothing' };
  }

  selectStep(id: string): void {
    this.#selected = { kind: 'step', id };
  }

  clear(): void {
    this.#selected = { kind: 'nothing' };
  }
}
