/** The list of what a person hides: as it is kept, changed and handed on. `rulesOf` is what the pages get of it. */
import { AppError } from './errors.ts';
import { privateKinds, type PrivateKind } from './private-text.ts';
import {
  checkPattern,
  type RedactionPattern,
  type RedactionRules,
  type RedactionSelector,
} from './redaction.ts';

/** Known by its expression: a list has no two of the same. */
export interface ListedPattern extends RedactionPattern {
  on: boolean;
}

/** Known by its site and selector. */
export interface ListedElement extends RedactionSelector {
  /** What the person sees of it, or empty; never text that it hides. */
  label: string;
}

export interface RedactionList {
  version: 1;
  /** Whether recordings hide anything. */
  on: boolean;
  /** A kind that is not named is on: one that is new hides more, not less. */
  kinds: Partial<Record<PrivateKind, boolean>>;
  /** Everything that scripts draw: charts, maps, documents on a canvas. */
  canvas: boolean;
  /** Everything typed in fields, whatever it is. */
  typed: boolean;
  patterns: ListedPattern[];
  elements: ListedElement[];
}

export const emptyRedactionList: RedactionList = {
  version: 1,
  on: false,
  kinds: {},
  canvas: false,
  typed: false,
  patterns: [],
  elements: [],
};

/** What a file of it says in front. */
const format = 'cairn-redaction';
const version = 1;
/** So that a page is not searched for thousands of expressions. */
const mostPatterns = 200;
const mostElements = 2000;

export const hidesKind = (list: RedactionList, kind: PrivateKind): boolean =>
  list.kinds[kind] !== false;

/** Null where nothing is hidden. */
export function rulesOf(list: RedactionList): RedactionRules | null {
  if (!list.on) return null;
  return {
    kinds: privateKinds.filter((kind) => hidesKind(list, kind)),
    patterns: list.patterns
      .filter(({ on }) => on)
      .map(({ name, source, ignoreCase }) => ({
        name,
        source,
        ...(ignoreCase ? { ignoreCase } : {}),
      })),
    selectors: [
      ...list.elements.map(({ site, selector }) => ({ site, selector })),
      ...(list.canvas ? [{ site: '*', selector: 'canvas' }] : []),
    ],
    fields: list.typed ? 'all' : 'matching',
  };
}

/** Over one of the same expression. */
export const withPattern = (list: RedactionList, pattern: ListedPattern): RedactionList => ({
  ...list,
  patterns: [...list.patterns.filter(({ source }) => source !== pattern.source), pattern],
});

export const withoutPattern = (list: RedactionList, source: string): RedactionList => ({
  ...list,
  patterns: list.patterns.filter((pattern) => pattern.source !== source),
});

const sameElement = (a: RedactionSelector, b: RedactionSelector) =>
  a.site === b.site && a.selector === b.selector;

export const withElement = (list: RedactionList, element: ListedElement): RedactionList => ({
  ...list,
  elements: [...list.elements.filter((other) => !sameElement(other, element)), element],
});

export const withoutElement = (list: RedactionList, element: RedactionSelector): RedactionList => ({
  ...list,
  elements: list.elements.filter((other) => !sameElement(other, element)),
});

/** Sites in order of the alphabet, each with its elements in the order they were picked. */
export function elementsBySite(list: RedactionList): { site: string; elements: ListedElement[] }[] {
  const sites = new Map<string, ListedElement[]>();
  for (const element of list.elements) {
    sites.set(element.site, [...(sites.get(element.site) ?? []), element]);
  }
  return [...sites]
    .map(([site, elements]) => ({ site, elements }))
    .sort((a, b) => a.site.localeCompare(b.site));
}

/** Both together: what either hides is hidden, and nothing is hidden less than before. */
export function mergeLists(own: RedactionList, other: RedactionList): RedactionList {
  const kinds = Object.fromEntries(
    privateKinds.map((kind) => [kind, hidesKind(own, kind) || hidesKind(other, kind)]),
  );
  const merged: RedactionList = {
    ...own,
    on: own.on || other.on,
    kinds,
    canvas: own.canvas || other.canvas,
    typed: own.typed || other.typed,
  };
  const withPatterns = other.patterns.reduce((list, pattern) => {
    const known = list.patterns.find(({ source }) => source === pattern.source);
    return withPattern(list, { ...pattern, on: pattern.on || (known?.on ?? false) });
  }, merged);
  return other.elements.reduce(withElement, withPatterns);
}

export const writeRedactionFile = (list: RedactionList): string =>
  `${JSON.stringify({ format, ...list }, null, 2)}\n`;

/** Throws AppErrors: `rules-unreadable`, `rules-newer`, `rules-pattern` (with the pattern's name). */
export function readRedactionFile(text: string): RedactionList {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AppError('rules-unreadable', 'not JSON', { cause: error });
  }
  if (!isObject(value) || value['format'] !== format)
    throw new AppError('rules-unreadable', 'another kind of file');
  const list = readRedactionList(value);
  for (const { name, source } of list.patterns) {
    if (checkPattern(source) !== 'ok')
      throw new AppError('rules-pattern', source, { details: { name } });
  }
  return list;
}

/** From what was kept or handed on, of any version up to this one. Throws as `readRedactionFile`. */
export function readRedactionList(value: unknown): RedactionList {
  if (!isObject(value)) throw new AppError('rules-unreadable', 'no list');
  const from = value['version'] ?? 0;
  if (typeof from !== 'number') throw new AppError('rules-unreadable', 'no version');
  if (from > version) throw new AppError('rules-newer');
  const current = from === 0 ? fromPlainRules(value) : value;
  const { on, kinds, canvas, typed, patterns, elements } = current;
  return {
    version,
    on: on === true,
    kinds: readKinds(kinds),
    canvas: canvas === true,
    typed: typed === true,
    patterns: readAll(patterns, readPattern, mostPatterns),
    elements: readAll(elements, readElement, mostElements),
  };
}

type Loose = Record<string, unknown>;
const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Without a version: the rules as recorders take them, written by hand or by a program. */
function fromPlainRules(rules: Loose): Loose {
  const { kinds, patterns, selectors, fields } = rules;
  return {
    on: true,
    kinds: Array.isArray(kinds)
      ? Object.fromEntries(privateKinds.map((kind) => [kind, kinds.includes(kind)]))
      : {},
    typed: fields === 'all',
    patterns,
    elements: selectors,
  };
}

function readKinds(value: unknown): RedactionList['kinds'] {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    privateKinds.flatMap((kind) =>
      typeof value[kind] === 'boolean' ? [[kind, value[kind]] as const] : [],
    ),
  );
}

function readAll<T>(value: unknown, read: (each: Loose) => T | null, most: number): T[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > most)
    throw new AppError('rules-unreadable', 'no list, or too long');
  return value.map((each) => {
    const item = isObject(each) ? read(each) : null;
    if (item === null) throw new AppError('rules-unreadable', 'a rule that is none');
    return item;
  });
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function readPattern({ name, source, ignoreCase, on }: Loose): ListedPattern | null {
  if (!isText(source)) return null;
  return {
    name: isText(name) ? name : source,
    source,
    ...(ignoreCase === true ? { ignoreCase } : {}),
    on: on !== false,
  };
}

function readElement({ site, selector, label }: Loose): ListedElement | null {
  if (!isText(site) || !isText(selector)) return null;
  return { site, selector, label: isText(label) ? label : '' };
}
