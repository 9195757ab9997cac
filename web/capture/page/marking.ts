/** Text that was marked, by the mouse or with Shift and the arrows. */
import type { Rect } from '../../core/interaction.ts';
import { epochOf, type EventLog } from './event-log.ts';
import { deepActiveElement, editableOf } from './meaningful-element.ts';
import { isPrivateField } from './private-field.ts';
import type { Presses } from './presses.ts';

/** Milliseconds without a further key after which text counts as marked. */
const rest = 600;
const longest = 200;

interface Marked {
  element: Element;
  rect: Rect;
  text: string;
}

export const hasMarked = (): boolean => marked() !== null;

/** What is marked now, in a field or in the page. */
function marked(): Marked | null {
  const active = deepActiveElement();
  if (active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement) {
    const { selectionStart: start, selectionEnd: end } = active;
    if (start === null || end === null || start === end) return null;
    const text = active.value.slice(start, end);
    return { element: active, rect: active.getBoundingClientRect(), text };
  }
  const selection = getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const text = selection.toString();
  if (text.trim() === '') return null;
  const range = selection.getRangeAt(0);
  const common = range.commonAncestorContainer;
  const element = common instanceof Element ? common : common.parentElement;
  return element && { element, rect: range.getBoundingClientRect(), text };
}

export function watchMarking(log: EventLog, presses: Presses, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let extended = 0;

  function record(time: number, end: number, point?: { x: number; y: number }): void {
    const found = marked();
    if (!found) return;
    const { element, rect } = found;
    const field = editableOf(element);
    // The name of a paragraph is its text, which may be what was marked.
    const { label, role, ...facts } = log.describe(field ?? element, rect);
    const open = !isPrivateField(field ?? element);
    const text = found.text.replace(/\s+/g, ' ').trim().slice(0, longest);
    log
      .begin('selection', {
        time,
        point,
        element: { ...facts, role, label: field ? label : undefined },
        value: open ? log.allowedText(field ?? element, text) : undefined,
      })
      .done({ end });
  }

  window.addEventListener(
    'pointerup',
    (event) => {
      if (!event.isTrusted || event.button !== 0 || !hasMarked()) return;
      const from = presses.mark();
      if (from) record(from.time, epochOf(event), from.point);
    },
    { capture: true, passive: true, signal },
  );
  window.addEventListener(
    'keydown',
    (event) => {
      const extends_ = event.shiftKey && /^(?:Arrow|Home$|End$|Page)/.test(event.key);
      if (!event.isTrusted || !extends_) return;
      extended ||= epochOf(event);
      const end = epochOf(event);
      clearTimeout(timer);
      timer = setTimeout(() => {
        record(extended, end);
        extended = 0;
      }, rest);
    },
    { capture: true, passive: true, signal },
  );
  signal.addEventListener('abort', () => clearTimeout(timer));
}
