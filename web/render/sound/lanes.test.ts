import { expect, test } from 'vitest';
import { outputTime, sourceRange } from '../../core/time.ts';
import type { Segment } from '../../core/timeline.ts';
import { cutInLanes, portionCount, type Part } from './lanes.ts';
import type { PcmSource } from './pcm.ts';
import { exportRate } from './resampled.ts';

/** Sample n is n, so that every sample of the result tells where it is from. */
const ramp = (): PcmSource => ({
  sampleRate: exportRate,
  channels: 1,
  read: async (from, to) => [Float32Array.from({ length: to - from }, (_, i) => from + i)],
  close: async () => undefined,
});

/** Twelve stretches of 9 s with 1 s cut out between them: two to three make a portion. */
const segments: Segment[] = Array.from({ length: 12 }, (_, i) => ({
  source: sourceRange(i * 10, i * 10 + 9),
  output: { start: outputTime(i * 9), end: outputTime(i * 9 + 9) },
  speed: 1,
}));

async function heard(part?: Part): Promise<number[]> {
  const samples: number[] = [];
  for await (const [plane] of cutInLanes([ramp(), ramp(), ramp()], segments, undefined, part))
    for (let i = 0; i < plane!.length; i += 100) samples.push(plane![i]!);
  return samples;
}

test('parts of an edit after one another are the whole', async () => {
  const count = portionCount(segments);
  expect(count).toBeGreaterThan(3);
  const parts: number[] = [];
  for (let first = 0; first < count; first += 2) parts.push(...(await heard({ first, count: 2 })));
  const whole = await heard();
  expect(whole.length).toBeGreaterThan((12 * 9 * exportRate) / 100 - 100);
  expect(parts).toEqual(whole);
});
