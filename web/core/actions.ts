/** What a person did while recording, as actions that a reader would repeat. */
import { deedTitle, namelessTitle, type Deed } from './action-titles.ts';
import type { Interaction } from './interaction.ts';

export interface Action {
  /** Seconds; the last interaction of a group ends it. */
  start: number;
  end: number;
  deed: Deed;
  /** Index of the telling interaction in the recording's list. */
  index: number;
  /** All that belong to it, in order. */
  indices: number[];
  /** Title of the page it begins on, where it is another one than before. */
  section: string | null;
  /** A title that the person gave while recording. */
  title: string | null;
}

/** A page that opens this soon after a click is its effect, seconds. */
const follows = 5;
/** Seconds between keys that are still typing in the same field. */
const typing = 4;
/** Seconds from opening a menu to choosing from it. */
const choosing = 10;
/** Seconds that a person takes in the system's file picker. */
const picking = 120;
/** Seconds within which one press is told twice: as a click and as the change that it made. */
const same = 1;

/** Actions in order. Typing in one field, or opening a menu and choosing, is one; scrolling is none. */
export function groupActions(interactions: readonly Interaction[]): Action[] {
  const actions: Action[] = [];
  let page: string | null = null;
  let section: string | null = null;
  interactions.forEach((it, index) => {
    const title = pageName(it.page?.title ?? '');
    if (title && title !== page) {
      if (page !== null || it.kind === 'navigation') section = title;
      page = title;
    }
    const last = actions.at(-1);
    if (it.kind === 'scroll') return;
    if (last && joins(last, it, { index, interactions })) return;
    actions.push({
      start: it.time,
      end: it.end ?? it.time,
      deed: deedOf(it),
      index,
      indices: [index],
      section,
      title: it.title ?? null,
    });
    section = null;
  });
  return actions;
}

/** The person's own words, else what was done. */
export const actionTitle = (action: Action): string => action.title ?? deedTitle(action.deed);

/** A title at any rate, where neither a label nor what was said gives a better one. */
export const plainActionTitle = (action: Action): string =>
  actionTitle(action) || namelessTitle(action.deed);

function deedOf(it: Interaction): Deed {
  const { kind, role, value, keys, target } = it;
  const label = kind === 'navigation' ? pageName(it.page?.title ?? '') : it.label;
  return { kind, label: label?.trim() ?? '', role, value, keys, target };
}

/** Whether the interaction belongs to the action before it, which then tells of it. */
function joins(
  last: Action,
  it: Interaction,
  { index, interactions }: { index: number; interactions: readonly Interaction[] },
): boolean {
  const { deed } = last;
  const label = deedOf(it).label ?? '';
  const sinceLast = it.time - last.end;
  const telling = interactions[last.index]!;
  const isSameThing = label && deed.label ? deed.label === label : !isApart(telling, it);
  const hasLeft = last.indices.some((i) => interactions[i]!.kind === 'navigation');
  const isTyping = it.kind === 'input' || it.kind === 'key';
  const wasTyping = deed.kind === 'input' || (deed.kind === 'key' && !deed.keys);
  const take = (change: Partial<Deed> = {}, tells = false): true => {
    last.end = Math.max(last.end, it.end ?? it.time);
    last.indices.push(index);
    last.title ??= it.title ?? null;
    Object.assign(deed, change);
    if (tells) last.index = index;
    return true;
  };

  // A page that opens is what the click, the choice or the key did.
  if (it.kind === 'navigation' && deed.kind !== 'navigation' && deed.kind !== 'tab')
    return sinceLast <= follows && !(it.traversed && hasLeft) && take();
  if (isTyping && wasTyping && isSameThing && !isApart(telling, it) && sinceLast <= typing) {
    // Enter ends typing; another shortcut in a field is an action of its own.
    if (it.kind === 'key' && it.keys && it.keys !== 'Enter') return false;
    return take({ label: deed.label || label, ...(it.value ? { value: it.value } : {}) });
  }
  // The click into a field only leads to typing in it.
  if (it.kind === 'input' && deed.kind === 'click' && isField(deed) && isSameThing)
    return take(deedOf({ ...it, label: label || deed.label! }), true);
  // Nothing on the next page is part of what led there.
  if (hasLeft) return false;
  if (isFile(it) && deed.kind === 'click' && sinceLast <= picking)
    return take({ ...deedOf(it), role: it.role, label: deed.label || label });
  // A list that goes along with the letters typed, until it is the right one.
  if (isList(it) && isList(telling) && isSameThing && !isApart(telling, it) && sinceLast <= typing)
    return take({ value: it.value }, true);
  if (sinceLast <= same && isSameThing) {
    // Two clicks and a double click, or a click and the change it made, are one.
    if (it.kind === 'double-click' && deed.kind === 'click') return take({ kind: it.kind }, true);
    if (it.kind === 'choice' && deed.kind === 'click')
      return take(isSwitch(deed) ? {} : deedOf(it), !isSwitch(deed));
    if (it.kind === 'click' && deed.kind === 'choice') return take();
  }
  if (it.kind === 'click' && deed.kind === 'click' && isSameThing && label && sinceLast < 0.5)
    return take();
  if (it.kind === 'selection' && deed.kind === 'double-click' && sinceLast <= same) return take();
  // The click that opens a list, a picker or a menu only leads to choosing from it.
  if (
    it.kind === 'choice' &&
    !isFile(it) &&
    deed.kind === 'click' &&
    isSameThing &&
    sinceLast <= choosing
  )
    return take(deedOf(it), true);
  if (it.kind === 'click' && deed.kind === 'click' && isItem(it) && opens(deed))
    return (
      sinceLast <= choosing &&
      take({ kind: 'choice', role: it.role, value: label, label: deed.label ?? '' }, true)
    );
  return false;
}

/** What the page is called, without the site and the company that browsers' tabs show behind it. */
export function pageName(title: string): string {
  const [first = '', ...others] = title.split(/\s+[‹›|—–·•«»-]\s+/).map((part) => part.trim());
  return first.length > 1 ? first : [first, ...others].join(' ').trim();
}

/** Two elements, as far as can be known: no selector in common, and side by side. Names may be the same in each row. */
function isApart(a: Interaction, b: Interaction): boolean {
  if (!a.rect || !b.rect || a.page?.url !== b.page?.url) return false;
  if (a.selectors?.some((s) => b.selectors?.includes(s) && !s.startsWith('role='))) return false;
  const [p, q] = [a.rect, b.rect];
  return (
    p.x + p.width <= q.x || q.x + q.width <= p.x || p.y + p.height <= q.y || q.y + q.height <= p.y
  );
}

const isField = ({ role }: Deed) =>
  /^(?:textbox|searchbox|combobox|spinbutton|input|textarea)$/.test(role ?? '');
/** The control that was pressed tells of a file field, which pages hide behind it; not where it was pressed itself. */
const isFile = ({ kind, role, point }: Interaction) =>
  kind === 'choice' && role === 'button' && !point;
const isList = ({ kind, tag }: Interaction) => kind === 'choice' && tag === 'select';
const isSwitch = ({ role }: Deed) => /^(?:checkbox|switch|radio)$/.test(role ?? '');
const isItem = ({ role }: Interaction) =>
  /^(?:option|menuitem|menuitemradio|menuitemcheckbox|treeitem)$/.test(role ?? '');
/** What shows a list or a menu when it is clicked. */
const opens = ({ role }: Deed) =>
  /^(?:combobox|listbox|button|menuitem|textbox|searchbox)$/.test(role ?? '');
