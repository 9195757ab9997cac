import { expect, test } from 'vitest';
import { checkRule, defaultPasswordRule, meetsRule } from './password-rule.ts';

test('twelve characters of any kind are enough by default', () => {
  expect(meetsRule('elevenchars', defaultPasswordRule)).toBe(false);
  expect(meetsRule('twelve chars', defaultPasswordRule)).toBe(true);
});

test('below twelve, three of the four kinds are needed', () => {
  const short = { minimumLength: 7, classes: 3 };
  expect(meetsRule('abcdefg1', short)).toBe(false);
  expect(meetsRule('Abcdefg1', short)).toBe(true);
  expect(meetsRule('Abc1', short)).toBe(false);
});

test('characters are counted, not the units that JavaScript keeps them in', () => {
  expect(checkRule('🗝️🗝️', defaultPasswordRule).length).toBe(4);
  expect(checkRule('äöü', defaultPasswordRule)).toMatchObject({ length: 3, kinds: 1 });
});
