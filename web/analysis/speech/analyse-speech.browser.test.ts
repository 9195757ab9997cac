import { beforeAll, expect, test } from 'vitest';
import type { SpeechEvidence } from '../../core/evidence.ts';
import { analyseSpeech } from './analyse-speech.ts';
import { detectVoice } from './voice-activity.ts';
import { voiceFromSamples } from './voice-file.ts';

const clip = '/test-shared/media/speech/jfk.wav';
/** Silence in front, noise behind: nothing may be heard there. */
const before = 1;
const after = 2;
/** As much of the clip is used, seconds. */
const used = 11;
const said =
  'and so my fellow americans ask not what your country can do for you ask what you can do for your country';
const job = { signal: new AbortController().signal, progress: () => undefined };
let speech: Int16Array | null = null;

beforeAll(async () => {
  const response = await fetch(clip);
  if (response.ok) speech = new Int16Array(await response.arrayBuffer(), 44, used * 16000);
  else console.warn('../shared/media is not there: speech is not tested on real voice');
});

/** A WAV file of 16-bit mono at 16 kHz. */
function wav(samples: Int16Array): File {
  const head = new DataView(new ArrayBuffer(44));
  const text = (at: number, s: string) =>
    [...s].forEach((c, i) => head.setUint8(at + i, c.charCodeAt(0)));
  text(0, 'RIFF');
  head.setUint32(4, 36 + samples.byteLength, true);
  text(8, 'WAVEfmt ');
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true);
  head.setUint16(22, 1, true);
  head.setUint32(24, 16000, true);
  head.setUint32(28, 32000, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  text(36, 'data');
  head.setUint32(40, samples.byteLength, true);
  return new File([head.buffer, samples.buffer as ArrayBuffer], 'voice.wav', { type: 'audio/wav' });
}

function noisy(length: number): Int16Array {
  let seed = 7;
  return Int16Array.from({ length }, () => {
    seed = (seed * 16807) % 2147483647;
    return (seed / 2147483647 - 0.5) * 1200;
  });
}

test('a real voice gives its words where they are spoken, and nothing in silence or noise', async ({
  skip,
}) => {
  if (!speech) return skip();
  const samples = new Int16Array(before * 16000 + speech.length + after * 16000);
  samples.set(speech, before * 16000);
  samples.set(noisy(after * 16000), before * 16000 + speech.length);
  const addresses: string[] = [];
  const observer = new PerformanceObserver((list) =>
    addresses.push(...list.getEntries().map((e) => e.name)),
  );
  observer.observe({ type: 'resource', buffered: true });

  const saved: unknown[] = [];
  const evidence: SpeechEvidence = await analyseSpeech(
    {
      file: wav(samples),
      trackIndex: 0,
      recordingId: 'speech-test',
      model: 'whisper-base',
      language: null,
      script: null,
    },
    {
      ...job,
      checkpoint: {
        load: () => Promise.resolve(null),
        save: (data) => Promise.resolve(void saved.push(data)),
      },
    },
  );

  const { words, silences, language } = evidence;
  expect(language).toBe('en');
  expect(words.map((w) => w.text.toLowerCase().replace(/[^a-z]/g, '')).join(' ')).toBe(said);
  // Edges read off the waveform by eye.
  const find = (text: string, nth = 0) => words.filter((w) => w.text.startsWith(text))[nth]!;
  expect(Math.abs(find('Americans').end - before - 2.17)).toBeLessThan(0.08);
  expect(Math.abs(find('ask').start - before - 3.28)).toBeLessThan(0.08);
  expect(Math.abs(find('what').start - before - 5.38)).toBeLessThan(0.1);
  expect(words.every((w, i) => w.end > w.start && (i === 0 || w.start >= words[i - 1]!.end))).toBe(
    true,
  );
  // The pause after "Americans" and the silence in front are found nearly whole.
  const covered = (from: number, to: number) =>
    silences.reduce(
      (sum, s) => sum + Math.max(0, Math.min(to, s.end) - Math.max(from, s.start)),
      0,
    );
  expect(covered(0, before)).toBeGreaterThan(before - 0.1);
  expect(covered(before + 2.2, before + 3.25)).toBeGreaterThan(0.95);
  const end = before + used;
  expect(covered(end + 0.3, end + after)).toBeGreaterThan(1.4);
  observer.disconnect();
  expect(addresses.filter((a) => !a.startsWith(location.origin) && !a.startsWith('data:'))).toEqual(
    [],
  );
});

test('a recording in which nobody speaks has no words', async () => {
  const voice = voiceFromSamples(Float32Array.from(noisy(3 * 16000), (v) => v / 32768));
  const { speech: ranges } = await detectVoice(voice, job);
  expect(ranges).toEqual([]);
});
