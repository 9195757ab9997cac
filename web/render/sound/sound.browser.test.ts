import {
  ALL_FORMATS,
  BlobSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  Input,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat,
} from 'mediabunny';
import { describe, expect, it } from 'vitest';
import { sourceRange, sourceTime } from '../../core/time.ts';
import { TimeMap } from '../../core/timeline.ts';
import { babble, makeClip } from '../clips.ts';
import { integratedLoudness, LoudnessMeter } from './loudness.ts';
import { Limiter } from './limiter.ts';
import { TrackReader, type Planes } from './pcm.ts';
import { renderSound, type SoundJob, type SoundReport } from './render-sound.ts';
import { resampled } from './resampled.ts';
import { reach, truePeak } from './true-peak.ts';

const rate = 48_000;

/** Renders, writes a file, and decodes what a player would hear. */
async function hear(
  recording: File,
  map: TimeMap,
  options: Partial<SoundJob> = {},
): Promise<{ planes: Planes; report: Partial<SoundReport>; end: number }> {
  const report: Partial<SoundReport> = {};
  const codec = options.codec ?? 'aac';
  const target = new BufferTarget();
  const output = new Output({
    format: codec === 'aac' ? new Mp4OutputFormat() : new WebMOutputFormat(),
    target,
  });
  const source = new EncodedAudioPacketSource(codec);
  output.addAudioTrack(source);
  await output.start();
  const job = {
    recording,
    tracks: [0],
    cleanSound: null,
    segments: map.segments,
    normalise: false,
    loudness: null,
    codec,
  };
  let end = 0;
  for await (const { config, packets } of renderSound({ ...job, ...options }, report)) {
    for (const packet of packets) {
      end = packet.timestamp + packet.duration;
      await source.add(new EncodedPacket(packet.data, 'key', packet.timestamp, packet.duration), {
        decoderConfig: config,
      });
    }
  }
  await output.finalize();
  using input = new Input({
    source: new BlobSource(new Blob([target.buffer!])),
    formats: ALL_FORMATS,
  });
  const reader = await TrackReader.open((await input.getPrimaryAudioTrack())!);
  const planes = await resampled(reader).read(0, Math.round(map.duration * rate));
  await reader.close();
  return { planes, report, end };
}

const mapOf = (duration: number, ...cuts: [number, number][]) =>
  new TimeMap(
    sourceTime(duration),
    cuts.map(([start, end]) => sourceRange(start, end)),
  );

/** Samples by which `heard` lags behind `wanted`, by correlation around `at`. */
function lag(
  heard: Float32Array,
  wanted: (sample: number) => number,
  at: number,
  length = 4800,
): number {
  let best = { lag: 0, product: -Infinity };
  for (let shift = -1500; shift <= 1500; shift++) {
    let product = 0;
    for (let i = at; i < at + length; i++) product += (heard[i + shift] ?? 0) * wanted(i);
    if (product > best.product) best = { lag: shift, product };
  }
  return best.lag;
}

const loudnessOf = (planes: Planes): number => {
  const meter = new LoudnessMeter(planes.length);
  meter.push(planes);
  return integratedLoudness(meter.energies);
};

function highest(plane: Float32Array): number {
  return 20 * Math.log10(truePeak(plane, reach, plane.length - reach));
}

describe('the sound of an edit', () => {
  it.each(['aac', 'opus'] as const)(
    'comes out of %s at its time, before and behind a cut',
    async (codec) => {
      const chirp = (t: number) => 0.3 * Math.sin(2 * Math.PI * (300 * t + 150 * t * t));
      const clip = await makeClip({ seconds: 4, sound: chirp });
      const { planes, end } = await hear(clip, mapOf(4, [1.2345, 2.0]), { codec });
      expect(end).toBeCloseTo(4 - (2 - 1.2345), codec === 'aac' ? 6 : 2);
      expect(lag(planes[0]!, (i) => chirp(i / rate), 24_000)).toBe(0);
      expect(lag(planes[0]!, (i) => chirp(i / rate + 2 - 1.2345), 72_000)).toBe(0);
    },
  );

  it('has no click at a cut', async () => {
    // Cut where the wave would jump from crest to trough.
    const tone = (t: number) => 0.5 * Math.sin(2 * Math.PI * 200 * t);
    const clip = await makeClip({ seconds: 3, sound: tone });
    const { planes } = await hear(clip, mapOf(3, [1.00125, 1.50375]));
    const [plane] = planes;
    let steepest = 0;
    for (let i = 47_000; i < 49_500; i++)
      steepest = Math.max(steepest, Math.abs(plane![i]! - plane![i - 1]!));
    // The tone itself rises by at most 2 pi 200 / 48000 * 0.5 = 0.013 a sample; a bare jump would be 1.
    expect(steepest).toBeLessThan(0.03);
  });

  it('reaches -16 LUFS with true peaks below -1 dB from a quiet voice', async () => {
    const clip = await makeClip({ seconds: 12, sound: (t) => 0.1 * babble(t) });
    const { planes, report } = await hear(clip, mapOf(12, [3, 4]), { normalise: true });
    expect(loudnessOf(planes)).toBeGreaterThan(-16.5);
    expect(loudnessOf(planes)).toBeLessThan(-15.5);
    expect(highest(planes[0]!)).toBeLessThan(-1);
    expect(report.gain).toBeGreaterThan(10);
  });

  it('keeps silence silent', async () => {
    const clip = await makeClip({ seconds: 2, sound: () => 0 });
    const { planes, report } = await hear(clip, mapOf(2), { normalise: true });
    expect(report.gain).toBe(0);
    expect(Math.max(...planes[0]!)).toBeLessThan(1e-4);
  });

  it('puts silence before a track that starts late', async () => {
    const clip = await makeClip({
      seconds: 3,
      soundStart: 1,
      sound: () => 0.25 * Math.random() - 0.125,
    });
    const { planes, end } = await hear(clip, mapOf(3, [0, 0.5]));
    expect(end).toBeCloseTo(2.5, 6);
    const level = (from: number, to: number) =>
      Math.max(...planes[0]!.subarray(from * rate, to * rate).map(Math.abs));
    expect(level(0, 0.47)).toBeLessThan(0.01);
    expect(level(0.55, 2.4)).toBeGreaterThan(0.05);
  });

  it('writes equal sides as mono, different ones as stereo, and folds 5.1', async () => {
    const map = mapOf(1);
    const same = await hear(await makeClip({ seconds: 1, channels: 2, sound: babble }), map, {
      normalise: true,
    });
    expect(same.report.channels).toBe(1);
    const sides = (t: number, c: number) => 0.2 * Math.sin(2 * Math.PI * (c === 0 ? 300 : 500) * t);
    const stereo = await hear(await makeClip({ seconds: 1, channels: 2, sound: sides }), map, {
      normalise: true,
    });
    expect(stereo.planes).toHaveLength(2);
    const centre = (t: number, c: number) => (c === 2 ? 0.4 * Math.sin(2 * Math.PI * 300 * t) : 0);
    const folded = await hear(await makeClip({ seconds: 1, channels: 6, sound: centre }), map);
    expect(folded.planes).toHaveLength(2);
    expect(Math.max(...folded.planes[0]!.subarray(10_000, 40_000))).toBeGreaterThan(0.1);
  });

  it('resamples without moving the sound', async () => {
    const chirp = (t: number) => 0.3 * Math.sin(2 * Math.PI * (300 * t + 150 * t * t));
    for (const sampleRate of [16_000, 44_100]) {
      const clip = await makeClip({ seconds: 2, sampleRate, sound: chirp });
      const { planes } = await hear(clip, mapOf(2, [0.5, 0.75]));
      expect(Math.abs(lag(planes[0]!, (i) => chirp(i / rate + 0.25), 48_000))).toBeLessThanOrEqual(
        1,
      );
    }
  });

  it('survives stretches shorter than a crossfade', async () => {
    const cuts = Array.from({ length: 40 }, (_, i): [number, number] => [
      0.5 + i * 0.02,
      0.517 + i * 0.02,
    ]);
    const map = mapOf(2, ...cuts);
    const { planes, end } = await hear(await makeClip({ seconds: 2, sound: babble }), map);
    expect(end).toBeCloseTo(map.duration, 6);
    expect(planes[0]!.every(Number.isFinite)).toBe(true);
  });

  it('takes the cleaned sound in place of the voice', async () => {
    const clip = await makeClip({ seconds: 2, sound: babble });
    const clean = await makeClip({
      seconds: 2,
      sound: (t) => 0.2 * Math.sin(2 * Math.PI * 1000 * t),
    });
    const { planes } = await hear(clip, mapOf(2), { cleanSound: clean });
    expect(
      lag(planes[0]!, (i) => Math.sin((2 * Math.PI * 1000 * i) / rate), 40_000) % 48,
    ).toBeCloseTo(0, 6);
  });
});

describe('the limiter', () => {
  it('gives out as much as went in, and nothing above its ceiling', () => {
    const limiter = new Limiter(1, 8, 0.8);
    const noise = Float32Array.from({ length: 30_000 }, () => Math.random() * 2 - 1);
    const out: number[] = [];
    for (let at = 0; at < noise.length; at += 777)
      out.push(...limiter.push([noise.subarray(at, at + 777)])[0]!);
    out.push(...limiter.flush()[0]!);
    expect(out).toHaveLength(noise.length);
    const plane = Float32Array.from(out);
    expect(highest(plane)).toBeLessThan(20 * Math.log10(0.8) + 0.1);
  });

  it('leaves quiet sound as it is', () => {
    const limiter = new Limiter(1, 1, 0.8);
    const tone = Float32Array.from({ length: 5000 }, (_, i) => 0.3 * Math.sin(i / 20));
    const out = [...limiter.push([tone])[0]!, ...limiter.flush()[0]!];
    expect(out.map((v, i) => Math.abs(v - tone[i]!)).reduce((a, b) => Math.max(a, b))).toBe(0);
  });
});
