import { expect, test } from 'vitest';
import type { JobContext } from '../../../core/progress.ts';
import { sourceTime } from '../../../core/time.ts';
import type { Tensor } from '../runtime.ts';
import { readWindow } from '../transcribe.ts';
import { activityFrame, levelFrame, voiceRate, type VoiceActivity } from '../types.ts';
import { voiceFromSamples } from '../voice-file.ts';
import { halves, packWindows } from '../windows.ts';
import { EncoderEar } from './encoder-ear.ts';

const job: JobContext = { signal: new AbortController().signal, progress: () => undefined };
const seconds = 70;
const samples = Float32Array.from({ length: seconds * voiceRate }, (_, i) => Math.sin(i * i));
const voice = voiceFromSamples(samples);
const range = (start: number, end: number) => ({ start: sourceTime(start), end: sourceTime(end) });
const activity: VoiceActivity = {
  speech: [range(2, 20), range(24, 41), range(50, 60)],
  probabilities: new Float32Array(seconds / activityFrame).fill(0.9),
  levels: new Float32Array(seconds / levelFrame).fill(-20),
  excess: new Float32Array(seconds / levelFrame).fill(20),
};

/** Makes of the sound something that depends on it, and counts. */
function fakeWhisper() {
  const whisper = {
    calls: 0,
    encode: (sound: Float32Array): Promise<Tensor> => {
      whisper.calls++;
      const data = Float32Array.from({ length: 1500 * 512 }, (_, i) => {
        return 4 * Math.sin(i) * (sound[Math.floor(i / 512) * 320] ?? 0);
      });
      return Promise.resolve({ data } as unknown as Tensor);
    },
  };
  return whisper;
}

test('what is encoded anyway is heard, and nothing is encoded twice', async () => {
  const windows = packWindows(activity, voice.duration);
  expect(windows.length).toBeGreaterThan(1);
  const alone = fakeWhisper();
  const complete = await (await EncoderEar.open('whisper-base', voice, activity))!.finish(
    alone,
    job,
  );
  expect(alone.calls).toBe(windows.length);

  const whisper = fakeWhisper();
  const ear = (await EncoderEar.open('whisper-base', voice, activity))!;
  // A second try in halves is none of the windows.
  for (const window of [windows[1]!, ...halves(windows[1]!, activity)])
    ear.hear(window, await whisper.encode(await readWindow(window, voice)));
  const before = whisper.calls;
  const track = await ear.finish(whisper, job);
  expect(whisper.calls - before).toBe(windows.length - 1);
  expect(track).toEqual(complete);
});

test('it has heard the speech and a little around it, at its place in the recording', async () => {
  const ear = (await EncoderEar.open('whisper-base', voice, activity))!;
  const { heard, filler, speech } = await ear.finish(fakeWhisper(), job);
  expect(heard).toHaveLength(seconds * 50);
  const at = (time: number) => heard[Math.floor(time * 50)];
  expect([1, 1.9, 20.2, 22, 23.8, 45, 55, 61].map(at)).toEqual([0, 1, 1, 0, 1, 0, 1, 0]);
  for (const [i, p] of filler.entries()) {
    expect(p + speech[i]!).toBeLessThanOrEqual(1.0001);
    if (!heard[i]) expect(p).toBe(0);
  }
});

test('a model that no network was trained for is not listened to', async () => {
  expect(await EncoderEar.open('another', voice, activity)).toBeNull();
});
