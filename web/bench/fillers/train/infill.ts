/**
 * Finds the filler in sentences that a voice spoke with one in them, by forced alignment:
 * `node infill.ts work/data/fast.jsonl …` writes `work/data/infill.json` for `mix.py`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { wordAligner } from '../align-words.ts';
import { readSound } from '../sound.ts';

interface Spoken {
  file: string;
  kind: string;
  text: string;
}

const align = await wordAligner();
const spoken = process.argv.slice(2).flatMap((list) =>
  readFileSync(list, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Spoken),
);
const found = spoken.flatMap((row) => {
  if (row.kind !== 'infill') return [];
  const words = align(readSound(row.file), row.text);
  const filler = words?.find((word) => ['um', 'uh', 'er'].includes(word.text));
  return filler ? [{ ...row, start: filler.start, end: filler.end }] : [];
});
writeFileSync('work/data/infill.json', JSON.stringify(found));
console.log(`${found.length} of ${spoken.filter((row) => row.kind === 'infill').length} found`);
