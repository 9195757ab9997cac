/** What a person did while recording, as actions that a reader would repeat. */
import type { Interaction } from './interaction.ts';

export interface Action {
  /** Seconds; the last interaction of a group ends it. */
  start: number;
  end: number;
  kind: Interaction['kind'];
  label: string;
  role: string;
  /** Index of the telling interaction in the recording's list. */
  index: number;
}

/** A page that opens this soon after a click is its effect, seconds. */
const follows = 5;
/** Keys that finish typing rather than being an action of their own. */
const typing = 4;

/** Clicks, typing and page openings in order. Typing in one field is one action; scrolling is none. */
export function groupActions(interactions: readonly Interaction[]): Action[] {
  const actions: Action[] = [];
  interactions.forEach((it, index) => {
    const last = actions.at(-1);
    const label = (it.kind === 'navigation' ? it.page?.title : it.label)?.trim() ?? '';
    const sinceLast = last ? it.time - last.end : Infinity;
    if (it.kind === 'scroll') return;
    if (it.kind === 'navigation' && last?.kind === 'click' && sinceLast <= follows) return;
    const typed = it.kind === 'input' || it.kind === 'key';
    const sameField = last && (label === '' || last.label === '' || last.label === label);
    if (
      typed &&
      last &&
      sameField &&
      (last.kind === 'input' || last.kind === 'key') &&
      sinceLast <= typing
    ) {
      last.end = it.time;
      last.label ||= label;
      if (it.kind === 'input') last.kind = 'input';
      return;
    }
    // The click into a field only leads to typing in it.
    if (typed && last?.kind === 'click' && isField(last) && sameField && sinceLast <= typing) {
      Object.assign(last, { kind: 'input', end: it.time, index, label: label || last.label });
      return;
    }
    // A double click is one action.
    if (it.kind === 'click' && last?.kind === 'click' && last.label === label && sinceLast < 0.5) {
      last.end = it.time;
      return;
    }
    actions.push({
      start: it.time,
      end: it.time,
      kind: it.kind,
      label,
      role: it.role ?? '',
      index,
    });
  });
  return actions;
}

const isField = (a: Action) =>
  /^(textbox|searchbox|combobox|spinbutton|input|textarea)$/.test(a.role);

/** "Click Invite", "Type in E-mail", "Go to Dashboard". Empty where nothing is known of the element. */
export function actionTitle({ kind, label, role }: Action): string {
  const name = shorten(label);
  if (!name) return '';
  switch (kind) {
    case 'click':
    case 'double-click':
    case 'context-menu':
      if (role === 'checkbox' || role === 'switch') return `Toggle ${name}`;
      if (role === 'option' || role === 'radio') return `Select ${name}`;
      return `Click ${name}`;
    case 'input':
    case 'key':
      return `Type in ${name}`;
    case 'navigation':
      return `Go to ${name}`;
    case 'choice':
      return `Choose ${name}`;
    case 'drag':
      return `Drag ${name}`;
    case 'selection':
      return `Select ${name}`;
    case 'tab':
      return `Go to ${name}`;
    case 'scroll':
      return '';
  }
}

/** Whole words, at most 48 characters. */
function shorten(label: string): string {
  const words = label.replace(/\s+/g, ' ').trim().split(' ');
  while (words.length > 1 && words.join(' ').length > 48) words.pop();
  return words.join(' ').slice(0, 60);
}
