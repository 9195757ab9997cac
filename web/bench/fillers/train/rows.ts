/**
 * Candidates with what speaks for them, for `fit.py`: runs the product's own stages over scenes with
 * known fillers. `node rows.ts bench|voices|narrations` writes `work/rows-<set>.json`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { hear } from '../../fillers.ts';
import { wordAligner, type SpokenWord } from '../align-words.ts';
import { buildScenes, oneHost, placeFillers, type PlacedFiller, type Scene } from '../scenes.ts';
import { faded, random, rate, readSound, trimmed, withNoise } from '../sound.ts';

interface Spoken {
  file: string;
  engine: string;
  voice: string;
  kind: string;
  text: string;
}
interface Narration {
  file: string;
  name: string;
  sentences: { text: string; at: number; samples: number }[];
}

/** Voices kept out of training, as `HOLD` of `sounds.py`. */
const held = /scotland|m7|klatt4|awb|rms|cmu_us_slt|f4/;
const sets: Record<string, () => Promise<Scene[]>> = {
  bench: buildScenes,
  voices: trainingVoices,
  narrations,
};

/** The voices of the training with fillers put in, a third of them at each level of noise. */
async function trainingVoices(): Promise<Scene[]> {
  const rows = ['fast', 'kokoro_1'].flatMap((name) =>
    lines<Spoken>(`work/data/${name}.jsonl`).filter((row) => !held.test(row.voice)),
  );
  const chance = random(99);
  const align = await wordAligner();
  const fillers = rows
    .filter((row) => row.kind.startsWith('iso'))
    .map((row) => faded(trimmed(readSound(row.file)), 0.008))
    .filter((sound) => sound.length > 0.1 * rate && sound.length < 0.75 * rate)
    .map((samples) => ({ source: 'spoken' as const, samples }));
  const babble = rows.filter((row) => row.engine === 'asterisk').slice(900, 1400);
  const voices = Map.groupBy(
    rows.filter((row) => row.kind === 'plain' && row.text),
    (row) => `${row.engine} ${row.voice}`,
  );
  const scenes: Scene[] = [];
  for (const [name, said] of voices) {
    const parts = said.slice(0, 6).map((row) => {
      const samples = readSound(row.file);
      return { name, samples, words: align(samples, row.text) ?? [] };
    });
    const known = parts.filter((part) => part.words.length > 2);
    if (known.length < 2) continue;
    const clean = placeFillers(name, oneHost(name, known), fillers, fillers, chance);
    const noise = bed(scenes.length % 4, clean.samples.length, babble, chance);
    const level = ([null, 10, 5] as const)[scenes.length % 3]!;
    const samples = level === null ? clean.samples : withNoise(clean.samples, noise, level, 0);
    scenes.push({ ...clean, noise: level === null ? 'clean' : `${level} dB`, samples });
  }
  return scenes;
}

/** White, brown, or three prompts at once. */
function bed(kind: number, length: number, babble: readonly Spoken[], chance: () => number) {
  const noise = new Float32Array(length);
  let last = 0;
  if (kind < 2) return noise.map(() => (last = (kind ? 0.98 * last : 0) + chance() - 0.5));
  for (let voice = 0; voice < 3; voice++)
    for (let at = 0; at < length;) {
      const sound = readSound(babble[Math.floor(chance() * babble.length)]!.file);
      for (const [i, v] of sound.subarray(0, length - at).entries()) noise[at + i]! += v;
      at += sound.length;
    }
  return noise;
}

/** Narrations of `narrate.py`; where the fillers are, forced alignment tells. */
async function narrations(): Promise<Scene[]> {
  const align = await wordAligner();
  const list = JSON.parse(readFileSync('work/scenes/narrations.json', 'utf8')) as Narration[];
  return list.map(({ file, name, sentences }) => {
    const samples = readSound(file);
    const spoken = sentences.flatMap(({ text, at, samples: length }) => {
      const from = Math.round(at * rate);
      const words = align(samples.subarray(from, from + length), text) ?? [];
      return words.map((w): SpokenWord => ({ ...w, start: w.start + at, end: w.end + at }));
    });
    const isFiller = (w: SpokenWord) => ['um', 'uh', 'er'].includes(w.text);
    const fillers = spoken.filter(isFiller).map(({ start, end }): PlacedFiller => ({
      start,
      end,
      source: 'spoken',
      where: 'in a sentence',
      touching: true,
    }));
    return { name, noise: 'clean', samples, words: spoken.filter((w) => !isFiller(w)), fillers };
  });
}

const lines = <T>(file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

const name = process.argv[2] ?? 'bench';
const results = await hear(await sets[name]!(), 'whisper-base', false);
writeFileSync(
  `work/rows-${name}.json`,
  JSON.stringify(
    results.map(({ scene, heard }) => ({ ...scene, samples: undefined, rows: heard.rows })),
  ),
);
