import { afterEach, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { SoundEvidence } from '../core/evidence.ts';
import type { Recording } from '../core/recording.ts';
import type { SoundChoice } from '../core/project.ts';
import { sourceRange, sourceTime } from '../core/time.ts';
import { TimeMap } from '../core/timeline.ts';
import { recordingFolder, remove, writeFile } from '../storage/opfs.ts';
import { Player } from './Player.svelte.ts';
import {
  greyAt,
  makeTones,
  makeWav,
  makeWebm,
  sampleRate,
  storeRecording,
} from './playback/test-clip.ts';

const duration = 9;
const cuts = [sourceRange(1, 2.003), sourceRange(2.6, 2.9), sourceRange(3.5, 7)];
const map = new TimeMap(sourceTime(duration), cuts);
const sound: SoundChoice = {
  denoise: true,
  normalise: true,
  voice: { volume: 1, muted: false },
  others: { volume: 0.7, muted: false },
};
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  document.body.replaceChildren();
});

async function openPlayer(
  data: ArrayBuffer,
  has: { video: boolean; audio: boolean },
  camera?: Parameters<typeof storeRecording>[3],
  source: Recording['source'] = 'upload',
) {
  // Browsers let a page make sound only after somebody touched it.
  const button = document.body.appendChild(document.createElement('button'));
  button.textContent = 'Begin';
  await userEvent.click(button);
  const recording = { ...(await storeRecording(data, duration, has, camera)), source };
  const player = new Player(recording);
  const canvas = document.body.appendChild(document.createElement('canvas'));
  Object.assign(canvas, { width: 160, height: 96 });
  player.attach(canvas);
  await player.load();
  closing.push(
    () => player.close(),
    () => remove(recordingFolder(recording.id)),
  );
  const grey = () => canvas.getContext('2d')!.getImageData(80, 48, 1, 1).data[0]!;
  return { player, recording, grey };
}
const sourceOfGrey = (grey: number) => ((grey - 30) / 195) * duration;
const frames = () => new Promise((resolve) => requestAnimationFrame(resolve));

test('plays the edited result: gaps skipped in picture and sound, both in step', async () => {
  const { player, grey } = await openPlayer(await makeWebm(duration), { video: true, audio: true });
  player.setMap(map);
  player.play();
  const offsets: number[] = [];
  const silences: number[] = [];
  let analyser: AnalyserNode | undefined;
  const wave = new Float32Array(2048);
  const began = performance.now();
  let lastDrawn = 0;
  while (player.playing || player.time === 0) {
    await frames();
    if (!analyser && player.soundOutput) {
      analyser = player.soundOutput.context.createAnalyser();
      player.soundOutput.output.connect(analyser);
    }
    if (player.time > 0.2 && player.time < player.duration - 0.2 && player.playing) {
      analyser!.getFloatTimeDomainData(wave);
      if (Math.max(...wave) < 0.2) silences.push(player.time);
      if (player.drawn !== lastDrawn) offsets.push(sourceOfGrey(grey()) - player.sourceTime);
      lastDrawn = player.drawn;
    }
  }
  const played = (performance.now() - began) / 1000;
  expect(played).toBeGreaterThan(map.duration - 0.1);
  expect(played).toBeLessThan(map.duration + 1);
  expect(player.skipped.map(({ from, to }) => [from, to])).toEqual(
    cuts.map(({ start, end }) => [start, end]),
  );
  expect(silences).toEqual([]);
  // One frame is 0.04 s; a grey step is 0.046 s.
  const off = offsets.map(Math.abs).sort((a, b) => a - b);
  expect(off.length).toBeGreaterThan(60);
  expect(off[Math.floor(off.length * 0.9)]).toBeLessThan(0.1);
});

test('while paused the frame of the moment is shown, of many seeks the last', async () => {
  const { player, grey } = await openPlayer(await makeWebm(duration), { video: true, audio: true });
  player.setMap(map);
  for (const time of [0.5, 3, 1.2, 2.1, 3.9]) player.seek(time);
  await vi.waitFor(() => expect(Math.abs(grey() - greyAt(8.703, duration))).toBeLessThan(4));
  expect(player.time).toBeCloseTo(3.9);
  expect(player.sourceTime).toBeCloseTo(7 + 3.9 - (1 + 0.597 + 0.6), 2);
  // A new cut around the moment shown moves to where it closes.
  player.setMap(new TimeMap(sourceTime(duration), [sourceRange(0, 8.8)]));
  expect(player.time).toBe(0);
  await vi.waitFor(() => expect(Math.abs(grey() - greyAt(8.8, duration))).toBeLessThan(4));
});

test('steps frame by frame over a joint', async () => {
  const { player } = await openPlayer(await makeWebm(duration), { video: true, audio: true });
  player.setMap(map);
  player.seek(0.94);
  const sources: number[] = [];
  for (let i = 0; i < 4; i++) {
    await player.stepFrame(1);
    sources.push(Math.round(player.sourceTime * 1000) / 1000);
  }
  expect(sources[0]).toBeCloseTo(0.96, 2);
  expect(sources.slice(1).every((s) => s >= 2.003)).toBe(true);
  for (let i = 0; i < 4; i++) await player.stepFrame(-1);
  expect(player.sourceTime).toBeLessThan(1);
});

test('cleaned and raw sound are switched at once and without a gap', async () => {
  const { player, recording } = await openPlayer(await makeWav(duration), {
    video: false,
    audio: true,
  });
  const cleanPath = `${recordingFolder(recording.id)}/clean.wav`;
  await writeFile(cleanPath, await makeWav(duration, 0.1));
  const levels = { loudness: -16, cleanLoudness: -16, cleanPath } as SoundEvidence;
  player.setSound(levels, { ...sound, denoise: false });
  player.play();
  await vi.waitFor(() => expect(player.time).toBeGreaterThan(0.3), { timeout: 5000 });
  const { context, output } = player.soundOutput!;
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  output.connect(analyser);
  const wave = new Float32Array(1024);
  const peak = () => {
    analyser.getFloatTimeDomainData(wave);
    return Math.max(...wave);
  };
  await vi.waitFor(() => expect(peak()).toBeGreaterThan(0.3));
  const peaks: number[] = [];
  for (const denoise of [true, false]) {
    player.setSound(levels, { ...sound, denoise });
    const end = context.currentTime + 0.05 + 1024 / sampleRate;
    while (context.currentTime < end) {
      await frames();
      peaks.push(peak());
    }
    expect(peak()).toBeCloseTo(denoise ? 0.1 : 0.4, 1);
  }
  expect(Math.min(...peaks)).toBeGreaterThan(0.08);
  // 6 dB more are asked for: the gain follows while it plays.
  player.setSound({ ...levels, cleanLoudness: -22 }, sound);
  await vi.waitFor(() => expect(peak()).toBeCloseTo(0.2, 1));
});

test('a recording without sound plays on the clock of the page', async () => {
  const { player } = await openPlayer(await makeWebm(duration), { video: true, audio: false });
  player.setMap(map);
  player.seek(map.duration - 0.5);
  player.setRate(2);
  player.play();
  await vi.waitFor(() => expect(player.playing).toBe(false), { timeout: 3000 });
  expect(player.time).toBe(map.duration);
});

test('a missing file is an error with a code', async () => {
  const { player, recording } = await openPlayer(await makeWav(duration), {
    video: false,
    audio: true,
  });
  await remove(recordingFolder(recording.id));
  const again = new Player(recording);
  await again.load();
  expect(again.status).toBe('failed');
  expect(again.error?.code).toBe('storage-lost');
  expect(player.status).toBe('ready');
});

test('the camera is shown in step with the screen, at its own start, over cuts and at other speeds', async () => {
  const camera = { data: await makeWebm(duration, { start: 0.4 }), start: 0.4, end: duration };
  const { player, grey } = await openPlayer(
    await makeWebm(duration),
    { video: true, audio: true },
    camera,
  );
  expect(player.hasCamera).toBe(true);
  const canvas = document.body.appendChild(document.createElement('canvas'));
  Object.assign(canvas, { width: 60, height: 60 });
  player.attachCamera(canvas);
  const face = () => canvas.getContext('2d')!.getImageData(30, 30, 1, 1).data[0]!;
  player.setMap(map);
  // Before its first frame, that one.
  await vi.waitFor(() => expect(Math.abs(face() - greyAt(0.4, duration))).toBeLessThan(4));
  player.seek(3.9);
  await vi.waitFor(() => expect(Math.abs(face() - greyAt(8.703, duration))).toBeLessThan(4));
  player.setRate(1.5);
  player.seek(0.6);
  player.play();
  const apart: number[] = [];
  while (player.playing) {
    await frames();
    if (player.time > 0.8) apart.push(Math.abs(sourceOfGrey(face()) - sourceOfGrey(grey())));
  }
  apart.sort((a, b) => a - b);
  expect(apart.length).toBeGreaterThan(30);
  // One frame is 0.04 s; a grey step is 0.046 s.
  expect(apart[Math.floor(apart.length * 0.9)]).toBeLessThan(0.1);
});

test('a camera that cannot be read leaves the rest as it is', async () => {
  const { player, grey } = await openPlayer(
    await makeWebm(duration),
    { video: true, audio: true },
    { data: new ArrayBuffer(500), start: 0, end: duration },
  );
  expect(player.status).toBe('ready');
  expect(player.hasCamera).toBe(false);
  player.seek(2);
  await vi.waitFor(() => expect(Math.abs(grey() - greyAt(2, duration))).toBeLessThan(4));
});

test('voice and tab sound are heard together, each at its level, and muted apart', async () => {
  const [voiceTone, tabTone] = [441, 1764];
  const data = await makeTones(duration, [
    { frequency: voiceTone, amplitude: 0.4 },
    { frequency: tabTone, amplitude: 0.2 },
  ]);
  const has = { video: false, audio: true };
  const { player } = await openPlayer(data, has, undefined, 'extension');
  const plain = { ...sound, normalise: false };
  player.setSound(null, plain);
  player.play();
  await vi.waitFor(() => expect(player.time).toBeGreaterThan(0.3), { timeout: 10_000 });
  const { context, output } = player.soundOutput!;
  const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
  output.connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount);
  const heard = () => {
    analyser.getFloatFrequencyData(bins);
    const near = (frequency: number) => {
      const at = Math.round((frequency * analyser.fftSize) / context.sampleRate);
      return Math.max(...bins.subarray(at - 2, at + 3));
    };
    return { voice: near(voiceTone), tab: near(tabTone) };
  };
  // 0.7 squared is 6 dB less, beside the 6 dB that the tone itself is quieter by.
  const apart = () => {
    const { voice, tab } = heard();
    return voice - tab;
  };
  await vi.waitFor(() => expect(Math.abs(apart() - 12.2)).toBeLessThan(1));
  player.setSound(null, { ...plain, others: { volume: 0.7, muted: true } });
  await vi.waitFor(() => expect(apart()).toBeGreaterThan(40));
  player.setSound(null, { ...plain, voice: { volume: 1, muted: true } });
  await vi.waitFor(() => expect(apart()).toBeLessThan(-40));
});
