import { beforeAll, expect, test } from 'vitest';
import { overlap } from '../../../core/time.ts';
import { openAligner } from '../align.ts';
import { voiceRate } from '../types.ts';
import { voiceFromSamples } from '../voice-file.ts';
import { findFillers } from './find-fillers.ts';
import { hearBetween } from './signals.ts';

/** The published text leaves the fillers out; the sound has them. */
const said =
  "yeah as as much as it's worth celebrating the first spacewalk with an all female team i think many of us " +
  'are looking forward to it just being normal and i think if it signifies anything it is to honor the the ' +
  "women who came before us who were skilled and qualified and didn't get the same opportunities that we " +
  'have today';
/** Where forced alignment and the level put them. */
const natural = [
  [1.62, 1.98],
  [3.79, 4.12],
  [6.02, 6.36],
  [13.2, 13.48],
  [19.86, 20.2],
  [21.89, 22.34],
] as const;
const job = { signal: new AbortController().signal, progress: () => undefined };
let samples: Float32Array | null = null;

beforeAll(async () => {
  const response = await fetch('/test-shared/media/speech/deepgram-audio.wav');
  if (!response.ok) {
    console.warn('../shared/media is not there: fillers are not tested on real voice');
    return;
  }
  const context = new OfflineAudioContext(1, 1, voiceRate);
  const sound = await context.decodeAudioData(await response.arrayBuffer());
  samples = sound.getChannelData(0);
});

test('natural fillers of a telephone call are found, with few others', async ({ skip }) => {
  if (!samples) return skip();
  const aligner = (await openAligner('en'))!;
  try {
    const texts = said.split(' ');
    const arcs = aligner.align(samples, texts, { fillersBetweenWords: ['um', 'uh'] })!;
    const words = arcs
      .filter((arc) => arc.kind === 'word')
      .map(({ text, start, end }) => ({ text, start, end, confidence: 1 }));
    const voice = voiceFromSamples(samples);
    const aligned = await hearBetween(words, voice, aligner, job);
    const fillers = await findFillers(
      { voice, words, speech: [], language: 'en', aligned, encoder: null },
      job,
    );
    const sure = fillers.filter((f) => f.confidence >= 0.5);
    const found = natural.filter(([start, end]) =>
      sure.some((f) => overlap(f, { start, end }) > (end - start) / 2),
    );
    expect(found.length).toBeGreaterThanOrEqual(5);
    expect(sure.length).toBeLessThanOrEqual(14);
    for (const [i, f] of sure.entries()) {
      expect(f.end).toBeGreaterThan(f.start);
      expect(f.start).toBeGreaterThanOrEqual(sure[i - 1]?.end ?? 0);
    }
  } finally {
    aligner.close();
  }
});

test('silence and a steady hum have no fillers', async () => {
  const hum = Float32Array.from(
    { length: 6 * voiceRate },
    (_, i) => 0.02 * Math.sin((2 * Math.PI * 50 * i) / voiceRate),
  );
  for (const sound of [hum, new Float32Array(3 * voiceRate), new Float32Array(100)]) {
    const input = {
      voice: voiceFromSamples(sound),
      words: [],
      speech: [],
      language: 'en',
      aligned: null,
      encoder: null,
    };
    const sure = (await findFillers(input, job)).filter((f) => f.confidence >= 0.5);
    expect(sure).toEqual([]);
  }
});
