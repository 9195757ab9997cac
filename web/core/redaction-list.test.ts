import { describe, expect, it } from 'vitest';
import { AppError } from './errors.ts';
import { privateKinds } from './private-text.ts';
import {
  elementsBySite,
  emptyRedactionList,
  mergeLists,
  readRedactionFile,
  readRedactionList,
  rulesOf,
  withElement,
  withoutElement,
  withoutPattern,
  withPattern,
  writeRedactionFile,
  type RedactionList,
} from './redaction-list.ts';

const list: RedactionList = {
  version: 1,
  on: true,
  kinds: { phone: false },
  canvas: true,
  typed: false,
  patterns: [
    { name: 'Customer', source: 'C-\\d{6}', on: true },
    { name: 'Project', source: 'falcon', ignoreCase: true, on: false },
  ],
  elements: [
    { site: 'shop.example', selector: '#salary', label: 'Salary' },
    { site: 'app.example', selector: 'my-card >>> .name', label: 'Name' },
  ],
};
const codeOf = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    return (error as AppError).code;
  }
  return 'none';
};

describe('what recorders get of it', () => {
  it('is nothing while it is off', () => {
    expect(rulesOf({ ...list, on: false })).toBe(null);
    expect(rulesOf(emptyRedactionList)).toBe(null);
  });
  it('is what is on', () => {
    expect(rulesOf(list)).toEqual({
      kinds: ['email', 'card', 'iban', 'key'],
      patterns: [{ name: 'Customer', source: 'C-\\d{6}' }],
      selectors: [
        { site: 'shop.example', selector: '#salary' },
        { site: 'app.example', selector: 'my-card >>> .name' },
        { site: '*', selector: 'canvas' },
      ],
      fields: 'matching',
    });
    expect(rulesOf({ ...emptyRedactionList, on: true, typed: true })).toMatchObject({
      kinds: [...privateKinds],
      selectors: [],
      fields: 'all',
    });
  });
});

describe('changes', () => {
  it('has one pattern of an expression, and one element of a place', () => {
    const twice = withPattern(list, { name: 'Client', source: 'C-\\d{6}', on: true });
    expect(twice.patterns.map(({ name }) => name)).toEqual(['Project', 'Client']);
    expect(withoutPattern(twice, 'falcon').patterns).toHaveLength(1);
    const [first] = list.elements;
    const again = withElement(list, { ...first!, label: 'Pay' });
    expect(again.elements.map(({ label }) => label)).toEqual(['Name', 'Pay']);
    expect(withoutElement(again, first!).elements.map(({ label }) => label)).toEqual(['Name']);
  });
  it('lists elements by site', () => {
    expect(elementsBySite(list).map(({ site }) => site)).toEqual(['app.example', 'shop.example']);
  });
  it('hides more and never less after another list came in', () => {
    const merged = mergeLists(list, {
      ...emptyRedactionList,
      kinds: { email: false },
      patterns: [
        { name: 'Project', source: 'falcon', on: true },
        { name: 'Customer', source: 'C-\\d{6}', on: false },
      ],
      elements: [{ site: 'x.example', selector: 'p', label: '' }],
    });
    expect(rulesOf(merged)).toMatchObject({ kinds: [...privateKinds], fields: 'matching' });
    expect(merged.patterns.every(({ on }) => on)).toBe(true);
    expect(merged.elements).toHaveLength(3);
    expect(merged.canvas).toBe(true);
  });
});

describe('files', () => {
  it('come back as they were written', () => {
    expect(readRedactionFile(writeRedactionFile(list))).toEqual(list);
  });
  it('of plain rules without a version are taken over', () => {
    const rules = rulesOf(list)!;
    expect(rulesOf(readRedactionList(rules))).toEqual(rules);
    expect(readRedactionList({ patterns: [{ source: 'x1' }] })).toEqual({
      ...emptyRedactionList,
      on: true,
      patterns: [{ name: 'x1', source: 'x1', on: true }],
    });
  });
  it('that are none are refused with a reason', () => {
    const file = (change: object) => JSON.stringify({ format: 'cairn-redaction', ...change });
    expect(codeOf(() => readRedactionFile('no'))).toBe('rules-unreadable');
    expect(codeOf(() => readRedactionFile('{"version":1}'))).toBe('rules-unreadable');
    expect(codeOf(() => readRedactionFile(file({ version: 2 })))).toBe('rules-newer');
    expect(codeOf(() => readRedactionFile(file({ version: 1, patterns: {} })))).toBe(
      'rules-unreadable',
    );
    expect(codeOf(() => readRedactionFile(file({ version: 1, elements: [{ site: 'a' }] })))).toBe(
      'rules-unreadable',
    );
    const slow = file({ version: 1, patterns: [{ name: 'Bad one', source: '(a+)+' }] });
    expect(() => readRedactionFile(slow)).toThrow(
      expect.objectContaining({ code: 'rules-pattern', details: { name: 'Bad one' } }),
    );
  });
});
