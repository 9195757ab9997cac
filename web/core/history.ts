/**
 * Undo and redo over immutable values. What is kept are the values themselves: edits share
 * structure, so a hundred states of a project weigh little more than one. All edits of one gesture
 * (dragging a slider, typing one title) are one mark.
 */
export class History<T> {
  readonly #limit: number;
  #past: T[] = [];
  #future: T[] = [];
  #gesture: string | null = null;

  /** `limit` marks are kept; the oldest go first. */
  constructor(limit = 200) {
    this.#limit = limit;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** Notes the value before an edit. Edits in a row with the same gesture share their first mark. */
  record(before: T, gesture: string | null = null): void {
    const continues = gesture !== null && gesture === this.#gesture && this.#past.length > 0;
    this.#gesture = gesture;
    this.#future = [];
    if (continues) return;
    this.#past.push(before);
    if (this.#past.length > this.#limit) this.#past.shift();
  }

  /** The next edit starts a mark of its own. */
  endGesture(): void {
    this.#gesture = null;
  }

  /** The value before the last mark; null when there is none. `current` can then be redone. */
  undo(current: T): T | null {
    this.#gesture = null;
    const before = this.#past.pop();
    if (before === undefined) return null;
    this.#future.push(current);
    return before;
  }

  redo(current: T): T | null {
    this.#gesture = null;
    const after = this.#future.pop();
    if (after === undefined) return null;
    this.#past.push(current);
    return after;
  }

  clear(): void {
    this.#past = [];
    this.#future = [];
    this.#gesture = null;
  }
}
