/** The list of what to hide, as it is stored: changed here, and followed wherever it is changed. */
import {
  emptyRedactionList,
  mergeLists,
  readRedactionFile,
  withElement,
  withoutElement,
  withoutPattern,
  withPattern,
  writeRedactionFile,
  type ListedElement,
  type ListedPattern,
  type RedactionList,
} from '../core/redaction-list.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { PrivateKind } from '../core/private-text.ts';
import { changeRedactionList, watchRedactionList } from '../storage/redaction.ts';

/** Larger than any list; a video dropped by mistake is not read whole. */
const largestFile = 4 * 1024 * 1024;

export class Redaction {
  #list = $state.raw<RedactionList>(emptyRedactionList);
  #error = $state.raw<unknown>(null);

  get list(): RedactionList {
    return this.#list;
  }

  /** Set while the list cannot be read; nothing can be recorded with it then. */
  get error(): unknown {
    return this.#error;
  }

  /** Follows the stored list. Returns what stops it. */
  open(): () => void {
    return watchRedactionList(
      (list) => {
        this.#list = list;
        this.#error = null;
      },
      (error) => (this.#error = error),
    );
  }

  set(change: Partial<Pick<RedactionList, 'on' | 'canvas' | 'typed'>>): Promise<void> {
    return this.#change((list) => ({ ...list, ...change }));
  }

  setKind(kind: PrivateKind, on: boolean): Promise<void> {
    return this.#change((list) => ({ ...list, kinds: { ...list.kinds, [kind]: on } }));
  }

  putPattern(pattern: ListedPattern): Promise<void> {
    return this.#change((list) => withPattern(list, pattern));
  }

  removePattern(source: string): Promise<void> {
    return this.#change((list) => withoutPattern(list, source));
  }

  /** Pointing at something means that it is to be hidden, so hiding is on then. */
  putElement(element: ListedElement): Promise<void> {
    return this.#change((list) => ({ ...withElement(list, element), on: true }));
  }

  removeElement(element: ListedElement): Promise<void> {
    return this.#change((list) => withoutElement(list, element));
  }

  file(): Blob {
    return new Blob([writeRedactionFile(this.#list)], { type: 'application/json' });
  }

  /** Adds what a file hides. Throws AppErrors: `rules-unreadable`, `rules-newer`, `rules-pattern`. @returns what takes it back. */
  async addFile(file: File): Promise<() => Promise<void>> {
    if (file.size > largestFile) throw named(new AppError('rules-unreadable'), file);
    let added: RedactionList;
    try {
      added = readRedactionFile(await file.text());
    } catch (error) {
      throw named(toAppError(error), file);
    }
    const before = this.#list;
    await this.#change((list) => mergeLists(list, added));
    return () => this.#change(() => before);
  }

  async #change(change: (list: RedactionList) => RedactionList): Promise<void> {
    this.#list = await changeRedactionList(change);
  }
}

/** With the file's name in the sentence, where nothing else is named in it. */
const named = ({ code, message, details }: AppError, { name }: File): AppError =>
  new AppError(code, message, { details: { name, ...details } });
