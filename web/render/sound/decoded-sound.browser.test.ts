import { ALL_FORMATS, AudioSampleSink, BlobSource, Input } from 'mediabunny';
import { expect, test } from 'vitest';
import { makeClip } from '../clips.ts';
import { decodedSound } from './decoded-sound.ts';

async function trackOf(format: 'mp4' | 'webm', soundStart = 0) {
  const sound = (time: number) => 0.5 * Math.sin(2 * Math.PI * 440 * time);
  const file = await makeClip({ format, seconds: 4, channels: 2, sound, soundStart });
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  return { input, track: (await input.getPrimaryAudioTrack())! };
}

/** Start, samples, and the left channel of each. */
async function all(samples: ReturnType<typeof decodedSound>) {
  const seen: { at: number; plane: Float32Array }[] = [];
  for await (const sample of samples) {
    const plane = new Float32Array(sample.numberOfFrames);
    sample.copyTo(plane, { planeIndex: 0, format: 'f32-planar' });
    seen.push({ at: sample.timestamp, plane });
    sample.close();
  }
  return seen;
}

test.each([
  ['webm', 0],
  ['webm', 0.7],
  ['mp4', 0],
] as const)('is what mediabunny decodes: %s from %d s on', async (format, soundStart) => {
  const { input, track } = await trackOf(format, soundStart);
  try {
    for (const from of [0, 1.234]) {
      const ours = await all(decodedSound(track, from));
      const theirs = await all(new AudioSampleSink(track).samples(from));
      expect(theirs.length).toBeGreaterThan(0);
      // Both begin with the packet that sounds at `from`; mediabunny may leave one out before it.
      const same = ours.slice(-theirs.length);
      expect(ours.length - theirs.length).toBeLessThanOrEqual(1);
      expect(same.map(({ at }) => at)).toEqual(theirs.map(({ at }) => at));
      expect(same.at(-1)!.plane).toEqual(theirs.at(-1)!.plane);
    }
  } finally {
    input.dispose();
  }
});

test('holds nothing when it is left early', async () => {
  const { input, track } = await trackOf('webm');
  const samples = decodedSound(track, 0);
  const { value } = await samples.next();
  value!.close();
  await samples.return();
  expect(await samples.next()).toEqual({ value: undefined, done: true });
  input.dispose();
});
