/**
 * A second set that nothing was trained, fitted or chosen on: other speakers, fillers, places and
 * noise than those of `scenes.ts` and of the training. It is scored once per change, never to choose.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { wordAligner } from './align-words.ts';
import { noiseLevels, oneHost, placeFillers, type Host, type Scene } from './scenes.ts';
import {
  activeLevel,
  faded,
  random,
  rate,
  readSound,
  scaled,
  trimmed,
  withNoise,
} from './sound.ts';
import type { FillerSound } from './sources.ts';

const folder = path.join(import.meta.dirname, 'held-out');
/** Debian's `codec2-examples`: two more speakers, used where it is installed. */
const codec2 = '/usr/share/codec2';

interface Line {
  start: number;
  end: number;
  text: string;
}
const line = (start: number, end: number, text: string): Line => ({ start, end, text });

/** A reader of LibriVox, a reader of Beckett, a TTS voice; where from: `held-out/README.md`. */
const hosts: { name: string; file: string; lines: Line[] }[] = [
  {
    name: 'sonnet',
    file: path.join(folder, 'sonnet.opus'),
    lines: [
      line(0, 3.2, 'from fairest creatures we desire increase'),
      line(3.2, 5.96, 'that there by beauties rose might never die'),
      line(5.96, 9.28, 'but as the rye per should by time decease'),
      line(9.28, 11.76, 'his tender heir might bear his memory'),
      line(11.76, 15.84, 'but thou contracted to thine own bright eyes'),
      line(15.84, 18.6, 'making a famine where abundance lies'),
      line(18.6, 23.52, 'thy self thy foe to thy sweet self too cruel'),
      line(23.52, 27.52, "thou that art now the world's fresh ornament"),
      line(27.52, 29.72, 'and only herald to the gaudy spring'),
      line(29.72, 34.16, 'pity the world or else this gluttony be'),
      line(34.16, 39.32, "to eat the world's due by the grave and thee"),
    ],
  },
  {
    name: 'beckett',
    file: path.join(folder, 'beckett.opus'),
    lines: [line(0, 9.963, 'ever tried ever failed no matter try again fail again fail better')],
  },
  {
    name: 'joe',
    file: path.join(folder, 'joe.opus'),
    lines: [
      line(0, 2.519, 'today we look at how the report is put together'),
      line(2.519, 5.608, 'open the menu on the left and pick the second entry'),
      line(5.608, 8.94, 'the chart on this page is drawn again as soon as you change a value'),
      line(8.94, 12.527, 'drag the corner of the window until all of the columns are visible'),
      line(12.527, 16.115, 'when the up load has finished a small mark appears next to the file'),
      line(16.115, 19.075, 'you can send the link to your team or keep it for yourself'),
    ],
  },
  {
    name: 'harvard',
    file: path.join(codec2, 'raw/speech_orig_16k.wav'),
    lines: [
      line(
        0,
        10.8,
        "the birch canoe slid on the smooth planks glue the sheet to the dark blue background it's easy to tell the depth of a well four hours of steady work faced us",
      ),
    ],
  },
];

/** Of the TTS voice, one after the other; seconds. */
const spokenPlaces = [0, 0.395, 0.999, 1.312, 1.835, 2.241, 2.914, 3.367];
/**
 * "uh" of a radio amateur, as forced alignment alone places them: those between words and at least
 * 0.3 s long, whatever our networks think of them.
 */
const naturalPlaces: [number, number][] = [
  [27.08, 27.4],
  [35.44, 35.92],
  [36.5, 36.86],
  [40.44, 40.78],
  [42.13, 42.46],
  [58.68, 59.02],
  [60.38, 61.08],
  [72.44, 72.8],
  [74.26, 74.62],
  [76.71, 77.28],
  [93.74, 94.05],
  [99.45, 100],
];

/** Every scene at every level of noise. The same every time on a machine with the same hosts. */
export async function buildHeldOut(): Promise<Scene[]> {
  const align = await wordAligner();
  const known = hosts
    .filter((host) => existsSync(host.file))
    .map(({ name, file, lines }) => {
      const sound = readSound(file);
      const parts = lines.map(({ start, end, text }): Host => {
        const samples = sound.slice(start * rate, end * rate);
        return { name, samples, words: align(samples, text) ?? [] };
      });
      return oneHost(
        name,
        parts.filter((part) => part.words.length > 0),
      );
    });
  const spoken = spokenFillers();
  const natural = naturalFillers();
  const chance = random(2026);
  const clean = known.flatMap((host) =>
    [1, 2].map((round) =>
      placeFillers(
        `${host.name} ${round}`,
        host,
        natural.length ? natural : spoken,
        spoken,
        chance,
      ),
    ),
  );
  return noiseLevels.flatMap(({ name, ratio }) =>
    clean.map((scene, i) => {
      if (ratio === null) return scene;
      const length = scene.samples.length;
      const others = known.filter((host) => !scene.name.startsWith(host.name));
      const bed = i % 2 ? nextDoor(others, length) : office(length, random(77 + i));
      return { ...scene, noise: name, samples: withNoise(scene.samples, bed, ratio, 0) };
    }),
  );
}

function spokenFillers(): FillerSound[] {
  const sound = readSound(path.join(folder, 'joe-fillers.opus'));
  return spokenPlaces.slice(1).map((end, i) => {
    const samples = trimmed(sound.slice(spokenPlaces[i]! * rate, end * rate));
    return { source: 'spoken', samples: faded(samples, 0.008) };
  });
}

function naturalFillers(): FillerSound[] {
  const file = path.join(codec2, 'wav/ve9qrp.wav');
  if (!existsSync(file)) return [];
  const call = readSound(file);
  return naturalPlaces.map(([start, end]) => ({
    source: 'natural',
    samples: faded(call.slice(start * rate, end * rate), 0.01),
  }));
}

/** A fan with its tone, and someone who types: bursts of a few keys, each a knock and a click. */
function office(length: number, chance: () => number): Float32Array {
  const out = new Float32Array(length);
  let low = 0;
  const tone = (2 * Math.PI * (110 + 60 * chance())) / rate;
  for (let i = 0; i < length; i++) {
    low = 0.9 * low + 0.1 * (2 * chance() - 1);
    out[i] = low + 0.03 * Math.sin(tone * i);
  }
  for (let at = 0; at < length;) {
    at += Math.round((chance() < 0.15 ? 0.8 + chance() : 0.08 + 0.12 * chance()) * rate);
    const loud = 0.5 + chance();
    const body = (2 * Math.PI * (300 + 500 * chance())) / rate;
    for (let i = 0; i < 800 && at + i < length; i++) {
      const click =
        Math.exp(-i / 60) * (2 * chance() - 1) + 0.5 * Math.exp(-i / 200) * Math.sin(body * i);
      out[at + i]! += loud * click;
    }
  }
  return out;
}

/** The other speakers at once through a wall: backwards, low-passed. */
function nextDoor(others: readonly Host[], length: number): Float32Array {
  const out = new Float32Array(length);
  for (const { samples } of others) {
    const even = scaled(samples, 0.1 / activeLevel(samples)).reverse();
    for (let i = 0; i < length; i++) out[i]! += even[i % even.length]!;
  }
  let [a, b] = [0, 0];
  return out.map((v) => {
    a += 0.35 * (v - a);
    b += 0.35 * (a - b);
    return b;
  });
}
