/** Whether a new password may be used. Asked at sign-up, reset and change, and nowhere else. */
import type { PasswordRule } from '../../contract/policy.ts';
import { breachedFilter } from './breached.ts';
import { canonical, isInFilter } from './filter.ts';

export const longestPassword = 128;
/** Below this no rule of a workspace may go. */
export const shortestEver = 7;

export type PasswordComplaint =
  'password-too-short' | 'password-too-long' | 'password-too-plain' | 'password-common';

/** Words that everybody guesses first here (ASVS 6.1.2); the person's own name and address join them. */
const contextWords = [
  ...['cairn', 'password', 'passwort', 'welcome', 'letmein', 'recording', 'article', 'login'],
  ...['spring', 'summer', 'autumn', 'winter', 'monday', 'friday', 'january', 'december'],
];
const years = /(19|20)\d\d/g;

/** Small letters, capital letters, digits, and all else. */
const classes = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{Ll}\p{Lu}\p{N}]/u];

const characters = (text: string) => [...text.normalize('NFKC')];

let filter: Uint8Array | null = null;
const breached = () => (filter ??= Uint8Array.from(atob(breachedFilter), (c) => c.charCodeAt(0)));

const rows = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
const sequences = rows.flatMap((row) => [row, [...row].reverse().join('')]);

/**
 * What is left to guess: runs of one sign or along a row of the keyboard count once, a part that is
 * said again counts once, and so does each word that everybody guesses.
 */
function surpriseOf(password: string, words: readonly string[]): number {
  let rest = canonical(password).replace(years, '\u0000');
  for (const word of words) rest = rest.replaceAll(word, '\u0000');
  rest = rest.replace(/(.{1,6}?)\1+/gu, '$1');
  const signs = [...rest];
  return signs.filter((sign, i) => {
    const pair = `${signs[i - 1] ?? ''}${sign}`;
    return i === 0 || !sequences.some((row) => row.includes(pair));
  }).length;
}

const leastSurprise = 5;

/** Words of at least four letters in a name or an address. */
const wordsOf = (texts: readonly string[]) =>
  texts.flatMap((text) => canonical(text).split(/[^\p{L}\p{N}]+/u)).filter((w) => w.length >= 4);

/**
 * Null when the password is good by `rule`; else the first thing wrong with it. `about`: name and
 * address of the person. Whatever rule comes in, less than seven characters never pass, and less than
 * twelve only with three classes.
 */
export async function checkPassword(
  password: string,
  rule: PasswordRule,
  about: readonly string[] = [],
): Promise<PasswordComplaint | null> {
  const { length } = characters(password);
  if (length < Math.max(rule.minimumLength, shortestEver)) return 'password-too-short';
  if (length > longestPassword) return 'password-too-long';
  const needed = length < 12 ? Math.max(rule.classes, 3) : rule.classes;
  if (classes.filter((kind) => kind.test(password)).length < needed) return 'password-too-plain';
  const words = [...contextWords, ...wordsOf(about)];
  if (surpriseOf(password, words) < leastSurprise) return 'password-common';
  return (await isInFilter(breached(), password)) ? 'password-common' : null;
}
