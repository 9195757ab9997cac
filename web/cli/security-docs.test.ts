/** What docs/security.md and docs/asvs.md say is there, is there. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const requirements = path.join(root, '../shared/specs/asvs-5.0-requirements.txt');

/** Paths in backticks that begin with a folder of ours. */
const filesIn = (text: string) =>
  [...text.matchAll(/`((?:web|edge|extension|docs)\/[^`<>\s]+)`/g)].map(([, file]) => file!);

describe.each(['docs/security.md', 'docs/asvs.md', 'docs/incident.md', 'docs/backups.md'])(
  '%s',
  (page) => {
    test('names only files that are there', () => {
      const files = filesIn(read(page));
      expect(files.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
    });

    test('links only to pages that are there', () => {
      const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link]) => link!);
      const there = (link: string) => existsSync(path.join(root, 'docs', link));
      expect(links.filter((link) => !there(link))).toEqual([]);
    });
  },
);

test('every promise names a test', () => {
  const [, table = ''] =
    /## What we promise\n\n([\s\S]*?)\n\n/.exec(read('docs/security.md')) ?? [];
  const rows = table.split('\n').slice(2);
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) expect(row).toMatch(/\.(test|e2e)\.ts`/);
});

interface Row {
  level: string;
  state: string;
  why: string;
}

const rows = new Map<string, Row>(
  [...read('docs/asvs.md').matchAll(/^\| ([0-9.]+) \| ([12]) \| ([a-z ]+) \| (.*) \|$/gm)].map(
    ([, id, level, state, why]) => [id!, { level: level!, state: state!, why: why! }],
  ),
);

describe('docs/asvs.md', () => {
  test('says of every row what it is and why', () => {
    expect(rows.size).toBeGreaterThan(200);
    for (const [id, { state, why }] of rows) {
      expect(['met', 'not applicable', 'open'], id).toContain(state);
      expect(why.length, id).toBeGreaterThan(3);
    }
  });

  test('counts its rows right', () => {
    const count = (wanted: string) =>
      [...rows.values()].filter((row) => row.state === wanted).length;
    expect(read('docs/asvs.md')).toContain(
      `**${count('met')} met, ${count('not applicable')} not applicable, ${count('open')} open** of ${rows.size}.`,
    );
  });

  const isThere = existsSync(requirements);
  if (!isThere) console.warn('Skipped: ASVS requirements are not there (../shared/specs)');
  test.skipIf(!isThere)('has a row for every requirement of levels 1 and 2, and no other', () => {
    const wanted = readFileSync(requirements, 'utf8')
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .filter(([, , , level]) => level === '1' || level === '2')
      .map(([, id, , level]) => `${id} ${level}`);
    expect(wanted.length).toBe(253);
    expect([...rows].map(([id, { level }]) => `${id} ${level}`).sort()).toEqual(wanted.sort());
  });
});
