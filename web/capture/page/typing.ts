/** Typing in fields, and choices in controls. Both are told by composed events, which leave shadow roots. */
import { epochOf, type Entry, type EventLog } from './event-log.ts';
import { nameOf } from './accessible.ts';
import { editableOf } from './meaningful-element.ts';
import { isPrivateChoice, isPrivateField, notePasswords } from './private-field.ts';
import type { Presses } from './presses.ts';

/** Milliseconds between reports of the same typing. */
const reportEvery = 1000;
/** Milliseconds after which further typing in the same field is something new. */
const pause = 15_000;
const longest = 200;

/** Input types in which something is chosen rather than typed, and when it is known. */
const ticked = new Set(['checkbox', 'radio']);
const adjusted = new Set(['range', 'color', 'date', 'datetime-local', 'month', 'week', 'time']);

interface Session {
  field: HTMLElement;
  entry: Entry;
  end: number;
  timer?: ReturnType<typeof setTimeout>;
}

export interface Typing {
  /** Ends what is being typed, so that it stands before what comes next. */
  flush(): void;
}

export function watchTyping(log: EventLog, presses: Presses, signal: AbortSignal): Typing {
  let session: Session | null = null;
  let adjusting: { control: Element; entry: Entry; timer?: ReturnType<typeof setTimeout> } | null =
    null;

  const on = <K extends keyof WindowEventMap>(
    type: K,
    listener: (event: WindowEventMap[K]) => void,
  ) =>
    window.addEventListener(
      type,
      (event) => {
        if (event.isTrusted) listener(event);
      },
      { capture: true, passive: true, signal },
    );

  function flush(): void {
    if (session) {
      const { field, entry, end, timer } = session;
      clearTimeout(timer);
      session = null;
      entry.done({ end, value: typedIn(field) ?? entry.draft.value });
    }
    if (adjusting) {
      clearTimeout(adjusting.timer);
      const { control, entry } = adjusting;
      adjusting = null;
      entry.done({ value: chosenIn(control) });
    }
  }

  function type(field: HTMLElement, event: Event): void {
    const now = epochOf(event);
    if (session && (session.field !== field || now - session.end > pause)) flush();
    session ??= {
      field,
      entry: log.begin('input', { time: now, element: log.describe(field) }),
      end: now,
    };
    session.end = now;
    const current = session;
    // Reports go out while typing goes on, so that a page that is killed loses little.
    current.timer ??= setTimeout(() => {
      current.timer = undefined;
      current.entry.update({
        end: current.end,
        value: typedIn(field) ?? current.entry.draft.value,
      });
    }, reportEvery);
  }

  /** Undefined where it must not be recorded; also remembers what a page clears on Enter. */
  function typedIn(field: HTMLElement): string | undefined {
    if (!log.text || isPrivateField(field)) return undefined;
    const value =
      field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement
        ? field.value
        : field.innerText;
    const text = value.replace(/\s+/g, ' ').trim();
    return text && text.length <= longest ? log.allowedText(field, text) : undefined;
  }

  function chosenIn(control: Element): string | undefined {
    if (log.isHidden(control)) return undefined;
    if (control instanceof HTMLSelectElement) {
      if (isPrivateChoice(control)) return undefined;
      return [...control.selectedOptions]
        .map((o) => o.label.trim())
        .join(', ')
        .slice(0, longest);
    }
    if (!(control instanceof HTMLInputElement)) return undefined;
    if (control.type === 'checkbox') return String(control.checked);
    if (control.type === 'radio') return nameOf(control, { text: log.text });
    if (control.type === 'range' || control.type === 'color') return control.value;
    if (!log.text || isPrivateField(control)) return undefined;
    if (control.type === 'file') {
      return [...(control.files ?? [])]
        .map((file) => file.name)
        .join(', ')
        .slice(0, longest);
    }
    return log.allowedText(control, control.value);
  }

  function choose(control: Element, event: Event): void {
    flush();
    const value = chosenIn(control);
    const press = presses.take(control);
    if (press) {
      const { tag, rect } = press.draft.element!;
      // An option of a list that is open was pressed; what is told of is the list.
      const element = tag === control.localName ? undefined : log.describe(control, rect);
      const change = { kind: 'choice', value, end: epochOf(event) } as const;
      return press.done(element ? { ...change, element } : change);
    }
    const { width } = control.getBoundingClientRect();
    const visible = width > 1 && getComputedStyle(control).visibility === 'visible';
    const element = log.describe(control, visible ? undefined : (presses.lastRect() ?? undefined));
    log.begin('choice', { time: epochOf(event), element, value }).done();
  }

  function adjust(control: Element, event: Event): void {
    if (adjusting?.control !== control) {
      flush();
      const entry =
        presses.take(control) ??
        log.begin('choice', { time: epochOf(event), element: log.describe(control) });
      adjusting = { control, entry };
    }
    clearTimeout(adjusting.timer);
    adjusting.entry.update({ kind: 'choice', end: epochOf(event) });
    adjusting.timer = setTimeout(flush, 800);
  }

  on('beforeinput', (event) => {
    if (event.inputType.startsWith('format')) return;
    const field = editableOf(event.composedPath()[0]);
    // Enter in a field of one line is told as an empty line.
    const noLine = event.inputType === 'insertLineBreak' && field instanceof HTMLInputElement;
    if (field && !noLine && !isChooser(field)) type(field, event);
  });
  /** Whether the page is handling something that the person did. */
  let handling = false;
  for (const type of [
    'pointerdown',
    'pointerup',
    'click',
    'keydown',
    'keyup',
    'input',
    'drop',
  ] as const) {
    on(type, () => {
      handling = true;
      setTimeout(() => (handling = false));
    });
  }
  /**
   * Programs that act for a person (autofill, automation, assistive tools) choose by scripted events,
   * out of nothing; widgets that keep a hidden control in step do so while the page handles a press.
   */
  window.addEventListener(
    'input',
    (event) => {
      const [target] = event.composedPath();
      if (event.isTrusted || handling) return;
      if (target instanceof HTMLSelectElement && target.checkVisibility()) choose(target, event);
    },
    { capture: true, passive: true, signal },
  );
  on('input', (event) => {
    const target = event.composedPath()[0];
    if (target instanceof HTMLSelectElement) return choose(target, event);
    if (target instanceof HTMLInputElement) {
      if (ticked.has(target.type)) return choose(target, event);
      if (adjusted.has(target.type)) return adjust(target, event);
      if (target.type === 'file') return;
    }
    const field = editableOf(target);
    if (!field) return;
    type(field, event);
    const value = typedIn(field);
    // Kept for the page that empties the field on Enter.
    if (value && session) session.entry.keep({ value });
  });
  on('change', (event) => {
    if (!isFileField(event)) flush();
  });
  window.addEventListener(
    'change',
    (event) => {
      if (isFileField(event) && (event.isTrusted || !handling))
        choose(event.composedPath()[0] as Element, event);
    },
    { capture: true, passive: true, signal },
  );
  on('focusin', (event) => {
    const target = event.composedPath()[0];
    if (target instanceof Element) {
      isPrivateField(target);
      notePasswords(target.getRootNode() as Document | ShadowRoot);
    }
  });
  on('focusout', flush);
  return { flush };
}

const isFileField = (event: Event): boolean => {
  const [target] = event.composedPath();
  return target instanceof HTMLInputElement && target.type === 'file';
};

const isChooser = (field: Element): boolean =>
  field instanceof HTMLInputElement && (ticked.has(field.type) || adjusted.has(field.type));
