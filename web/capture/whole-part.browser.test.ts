import { afterEach, expect, test } from 'vitest';
import { purgeRecording } from '../storage/recordings.ts';
import { CaptureSession } from './session.ts';
import { testMicrophone, testScreen } from './test-streams.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const RealProcessor = MediaStreamTrackProcessor;
afterEach(() => Object.assign(globalThis, { MediaStreamTrackProcessor: RealProcessor }));

test('without frames to be had, MediaRecorder writes a file that seeks', async () => {
  Object.assign(globalThis, { MediaStreamTrackProcessor: undefined });
  const screen = testScreen({ width: 640, height: 360 });
  const session = await CaptureSession.start({
    source: 'web',
    name: 'Simple',
    screen: screen.stream,
    camera: null,
    microphone: null,
  });
  await sleep(1500);
  const time = session.sourceTimeAt(performance.timeOrigin + performance.now())!;
  session.addInteraction({ kind: 'click', time });
  await sleep(1500);
  const recording = await session.stop();
  screen.stop();
  expect(recording.notices).toContain('simple-recorder');
  expect(recording.duration).toBeGreaterThan(2.5);
  expect(recording.duration).toBeLessThan(4);
  expect(recording.interactions).toHaveLength(1);
  expect(recording.files[0]!.video).toMatchObject({ width: 640, height: 360 });
  await purgeRecording(recording.id);
});

test('a worker that dies while recording: the rest is a recording of its own', async () => {
  const workers: Worker[] = [];
  const RealWorker = Worker;
  globalThis.Worker = class extends RealWorker {
    constructor(...options: ConstructorParameters<typeof Worker>) {
      super(...options);
      workers.push(this);
    }
  };
  const screen = testScreen({ width: 640, height: 360 });
  const microphone = testMicrophone();
  try {
    const session = await CaptureSession.start({
      source: 'web',
      name: 'Crash',
      screen: screen.stream,
      camera: null,
      microphone: microphone.stream,
    });
    await sleep(2000);
    const first = session.id;
    workers[0]!.terminate();
    await expect.poll(() => session.id !== first, { timeout: 30_000 }).toBe(true);
    await sleep(1500);
    const recording = await session.stop();
    expect(session.recordings.map((r) => r.name)).toEqual(['Crash', 'Crash (2)']);
    expect(recording.duration).toBeGreaterThan(1.4);
    expect(session.recordings[1]!.duration).toBeGreaterThan(1.2);
    for (const { id } of session.recordings) await purgeRecording(id);
  } finally {
    globalThis.Worker = RealWorker;
    screen.stop();
    microphone.stop();
  }
});
