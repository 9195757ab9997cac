import {
  ALL_FORMATS,
  AudioBufferSink,
  BlobSource,
  EncodedPacketSink,
  Input,
  VideoSampleSink,
} from 'mediabunny';
import { afterEach, expect, test } from 'vitest';
import type { Recording } from '../core/recording.ts';
import { exists, list, readFile, recordingFolder } from '../storage/opfs.ts';
import { journalPath, posterPath, purgeRecording, tidyStorage } from '../storage/recordings.ts';
import { listUnfinished, recoverRecording } from './recover.ts';
import { CaptureSession } from './session.ts';
import { testMicrophone, testScreen } from './test-streams.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

async function open(recording: Recording, index = 0): Promise<Input> {
  const input = new Input({
    formats: ALL_FORMATS,
    source: new BlobSource(await readFile(recording.files[index]!.path)),
  });
  cleanUp.push(() => input.dispose());
  return input;
}

function streams(size = { width: 640, height: 360 }) {
  const screen = testScreen(size);
  const microphone = testMicrophone();
  cleanUp.push(() => screen.stop(), microphone.stop);
  return { screen, microphone };
}
const keep = (recording: Recording) => {
  cleanUp.push(() => purgeRecording(recording.id));
  return recording;
};

/** Times and kinds of all packets of the picture. */
async function pictures(recording: Recording) {
  const track = (await (await open(recording)).getPrimaryVideoTrack())!;
  const packets: { time: number; key: boolean }[] = [];
  for await (const p of new EncodedPacketSink(track).packets())
    packets.push({ time: p.timestamp, key: p.type === 'key' });
  return packets;
}

/** Root mean square of a sound track between two moments. */
async function level(recording: Recording, track: number, from: number, to: number) {
  const sound = (await (await open(recording)).getAudioTracks())[track]!;
  let sum = 0;
  let count = 0;
  for await (const { buffer } of new AudioBufferSink(sound).buffers(from, to)) {
    for (const s of buffer.getChannelData(0)) sum += s * s;
    count += buffer.length;
  }
  return Math.sqrt(sum / count);
}

test('a screen with sound, a microphone and a pause becomes a recording that decodes', async () => {
  const { screen, microphone } = streams();
  const session = await CaptureSession.start({
    source: 'web',
    name: 'Trial',
    screen: screen.stream,
    camera: null,
    microphone: microphone.stream,
  });
  expect(session.screenSize).toEqual({
    width: 640,
    height: 360,
    source: { width: 640, height: 360 },
  });
  await sleep(2000);
  const key = session.addInteraction({
    kind: 'click',
    time: session.sourceTimeAt(performance.timeOrigin + performance.now())!,
    label: 'Save',
  });
  const gone = session.addInteraction({
    kind: 'scroll',
    time: session.sourceTimeAt(performance.timeOrigin + performance.now())!,
  });
  session.updateInteraction(key, { title: 'Store it' });
  session.updateInteraction(gone, null);
  session.pause();
  const before = session.elapsed;
  expect(session.sourceTimeAt(performance.timeOrigin + performance.now())).toBeNull();
  await sleep(1200);
  expect(session.elapsed).toBe(before);
  session.resume();
  await sleep(1500);
  const elapsed = session.elapsed;
  const recording = keep(await session.stop());
  expect(session.state).toBe('finished');

  expect(recording).toMatchObject({ name: 'Trial', source: 'web', voiceTrack: 0, notices: [] });
  expect(recording.interactions).toEqual([
    expect.objectContaining({ label: 'Save', title: 'Store it' }),
  ]);
  expect(recording.files[0]!.video!.codec).toMatch(/^avc1/);
  expect(recording.files[0]!.audio.map((a) => a.channels)).toEqual([1, 2]);
  expect(Math.abs(recording.duration - elapsed)).toBeLessThan(0.2);
  const packets = await pictures(recording);
  expect(packets[0]).toEqual({ time: 0, key: true });
  const keys = packets.filter((p) => p.key).map((p) => p.time);
  expect(Math.max(...keys.slice(1).map((t, i) => t - keys[i]!))).toBeLessThan(1.3);
  for (const { end } of recording.files[0]!.audio)
    expect(Math.abs(end - elapsed)).toBeLessThan(0.4);
  // The tone goes on through the joint of the pause; the tab is silent.
  expect(await level(recording, 0, 0.5, 3)).toBeCloseTo(0.3 / Math.SQRT2, 1);
  expect(await level(recording, 1, 0.5, 3)).toBeLessThan(0.01);
  expect(await exists(posterPath(recording.id))).toBe(true);
  expect(await exists(journalPath(recording.id))).toBe(false);
  expect(await exists(`${recordingFolder(recording.id)}/reserve`)).toBe(false);
});

test('picture, sound and interactions have one clock', async () => {
  const { screen } = streams();
  const session = await CaptureSession.start({
    source: 'web',
    name: 'Clock',
    screen: screen.stream,
    camera: null,
    microphone: null,
  });
  const flashes: number[] = [];
  await sleep(700);
  for (let i = 0; i < 4; i++) {
    flashes.push(session.sourceTimeAt(screen.flash())!);
    await sleep(610);
  }
  const recording = keep(await session.stop());
  const input = await open(recording);
  const seen: number[] = [];
  let bright = false;
  const canvas = new OffscreenCanvas(8, 8).getContext('2d', { willReadFrequently: true })!;
  for await (const sample of new VideoSampleSink((await input.getPrimaryVideoTrack())!).samples()) {
    sample.draw(canvas, 0, 0, 8, 8);
    const now = canvas.getImageData(0, 0, 1, 1).data[0]! > 150;
    if (now && !bright) seen.push(sample.timestamp);
    bright = now;
    sample.close();
  }
  const heard: number[] = [];
  let quietFor = 1;
  for await (const { buffer, timestamp } of new AudioBufferSink(
    (await input.getPrimaryAudioTrack())!,
  ).buffers()) {
    buffer.getChannelData(0).forEach((s, i) => {
      if (Math.abs(s) > 0.3 && quietFor > 0.1) heard.push(timestamp + i / 48_000);
      quietFor = Math.abs(s) > 0.3 ? 0 : quietFor + 1 / 48_000;
    });
  }
  expect(seen).toHaveLength(4);
  expect(heard).toHaveLength(4);
  flashes.forEach((at, i) => {
    // A canvas is looked at when the next frame is due.
    expect(Math.abs(seen[i]! - at)).toBeLessThan(0.15);
    expect(Math.abs(heard[i]! - at)).toBeLessThan(0.1);
  });
});

test('a screen that stands still has a frame a second; a window that is resized keeps the size', async () => {
  const { screen } = streams();
  const session = await CaptureSession.start({
    source: 'web',
    name: 'Still',
    screen: screen.stream,
    camera: null,
    microphone: null,
  });
  await sleep(500);
  screen.freeze(true);
  await sleep(3500);
  screen.freeze(false);
  screen.resize(300, 500);
  await sleep(1200);
  expect(session.screenSize).toMatchObject({ width: 640, source: { width: 300, height: 500 } });
  const recording = keep(await session.stop());
  const times = (await pictures(recording)).map((p) => p.time);
  const gaps = times.slice(1).map((t, i) => t - times[i]!);
  expect(Math.max(...gaps)).toBeLessThan(1.5);
  expect(recording.duration).toBeGreaterThan(4.5);
  expect(recording.files[0]!.video).toMatchObject({ width: 640, height: 360 });
  const sink = new VideoSampleSink((await (await open(recording)).getPrimaryVideoTrack())!);
  const last = (await sink.getSample(recording.duration - 0.1))!;
  const canvas = new OffscreenCanvas(64, 36).getContext('2d')!;
  last.draw(canvas, 0, 0, 64, 36);
  last.close();
  // Black beside the narrow window, its colour in the middle.
  expect(canvas.getImageData(2, 18, 1, 1).data[2]).toBeLessThan(24);
  expect(canvas.getImageData(32, 1, 1, 1).data[2]).toBeGreaterThan(40);
});

test('sharing that is stopped from outside ends the recording in order, with a notice', async () => {
  const { screen } = streams();
  const session = await CaptureSession.start({
    source: 'web',
    name: 'Stopped',
    screen: screen.stream,
    camera: null,
    microphone: null,
  });
  await sleep(1000);
  for (const track of screen.stream.getVideoTracks()) {
    track.stop();
    track.dispatchEvent(new Event('ended'));
  }
  const recording = keep(await session.stop());
  expect(recording.notices).toContain('sharing-stopped');
  expect(recording.duration).toBeGreaterThan(0.8);
});

test('a microphone that is unplugged and another one that comes: sound for every moment', async () => {
  const { screen, microphone } = streams();
  const session = await CaptureSession.start({
    source: 'web',
    name: 'Unplugged',
    screen: screen.stream,
    camera: null,
    microphone: microphone.stream,
  });
  await sleep(1500);
  for (const track of microphone.stream.getAudioTracks()) {
    track.stop();
    track.dispatchEvent(new Event('ended'));
  }
  await sleep(4500);
  const other = testMicrophone(880);
  cleanUp.push(other.stop);
  session.replaceMicrophone(other.stream);
  await sleep(2500);
  const recording = keep(await session.stop());
  expect(recording.notices).toContain('microphone-lost');
  expect(Math.abs(recording.files[0]!.audio[0]!.end - recording.duration)).toBeLessThan(0.5);
  // By tenths of a second: a busy machine makes the test's own microphones stutter and start late.
  const loud: boolean[] = [];
  for (let at = 0; at + 0.1 < recording.duration; at += 0.1)
    loud.push((await level(recording, 0, at, at + 0.1)) > 0.05);
  const silence = loud.join('').match(/(false){20,}/)?.[0] ?? '';
  expect(silence).not.toBe('');
  const [before, after] = loud.join('').split(silence);
  expect(before).toContain('true'.repeat(3));
  expect(after).toContain('true'.repeat(3));
});

test('a camera is a file of its own, and what is recorded is nobody’s orphan', async () => {
  const { screen, microphone } = streams();
  const camera = testScreen({ width: 320, height: 240 }, { sound: false });
  cleanUp.push(() => camera.stop());
  const session = await CaptureSession.start({
    source: 'extension',
    name: 'Both',
    screen: screen.stream,
    camera: camera.stream,
    microphone: microphone.stream,
  });
  await sleep(1500);
  expect(await listUnfinished()).toEqual([]);
  await tidyStorage();
  const recording = keep(await session.stop());
  expect(recording.files.map((f) => f.role)).toEqual(['screen', 'camera']);
  expect(recording.files[1]!.video).toMatchObject({ width: 320, height: 240 });
  expect(recording.files[1]!.audio).toEqual([]);
  expect(Math.abs(recording.files[1]!.video!.end - recording.duration)).toBeLessThan(0.4);
});

test('a voice alone is a recording too; a discarded one leaves nothing', async () => {
  const request = { source: 'web' as const, screen: null, camera: null };
  const first = testMicrophone();
  const second = testMicrophone();
  cleanUp.push(first.stop, second.stop);
  const session = await CaptureSession.start({
    ...request,
    name: 'Voice',
    microphone: first.stream,
  });
  const discarded = await CaptureSession.start({
    ...request,
    name: 'Gone',
    microphone: second.stream,
  });
  await sleep(1200);
  await discarded.discard();
  const recording = keep(await session.stop());
  expect(recording.files.map((f) => f.role)).toEqual(['microphone']);
  expect(recording.files[0]!.video).toBeNull();
  expect(recording.duration).toBeGreaterThan(1);
  expect(await list('recordings')).not.toContain(discarded.id);
});

test('a worker that ends without a word: what was there waits, survives the tidying and is recovered', async () => {
  const frame = document.createElement('iframe');
  const { screen } = streams();
  cleanUp.push(() => frame.remove());
  // Stands for a killed tab: its worker goes with it, nothing is closed in order.
  frame.src = '/';
  document.body.append(frame);
  const address = new URL('./session.ts', import.meta.url).href;
  const made = Promise.withResolvers<CaptureSession>();
  Object.assign(window, {
    onCapture: made.resolve,
    onCaptureFailed: made.reject,
    captured: screen.stream,
  });
  await new Promise((resolve) => (frame.onload = resolve));
  const script = frame.contentDocument!.createElement('script');
  script.type = 'module';
  script.textContent = `import { CaptureSession } from '${address}';
    CaptureSession.start({ source: 'web', name: 'Killed', screen: parent.captured, camera: null, microphone: null })
      .then(parent.onCapture, parent.onCaptureFailed);`;
  frame.contentDocument!.body.append(script);
  const session = await made.promise;
  await sleep(3000);
  const seconds = session.elapsed;
  frame.remove();
  await expect.poll(async () => (await listUnfinished()).length, { timeout: 5000 }).toBe(1);
  await tidyStorage();
  const [waiting] = await listUnfinished();
  expect(waiting).toMatchObject({ name: 'Killed' });
  expect(Math.abs(waiting!.seconds - seconds)).toBeLessThan(1.5);
  const recording = keep(await recoverRecording(waiting!.id));
  expect(recording.notices).toContain('recovered');
  expect(Math.abs(recording.duration - seconds)).toBeLessThan(1.5);
  expect((await pictures(recording)).length).toBeGreaterThan(20);
  expect(await listUnfinished()).toEqual([]);
});

test('a worker that dies: another one goes on within two seconds, and both parts are there', async () => {
  const RealWorker = Worker;
  const workers: Worker[] = [];
  globalThis.Worker = class extends RealWorker {
    constructor(address: string | URL, options?: WorkerOptions) {
      super(address, options);
      if (options?.name === 'capture') workers.push(this);
    }
  };
  cleanUp.push(() => (globalThis.Worker = RealWorker));
  const { screen, microphone } = streams();
  const session = await CaptureSession.start({
    source: 'web',
    name: 'Dying',
    screen: screen.stream,
    camera: null,
    microphone: microphone.stream,
  });
  const first = session.id;
  await sleep(2500);
  workers[0]!.terminate();
  const died = performance.now();
  await expect.poll(() => session.notices.has('continued'), { timeout: 10_000 }).toBe(true);
  // Noticed at once: to wait for what it does not say takes three seconds at least.
  expect(performance.now() - died).toBeLessThan(3000);
  await expect.poll(() => session.id, { timeout: 20_000 }).not.toBe(first);
  await sleep(1500);
  await session.stop();
  const parts = session.recordings.map(keep);
  expect(parts.map(({ name }) => name)).toEqual(['Dying', 'Dying (2)']);
  expect(parts[0]!.notices).toContain('recovered');
  // What was written until then: all but the last half second.
  expect(parts[0]!.duration).toBeGreaterThan(1.5);
  expect(parts[1]!.duration).toBeGreaterThan(1);
});
