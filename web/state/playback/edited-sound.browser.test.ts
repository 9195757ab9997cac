import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';
import { expect, test } from 'vitest';
import { outputTime, sourceRange, sourceTime } from '../../core/time.ts';
import { TimeMap } from '../../core/timeline.ts';
import { EditedSound } from './edited-sound.ts';
import type { SoundTrack } from './pcm-reader.ts';
import { Stretch } from './stretch.ts';
import { amplitude, makeWav, sampleRate, tone } from './test-clip.ts';

const duration = 8;
async function soundTrack(rate = sampleRate): Promise<SoundTrack> {
  const source = new BufferSource(await makeWav(duration, amplitude, rate));
  const track = await new Input({ source, formats: ALL_FORMATS }).getPrimaryAudioTrack();
  return { track: track!, offset: 0 };
}
// Lengths that are no whole number of periods, so that a hard joint would jump.
const cuts = [
  sourceRange(1, 1.5004),
  sourceRange(2.0011, 2.2007),
  sourceRange(2.5, 4.7003),
  sourceRange(6, 6.0907),
];
const map = new TimeMap(sourceTime(duration), cuts);

async function readAll(sound: { read(n: number): Promise<Float32Array[]> }, seconds: number) {
  const all: number[] = [];
  // Chunks that do not divide anything evenly: joints fall inside and between them.
  for (const chunk = 4001; all.length < seconds * sampleRate;)
    all.push(...(await sound.read(chunk))[0]!);
  return Float32Array.from(all.slice(0, Math.floor(seconds * sampleRate)));
}
const largestStep = (pcm: Float32Array) =>
  pcm.reduce((max, x, i) => (i ? Math.max(max, Math.abs(x - pcm[i - 1]!)) : 0), 0);
const sineStep = (amplitude * 2 * Math.PI * tone) / sampleRate;

test('gaps are skipped sample by sample and joints do not click', async () => {
  const pcm = await readAll(new EditedSound(await soundTrack(), map, 0, sampleRate), map.duration);
  // A jump at a hard joint would be up to 0.8. The fade adds the slope of its gain.
  expect(largestStep(pcm)).toBeLessThan(sineStep * 1.6);
  const joints = map.segments.slice(1).map((s) => s.output.start);
  for (let n = 0; n < pcm.length - 1; n += 7) {
    const out = n / sampleRate;
    if (joints.some((j) => Math.abs(j - out) < 0.006) || out > map.duration - 0.01) continue;
    const segment = map.segments.findLast((s) => s.output.start <= out)!;
    // Segments begin on a whole frame of the output and of the file.
    const source = map.toSource(outputTime(out));
    const expected = amplitude * Math.sin(2 * Math.PI * tone * source);
    expect(Math.abs(pcm[n]! - expected), `at ${out}, ${segment.source.start}`).toBeLessThan(
      sineStep * 1.1,
    );
  }
});

test('a hard joint of the same sound would jump: the measure can fail', async () => {
  const whole = await readAll(
    new EditedSound(await soundTrack(), new TimeMap(sourceTime(duration)), 0, sampleRate),
    duration,
  );
  const frame = (t: number) => Math.round(t * sampleRate);
  const hard = map.segments.flatMap((s) => [
    ...whole.subarray(frame(s.source.start), frame(s.source.end)),
  ]);
  expect(largestStep(Float32Array.from(hard))).toBeGreaterThan(sineStep * 2);
});

test('sound of another sample rate is resampled on the way', async () => {
  const track = await soundTrack(16_000);
  const pcm = await readAll(
    new EditedSound(track, new TimeMap(sourceTime(duration)), 0.5, sampleRate),
    2,
  );
  for (let n = 0; n < pcm.length; n += 13) {
    const expected = amplitude * Math.sin(2 * Math.PI * tone * (0.5 + n / sampleRate));
    expect(Math.abs(pcm[n]! - expected)).toBeLessThan(0.01);
  }
});

test.for([0.5, 1.5, 2])('at %s times the speed the pitch stays', async (rate) => {
  const sound = new EditedSound(
    await soundTrack(),
    new TimeMap(sourceTime(duration)),
    0,
    sampleRate,
  );
  const stretch = new Stretch((n) => sound.read(n), rate, sampleRate);
  const pcm = (await readAll(stretch, 2)).subarray(sampleRate / 2, 1.5 * sampleRate);
  let crossings = 0;
  for (let i = 1; i < pcm.length; i++) if (pcm[i - 1]! < 0 && pcm[i]! >= 0) crossings++;
  expect(crossings).toBeGreaterThan(tone * 0.99);
  expect(crossings).toBeLessThan(tone * 1.01);
  expect(largestStep(pcm)).toBeLessThan(sineStep * 1.3);
});
