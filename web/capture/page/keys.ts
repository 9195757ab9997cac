/** Keys that do something by themselves: shortcuts, and Enter, Escape and Tab where they act. */
import { epochOf, type EventLog } from './event-log.ts';
import { composedPathOf, editableOf, elementsOf, meaningfulElement } from './meaningful-element.ts';

const modifiers = new Set(['Control', 'Alt', 'Shift', 'Meta', 'AltGraph', 'CapsLock', 'Fn']);

/** On these Enter or the space bar is a click, which the page is told of as one. */
const pressable =
  'a[href], button, summary, select, input:is([type="button"], [type="submit"], [type="reset"], [type="image"], [type="checkbox"], [type="radio"], [type="file"], [type="color"])';

export function watchKeys(log: EventLog, beforeKey: () => void, signal: AbortSignal): void {
  window.addEventListener(
    'keydown',
    (event) => {
      if (!event.isTrusted || event.repeat || event.isComposing || event.keyCode === 229) return;
      const target = elementsOf(event.composedPath())[0];
      if (!target || modifiers.has(event.key)) return;
      const when = acts(event, target);
      if (when === 'never') return;
      const element = meaningfulElement(composedPathOf(target))?.element ?? target;
      const onPage = element === document.body || element === document.documentElement;
      // What was typed comes before the key that sends it.
      if (when === 'always') beforeKey();
      const entry = log.begin('key', {
        time: epochOf(event),
        keys: keysOf(event),
        element: onPage ? undefined : log.describe(element),
      });
      if (when === 'always') return entry.done();
      // Whether the page used the key is known once it has heard of it.
      setTimeout(() => {
        if (!event.defaultPrevented) return entry.drop();
        beforeKey();
        entry.done();
      });
    },
    { capture: true, passive: true, signal },
  );
}

function acts(event: KeyboardEvent, target: Element): 'always' | 'if-used' | 'never' {
  const { key } = event;
  const field = editableOf(target);
  const command = event.ctrlKey || event.metaKey;
  if (isWriting(event)) return 'never';
  if (command && /^(?:Arrow|Home$|End$|Backspace$|Delete$)/.test(key) && field) return 'never';
  if (command || event.altKey) return 'always';
  if (/^F\d+$/.test(key) || key === 'Escape') return 'always';
  if (key === 'Tab') return 'if-used';
  if (key === 'Enter') {
    if (target.matches(pressable)) return 'never';
    const multiline = field && !(field instanceof HTMLInputElement);
    return multiline ? 'if-used' : 'always';
  }
  if (key === ' ' && target.matches(pressable)) return 'never';
  // One-key shortcuts of a page, where nothing is being written.
  if (field) return 'never';
  return key.length === 1 || key === 'Delete' || key === 'Backspace' ? 'if-used' : 'never';
}

/** AltGr and Option write letters. */
const isWriting = (event: KeyboardEvent): boolean =>
  event.key.length === 1 &&
  (event.getModifierState('AltGraph') ||
    (event.altKey && !event.ctrlKey && !event.metaKey && /[^\x20-\x7e]/.test(event.key)));

/** "Control+Shift+K"; letters by the key where the layout has no Latin ones. */
export function keysOf(event: KeyboardEvent): string {
  const { key, code } = event;
  const letter = /^(?:Key|Digit)(.)$/.exec(code)?.[1];
  const name =
    key === ' '
      ? 'Space'
      : key.length > 1
        ? key
        : /[\x21-\x7e]/.test(key)
          ? key.toUpperCase()
          : (letter ?? key);
  return [
    event.ctrlKey && 'Control',
    event.altKey && 'Alt',
    event.shiftKey && (key.length > 1 || event.ctrlKey || event.metaKey || event.altKey) && 'Shift',
    event.metaKey && 'Meta',
    name,
  ]
    .filter(Boolean)
    .join('+');
}
