/** What must not be seen in a recording, as data that a person or a workspace owns. */
import {
  findPrivateText,
  mayBecomePrivate,
  privateKinds,
  unfinishedPrivateText,
  type PrivateKind,
  type TextSpan,
} from './private-text.ts';

/** A regular expression of the person's own, as JavaScript writes it. */
export interface RedactionPattern {
  name: string;
  source: string;
  ignoreCase?: boolean;
}

/** Elements of a site that are hidden as a whole. */
export interface RedactionSelector {
  /** Host name, its subdomains included ("example.com"); "*" is every site. */
  site: string;
  /** CSS; ` >>> ` leads from a host into its shadow root. */
  selector: string;
}

export interface RedactionRules {
  kinds: PrivateKind[];
  patterns: RedactionPattern[];
  selectors: RedactionSelector[];
  /** `all` hides what is typed in any field, `matching` only what matches or begins to. */
  fields: 'matching' | 'all';
}

export const noRedaction: RedactionRules = {
  kinds: [],
  patterns: [],
  selectors: [],
  fields: 'matching',
};

/** What a recorder begins with: every kind it knows. */
export const defaultRedaction: RedactionRules = { ...noRedaction, kinds: [...privateKinds] };

/** Stands for hidden text; its length says nothing of what it stands for. */
export const hiddenText = '•••••';

const compiled = new WeakMap<RedactionRules, RegExp[]>();

/** The expressions that compile; one that does not is shown as broken where it is written. */
function expressions(rules: RedactionRules): RegExp[] {
  let list = compiled.get(rules);
  if (!list) {
    list = rules.patterns
      .filter((pattern) => checkPattern(pattern.source) === 'ok')
      .map(({ source, ignoreCase }) => new RegExp(source, ignoreCase ? 'giu' : 'gu'));
    compiled.set(rules, list);
  }
  return list;
}

/** Spans that the rules hide, in order, none touching another. */
export function findPrivate(text: string, rules: RedactionRules): TextSpan[] {
  const found = findPrivateText(text, rules.kinds);
  for (const expression of expressions(rules)) {
    for (const match of text.matchAll(expression)) {
      if (match[0]) found.push({ start: match.index, end: match.index + match[0].length });
    }
  }
  found.sort((a, b) => a.start - b.start);
  const merged: TextSpan[] = [];
  for (const span of found) {
    const last = merged.at(-1);
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else merged.push({ ...span });
  }
  return merged;
}

/** The text with everything that the rules hide replaced by `hiddenText`. */
export function redactText(text: string, rules: RedactionRules): string {
  let result = '';
  let from = 0;
  for (const { start, end } of findPrivate(text, rules)) {
    result += text.slice(from, start) + hiddenText;
    from = end;
  }
  return from === 0 ? text : result + text.slice(from);
}

/** Whether a field with this in it has to be hidden, also while it is being typed. */
export function hidesField(value: string, rules: RedactionRules): boolean {
  if (value === '') return false;
  if (rules.fields === 'all') return true;
  return mayBecomePrivate(value, rules.kinds) || findPrivate(value, rules).length > 0;
}

/** The same for what is being written into a longer text: from where on to hide it. */
export const findUnfinished = (text: string, rules: RedactionRules): TextSpan | null =>
  unfinishedPrivateText(text, rules.kinds);

/** Selectors that hold on a host. */
export function selectorsFor(rules: RedactionRules, host: string): string[] {
  const name = host.toLowerCase();
  return rules.selectors
    .filter(({ site }) => {
      const of = site.toLowerCase().replace(/^\*\./, '');
      return of === '*' || name === of || name.endsWith(`.${of}`);
    })
    .map(({ selector }) => selector.trim())
    .filter((selector) => selector !== '');
}

export type PatternFault = 'ok' | 'invalid' | 'empty' | 'slow';

/**
 * Whether an expression can be used: it compiles, needs at least one character, and repeats no group
 * that itself repeats, which takes exponential time on some texts.
 */
export function checkPattern(source: string): PatternFault {
  if (source.trim() === '' || source.length > 500) return 'invalid';
  try {
    if (new RegExp(source, 'u').test('')) return 'empty';
  } catch {
    // The constructor's error is the only way to learn that an expression is not one.
    return 'invalid';
  }
  return repeatsRepetition(source) ? 'slow' : 'ok';
}

/** `(a+)+`, `(a|b*)*`, `((a)+b?){2,}`: a group with a repetition in it, repeated without a limit. */
function repeatsRepetition(source: string): boolean {
  const plain = source.replace(/\\./gs, '_').replace(/\[[^\]]*\]/g, '_');
  const open: { repeats: boolean }[] = [];
  for (let i = 0; i < plain.length; i++) {
    const rest = plain.slice(i);
    if (plain[i] === '(') open.push({ repeats: false });
    else if (plain[i] === ')') {
      const group = open.pop();
      const repeated = /^\)(?:[+*]|\{\d+,\d*\})/.test(rest);
      if (group?.repeats && repeated) return true;
      const outer = open.at(-1);
      if (outer && (group?.repeats || repeated)) outer.repeats = true;
    } else if (/^(?:[+*]|\{\d+,\d*\})/.test(rest)) {
      const group = open.at(-1);
      if (group) group.repeats = true;
    }
  }
  return false;
}
