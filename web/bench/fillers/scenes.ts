/** The set: clean speech with fillers put in at known places, at three levels of noise. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { joined } from '../../core/joined.ts';
import { sharedFolder } from '../../e2e/test-media-plugin.ts';
import { clips } from '../words/clips.ts';
import { wordAligner, type SpokenWord } from './align-words.ts';
import {
  activeLevel,
  faded,
  random,
  rate,
  readSound,
  scaled,
  silence,
  withNoise,
} from './sound.ts';
import {
  formantFiller,
  naturalFillers,
  ownVowel,
  spokenFillers,
  varied,
  type FillerSound,
} from './sources.ts';

export interface PlacedFiller {
  start: number;
  end: number;
  source: FillerSound['source'];
  where: 'in a sentence' | 'between sentences';
  touching: boolean;
}
export interface Scene {
  name: string;
  noise: string;
  samples: Float32Array;
  words: SpokenWord[];
  fillers: PlacedFiller[];
}
export interface Host {
  name: string;
  samples: Float32Array;
  words: SpokenWord[];
}

export const noiseLevels = [
  { name: 'clean', ratio: null },
  { name: '10 dB', ratio: 10 },
  { name: '5 dB', ratio: 5 },
] as const;
const noises = ['city', 'coffee-shop', 'train', 'wind', 'fireplace'];

/** Sentences as a narrated screen recording has them, for the TTS voices of this machine. */
const narration = [
  'Now we open the settings and look at the options for the account.',
  'Here you can change the name of the project and the title of the label.',
  'Click on the button in the upper right corner to add another person.',
  'After a moment the table shows all of the numbers for the last month.',
  'If something is wrong there is an error message under the field.',
  'Then we save our work and go back to the start page.',
];
const voices: { name: string; command: (text: string, file: string) => [string, string[]] }[] = [
  { name: 'flite rms', command: (t, f) => ['flite', ['-voice', 'rms', '-t', t, '-o', f]] },
  { name: 'flite awb', command: (t, f) => ['flite', ['-voice', 'awb', '-t', t, '-o', f]] },
  {
    name: 'espeak Scottish',
    command: (t, f) => ['espeak-ng', ['-v', 'en-gb-scotland', '-s', '150', '-w', f, t]],
  },
];

/** Every scene at every level of noise. The same every time. */
export async function buildScenes(): Promise<Scene[]> {
  const hosts = await readHosts();
  const natural = naturalFillers();
  const spoken = spokenFillers();
  const chance = random(8);
  const clean = hosts.flatMap((host) =>
    [1, 2].map((round) => placeFillers(`${host.name} ${round}`, host, natural, spoken, chance)),
  );
  const beds = noises.map((n) => ({
    name: n,
    samples: readSound(path.join(sharedFolder, `media/noise/${n}.ogg`)),
  }));
  return noiseLevels.flatMap(({ name, ratio }) =>
    clean.map((scene, i) => {
      const bed = beds[i % beds.length]!;
      const from = Math.floor(i * 3.7 * rate);
      const samples =
        ratio === null ? scene.samples : withNoise(scene.samples, bed.samples, ratio, from);
      return { ...scene, noise: name, samples };
    }),
  );
}

async function readHosts(): Promise<Host[]> {
  const align = await wordAligner();
  const clip = (file: string): Host => {
    const samples = readSound(path.join(sharedFolder, 'media/speech', file));
    const text = clips.find((c) => c.file === file)!.text;
    return { name: file, samples, words: align(samples, text) ?? [] };
  };
  const librivox = clips.filter((c) => c.file.startsWith('librivox')).map((c) => clip(c.file));
  const short = [clip('jfk.wav'), clip('librispeech-84-121550-0000.flac')];
  return [
    clip('moonshine-two_cities_16k.wav'),
    oneHost('librivox', librivox),
    ...short,
    ...voices.flatMap((voice) => narrated(voice, align) ?? []),
  ].filter((host) => host.words.length > 3);
}

function narrated(
  voice: (typeof voices)[number],
  align: (samples: Float32Array, text: string) => SpokenWord[] | null,
): Host | null {
  const folder = mkdtempSync(path.join(tmpdir(), 'voices-'));
  try {
    const parts = narration.map((text, i) => {
      const file = path.join(folder, `${i}.wav`);
      const [command, args] = voice.command(text, file);
      execFileSync(command, args, { stdio: 'ignore' });
      const samples = readSound(file);
      return { name: voice.name, samples, words: align(samples, text) ?? [] };
    });
    // Where its words are unknown, a cut through them would not be counted.
    return oneHost(
      voice.name,
      parts.filter((part) => part.words.length > 0),
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function oneHost(name: string, parts: Host[]): Host {
  const pieces: Float32Array[] = [];
  const words: SpokenWord[] = [];
  let at = 0;
  for (const part of parts) {
    const level = activeLevel(part.samples);
    const piece = joined([scaled(part.samples, 0.08 / level), silence(0.3)]);
    words.push(...part.words.map((w) => ({ ...w, start: w.start + at, end: w.end + at })));
    pieces.push(piece);
    at += piece.length / rate;
  }
  return { name, samples: joined(pieces), words };
}

/** Puts a filler in every few seconds: the four sources, the two places and the two ways by turns. */
export function placeFillers(
  name: string,
  host: Host,
  natural: FillerSound[],
  spoken: FillerSound[],
  chance: () => number,
): Scene {
  const level = activeLevel(host.samples);
  const pick = <T>(list: readonly T[]) => list[Math.floor(chance() * list.length)]!;
  const make = (turn: number): FillerSound | null => {
    if (turn % 4 === 0) return varied(pick(natural), chance);
    if (turn % 4 === 1) return ownVowel(host.samples, host.words, chance);
    if (turn % 4 === 2 && spoken.length > 0) return varied(pick(spoken), chance);
    return formantFiller(pitchOf(host.samples) * (0.8 + 0.2 * chance()), chance);
  };
  const pieces: Float32Array[] = [];
  const words: SpokenWord[] = [];
  const fillers: PlacedFiller[] = [];
  let [from, time, nextAt, turn] = [0, 0, 1 + 2 * chance(), Math.floor(chance() * 4)];
  const copyUntil = (until: number) => {
    const piece = host.samples.slice(from * rate, until * rate);
    pieces.push(piece);
    time += piece.length / rate;
    from = until;
  };
  host.words.forEach((word, i) => {
    words.push({ ...word, start: word.start + time - from, end: word.end + time - from });
    const next = host.words[i + 1];
    if (!next || word.end < nextAt) return;
    const between = next.start - word.end > 0.2;
    const filler = make(turn++);
    if (!filler) return;
    const touching = chance() < 0.5;
    const pause = () => silence(touching ? 0 : 0.12 + 0.3 * chance());
    copyUntil(word.end);
    const sound = faded(filler.samples, 0.006);
    const gain = (level / activeLevel(sound)) * 10 ** ((-6 * chance()) / 20);
    const before = pause();
    const start = time + before.length / rate;
    const after = pause();
    pieces.push(before, scaled(sound, gain), after);
    time = start + sound.length / rate;
    const where = between ? 'between sentences' : 'in a sentence';
    fillers.push({ start, end: time, source: filler.source, where, touching });
    time += after.length / rate;
    nextAt = word.end + 1.7 + 1.6 * chance();
  });
  copyUntil(host.samples.length / rate);
  return { name, noise: 'clean', samples: joined(pieces), words, fillers };
}

/** Median pitch by autocorrelation, Hz. */
function pitchOf(samples: Float32Array): number {
  const found: number[] = [];
  for (let at = 0; at + 1200 < samples.length; at += 3200) {
    let [best, most, power] = [0, 0, 1e-9];
    for (let i = 0; i < 640; i++) power += samples[at + i]! ** 2;
    if (power < 0.05) continue;
    for (let lag = 50; lag < 230; lag++) {
      let sum = 0;
      for (let i = 0; i < 640; i++) sum += samples[at + i]! * samples[at + i + lag]!;
      if (sum > most) [best, most] = [lag, sum];
    }
    if (most > 0.5 * power) found.push(rate / best);
  }
  return found.sort((a, b) => a - b)[Math.floor(found.length / 2)] ?? 120;
}
