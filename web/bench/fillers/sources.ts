/**
 * Where the bench's fillers come from. The network heard none of them in training: real
 * ones cut out of a telephone call, vowels of the host speaker drawn out, a formant synthesiser, and TTS voices.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sharedFolder } from '../../e2e/test-media-plugin.ts';
import type { SpokenWord } from './align-words.ts';
import { faded, rate, readSound, resampled, trimmed } from './sound.ts';

export interface FillerSound {
  source: 'natural' | 'own vowel' | 'formant' | 'spoken';
  samples: Float32Array;
}

/** Natural fillers of deepgram-audio.wav: from forced alignment, edges set on the level. */
export const naturalPlaces: [number, number][] = [
  [1.62, 1.98],
  [3.79, 4.12],
  [6.02, 6.36],
  [13.2, 13.48],
  [19.86, 20.2],
  [21.89, 22.34],
];

export function naturalFillers(): FillerSound[] {
  const call = readSound(path.join(sharedFolder, 'media/speech/deepgram-audio.wav'));
  return naturalPlaces.map(([start, end]) => ({
    source: 'natural',
    samples: faded(call.slice(start * rate, end * rate), 0.01),
  }));
}

/** "um", "uh", "er" of whatever TTS this machine has. Empty where it has none. */
export function spokenFillers(): FillerSound[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'fillers-'));
  const file = path.join(folder, 'a.wav');
  const voices: ((text: string) => [string, string[]])[] = [
    (t) => ['flite', ['-voice', 'rms', '--setf', 'duration_stretch=1.5', '-t', t, '-o', file]],
    (t) => ['flite', ['-voice', 'awb', '--setf', 'duration_stretch=1.3', '-t', t, '-o', file]],
    (t) => ['espeak-ng', ['-v', 'en-gb-scotland', '-s', '110', '-w', file, t]],
    (t) => ['espeak-ng', ['-v', 'en-us+f4', '-s', '105', '-w', file, t]],
  ];
  const found: FillerSound[] = [];
  for (const voice of voices) {
    for (const text of ['um', 'uh', 'er']) {
      try {
        const [command, args] = voice(text);
        execFileSync(command, args, { stdio: 'ignore' });
        found.push({ source: 'spoken', samples: faded(trimmed(readSound(file)), 0.008) });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  }
  rmSync(folder, { recursive: true });
  return found;
}

/** Words whose vowel is that of a filler. */
const open = new Set(['a', 'the', 'was', 'of', 'us', 'but', 'or', 'her', 'under', 'up', 'some']);

/**
 * The middle of such a vowel as the host speaks it, drawn out: pieces two pitch periods long are
 * overlapped, each where it fits best on the one before (WSOLA, Verhelst and Roelands 1993).
 */
export function ownVowel(
  host: Float32Array,
  words: readonly SpokenWord[],
  chance: () => number,
): FillerSound | null {
  const usable = words.filter((w) => open.has(w.text) && w.end - w.start > 0.09);
  const word = usable[Math.floor(chance() * usable.length)];
  if (!word) return null;
  const length = word.end - word.start;
  const from = word.text.length === 1 ? 0.2 : 0.45;
  const vowel = host.slice(
    (word.start + from * length) * rate,
    (word.start + (from + 0.45) * length) * rate,
  );
  const seconds = 0.22 + 0.4 * chance();
  const piece = 400;
  if (vowel.length < piece * 1.5) return null;
  const out = new Float32Array(Math.round(seconds * rate) + piece);
  let expected: Float32Array | null = null;
  for (let at = 0; at + piece < out.length; at += piece / 2) {
    const wanted = (at / out.length) * (vowel.length - piece);
    const best = bestFit(vowel, expected, wanted, piece);
    for (let i = 0; i < piece; i++) {
      out[at + i]! += vowel[best + i]! * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / piece));
    }
    expected = vowel.slice(best + piece / 2, best + piece);
  }
  return { source: 'own vowel', samples: faded(out.slice(piece / 2, -piece), 0.03) };
}

function bestFit(
  vowel: Float32Array,
  expected: Float32Array | null,
  wanted: number,
  piece: number,
): number {
  const last = vowel.length - piece;
  if (!expected) return 0;
  let best = 0;
  let most = -Infinity;
  for (let k = Math.max(0, wanted - 130); k <= Math.min(last, wanted + 130); k += 2) {
    const start = Math.floor(k);
    let product = 0;
    let power = 1e-9;
    for (let i = 0; i < piece / 2; i++) {
      product += vowel[start + i]! * expected[i]!;
      power += vowel[start + i]! ** 2;
    }
    const fit = product / Math.sqrt(power);
    if (fit > most) {
      most = fit;
      best = start;
    }
  }
  return best;
}

/** Source and filter: a train of pulses at the host's pitch through four resonances, "m" at the end or not. */
export function formantFiller(pitch: number, chance: () => number): FillerSound {
  const seconds = 0.2 + 0.5 * chance();
  const length = Math.round(seconds * rate);
  const nasal = chance() < 0.5;
  const bend = nasal ? 0.45 + 0.25 * chance() : 2;
  const source = new Float32Array(length);
  let next = 0;
  while (next < length) {
    source[Math.floor(next)] = 1 + 0.1 * (chance() - 0.5);
    const fall = 1 - (0.08 * next) / length;
    next += rate / (pitch * (0.95 + 0.02 * chance()) * fall);
  }
  const middle: [number, number][] = [
    [560 + 120 * chance(), 80],
    [1150 + 250 * chance(), 110],
    [2450, 160],
    [3400, 240],
  ];
  const closed: [number, number][] = [
    [260, 70],
    [1100, 300],
    [2300, 400],
    [3300, 500],
  ];
  const vowel = resonate(source, middle, chance);
  const hum = resonate(source, closed, chance);
  const out = vowel.map((v, i) => {
    const share = Math.max(0, Math.min(1, (i / length - bend) * 12));
    return v * (1 - share) + 0.5 * hum[i]! * share;
  });
  return { source: 'formant', samples: faded(out, 0.04) };
}

function resonate(
  source: Float32Array,
  formants: [number, number][],
  chance: () => number,
): Float32Array {
  // A glottal pulse falls by 12 dB an octave; the mouth gives 6 back.
  let low = 0;
  let signal = source.map((v) => (low = 0.92 * low + v + 0.004 * (chance() - 0.5)));
  for (const [hertz, width] of formants) {
    const r = Math.exp((-Math.PI * width) / rate);
    const c = 2 * r * Math.cos((2 * Math.PI * hertz) / rate);
    let [a, b] = [0, 0];
    signal = signal.map((v) => {
      const y = (1 - c + r * r) * v + c * a - r * r * b;
      b = a;
      return (a = y);
    });
  }
  const peak = signal.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-9);
  return signal.map((v) => v / peak);
}

/** Another speaker or mood of the same sound. */
export const varied = (filler: FillerSound, chance: () => number): FillerSound => ({
  ...filler,
  samples: resampled(filler.samples, 0.9 + 0.2 * chance()),
});
