/** Hides what fields hold, and attributes that the browser shows. */
import { hidesField, redactText, type RedactionRules } from '../../core/redaction.ts';
import { fieldMark } from './mask-styles.ts';

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const fieldsQuery = 'input, textarea, select';
const buttonTypes = /^(?:button|submit|reset)$/;

/** Attributes whose text is drawn somewhere. */
export const shownAttributes = ['title', 'placeholder', 'alt', 'label'];

export class FieldMasks {
  readonly #rules: RedactionRules;
  /** Values as they were last looked at. */
  readonly #values = new Map<Field, string>();

  constructor(rules: RedactionRules) {
    this.#rules = rules;
  }

  scan(within: ParentNode): void {
    if (within instanceof Element && within.matches(fieldsQuery)) this.look(within as Field);
    for (const field of within.querySelectorAll<Field>(fieldsQuery)) this.look(field);
  }

  change(records: readonly MutationRecord[]): void {
    for (const { addedNodes, target } of records) {
      for (const node of addedNodes) {
        if (node instanceof Element) this.scan(node);
      }
      const select = target instanceof Element ? target.closest('select') : null;
      if (select) this.look(select);
    }
  }

  /** Values that scripts set are told by nothing; to be called before each frame. */
  lookAgain(): void {
    for (const field of this.#values.keys()) {
      if (field.isConnected) this.look(field);
      else this.#values.delete(field);
    }
  }

  look(field: Field): void {
    const value = shownValue(field);
    if (this.#values.get(field) === value) return;
    this.#values.set(field, value);
    const typed = !(field instanceof HTMLSelectElement) && !buttonTypes.test(field.type);
    const hides = typed ? hidesField(value, this.#rules) : redactText(value, this.#rules) !== value;
    if (hides) field.setAttribute(fieldMark, '');
    else if (field.hasAttribute(fieldMark)) field.removeAttribute(fieldMark);
  }

  stop(): void {
    for (const field of this.#values.keys()) field.removeAttribute(fieldMark);
    this.#values.clear();
  }
}

function shownValue(field: Field): string {
  if (field instanceof HTMLSelectElement) {
    const all = field.multiple || field.size > 1;
    const options = all ? [...field.options] : [...field.selectedOptions];
    return options.map((option) => option.label).join('\n');
  }
  return field.value;
}

interface Rewritten {
  /** Null where there was no such attribute. */
  original: string | null;
  shown: string;
}

/** Tooltips and hints cannot be painted over, so the attribute itself says less until the end. */
export class AttributeMasks {
  readonly #rules: RedactionRules;
  readonly #rewritten = new Map<Element, Map<string, Rewritten>>();
  #title: Rewritten | null = null;

  constructor(rules: RedactionRules) {
    this.#rules = rules;
  }

  scan(within: ParentNode): void {
    const query = [...shownAttributes.map((name) => `[${name}]`), 'option'].join(',');
    if (within instanceof Element) this.look(within);
    for (const element of within.querySelectorAll(query)) this.look(element);
    this.#lookAtTitle();
  }

  change(records: readonly MutationRecord[]): void {
    for (const { type, target, addedNodes } of records) {
      if (type === 'attributes' && target instanceof Element) this.look(target);
      else this.#lookAtOption(target);
      for (const node of addedNodes) {
        if (node instanceof Element) this.scan(node);
      }
    }
    this.#lookAtTitle();
  }

  look(element: Element): void {
    for (const name of shownAttributes) {
      const given = element.getAttribute(name);
      const value = given ?? (name === 'label' ? textOfOption(element) : null);
      const known = this.#rewritten.get(element)?.get(name);
      if (value === null || value === known?.shown) continue;
      const shown = redactText(value, this.#rules);
      if (shown === value) continue;
      const of = this.#rewritten.get(element) ?? new Map<string, Rewritten>();
      this.#rewritten.set(element, of.set(name, { original: given, shown }));
      element.setAttribute(name, shown);
    }
  }

  /** A label of ours would stand for a text that the page has changed since. */
  #lookAtOption(changed: Node): void {
    const element = changed instanceof Element ? changed : changed.parentElement;
    const option = element?.closest('option');
    const ours = option && this.#rewritten.get(option)?.get('label');
    if (!option) return;
    if (ours?.original === null && option.getAttribute('label') === ours.shown) {
      option.removeAttribute('label');
    }
    this.look(option);
  }

  /** The browser shows it on the tab, which is in recordings of windows and screens. */
  #lookAtTitle(): void {
    if (window !== window.top || document.title === this.#title?.shown) return;
    const original = document.title;
    const shown = redactText(original, this.#rules);
    if (shown === original) return;
    this.#title = { original, shown };
    document.title = shown;
  }

  stop(): void {
    for (const [element, names] of this.#rewritten) {
      for (const [name, { original, shown }] of names) {
        if (element.getAttribute(name) !== shown) continue;
        if (original === null) element.removeAttribute(name);
        else element.setAttribute(name, original);
      }
    }
    this.#rewritten.clear();
    if (this.#title && document.title === this.#title.shown) {
      document.title = this.#title.original ?? '';
    }
    this.#title = null;
  }
}

/** What the list of a select shows is drawn by the browser: a label stands in for the text there. */
const textOfOption = (element: Element): string | null =>
  element instanceof HTMLOptionElement ? element.text : null;

export const isField = (node: unknown): node is Field =>
  node instanceof HTMLInputElement ||
  node instanceof HTMLTextAreaElement ||
  node instanceof HTMLSelectElement;
