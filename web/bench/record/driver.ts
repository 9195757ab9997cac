/** The page's side of the recording bench and of the kill tests: the product's own capture, of streams made in the page. */
import { ALL_FORMATS, AudioSampleSink, BlobSource, Input, VideoSampleSink } from 'mediabunny';
import { listUnfinished, recoverRecording } from '../../capture/recover.ts';
import { CaptureSession } from '../../capture/session.ts';
import { testMicrophone, testScreen } from '../../capture/test-streams.ts';
import type { Recording, RecordingFile } from '../../core/recording.ts';
import { readFile } from '../../storage/opfs.ts';
import { listRecordings, purgeRecording, tidyStorage } from '../../storage/recordings.ts';

let session: CaptureSession | null = null;
let shared: MediaStream | null = null;

/** A drawn screen with sound, a camera and a microphone; something is noted four times a second. */
export async function startDrawn(width: number, height: number): Promise<void> {
  const started = await CaptureSession.start({
    source: 'web',
    name: 'Kill test',
    screen: testScreen({ width, height }).stream,
    camera: testScreen({ width: 320, height: 240 }, { sound: false, frameRate: 15 }).stream,
    microphone: testMicrophone().stream,
  });
  session = started;
  setInterval(() => {
    const time = started.sourceTimeAt(performance.timeOrigin + performance.now());
    if (time !== null) started.addInteraction({ kind: 'click', time });
  }, 250);
}

/** What the capture is doing when the browser is killed. */
export type Phase = 'recording' | 'paused' | 'stopping';

/** Seconds recorded and the wall-clock time at which that was so, in milliseconds. */
export function progressIn(phase: Phase): { elapsed: number; at: number } {
  if (phase === 'paused') session!.pause();
  const { elapsed } = session!;
  // Not waited for: the browser is killed meanwhile.
  if (phase === 'stopping') void session!.stop();
  return { elapsed, at: Date.now() };
}

export interface Kept {
  duration: number;
  notices: string[];
  /** Time of the last one. */
  lastInteraction: number;
  /** Frames of all pictures and seconds of all sound that were decoded, of those in the files. */
  frames: number;
  soundSeconds: number;
  undecodable: number;
}

/** What the next start finds, recovered where it was not finished, and decoded from end to end. */
export async function recoverAll(): Promise<Kept[]> {
  await tidyStorage();
  for (const { id } of await listUnfinished()) await recoverRecording(id);
  const kept: Kept[] = [];
  for (const recording of await listRecordings()) {
    kept.push(await decodeAll(recording));
    await purgeRecording(recording.id);
  }
  return kept;
}

async function decodeAll(recording: Recording): Promise<Kept> {
  const { duration, notices, interactions } = recording;
  const lastInteraction = interactions.at(-1)?.time ?? 0;
  const kept = { frames: 0, soundSeconds: 0, undecodable: 0 };
  for (const file of recording.files) await decode(file, kept);
  return { duration, notices, lastInteraction, ...kept };
}

async function decode(
  file: RecordingFile,
  kept: Pick<Kept, 'frames' | 'soundSeconds' | 'undecodable'>,
): Promise<void> {
  const source = new BlobSource(await readFile(file.path));
  const input = new Input({ formats: ALL_FORMATS, source });
  try {
    for (const track of await input.getVideoTracks()) {
      const { packetCount } = await track.computePacketStats();
      let frames = 0;
      for await (const sample of new VideoSampleSink(track).samples()) {
        frames += 1;
        sample.close();
      }
      kept.frames += frames;
      kept.undecodable += packetCount - frames;
    }
    for (const track of await input.getAudioTracks()) {
      for await (const sample of new AudioSampleSink(track).samples()) {
        kept.soundSeconds += sample.duration;
        sample.close();
      }
    }
  } finally {
    input.dispose();
  }
}

/** The tab that the browser's arguments choose, with a microphone. */
export async function shareTab(): Promise<{ width?: number; height?: number }> {
  shared = await navigator.mediaDevices.getDisplayMedia({
    video: { width: 1920, height: 1080, frameRate: 30 },
    audio: false,
  });
  const { width, height } = shared.getVideoTracks()[0]!.getSettings();
  return { width, height };
}

export async function startShared(): Promise<void> {
  session = await CaptureSession.start({
    source: 'web',
    name: 'Bench',
    screen: shared,
    camera: null,
    microphone: testMicrophone().stream,
  });
}

export const counts = () => {
  const { frames, dropped, size, elapsed } = session!;
  return { frames, dropped, size, elapsed };
};

export async function stopShared() {
  const recording = await session!.stop();
  const { video, audio } = recording.files[0]!;
  await purgeRecording(recording.id);
  return { duration: recording.duration, codec: video!.codec, video, audio: audio.length };
}

/** The alternative: MediaRecorder, a chunk a second, kept in memory as most recorders do. */
export async function mediaRecorderFor(seconds: number) {
  const chunks: Blob[] = [];
  const mimeType = 'video/webm;codecs=vp8,opus';
  const tracks = [...shared!.getVideoTracks(), ...testMicrophone().stream.getAudioTracks()];
  const recorder = new MediaRecorder(new MediaStream(tracks), {
    mimeType,
    videoBitsPerSecond: 5_000_000,
  });
  recorder.ondataavailable = ({ data }) => chunks.push(data);
  recorder.start(1000);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const stopped = new Promise((resolve) => (recorder.onstop = resolve));
  recorder.stop();
  await stopped;
  const blob = new Blob(chunks);
  const input = new Input({ formats: ALL_FORMATS, source: new BlobSource(blob) });
  const { packetCount } = await (await input.getPrimaryVideoTrack())!.computePacketStats();
  return { frames: packetCount, size: blob.size };
}

/** Until the capture has ended by itself; what is in the library then. */
export async function waitForEnd(): Promise<Kept & { elapsed: number }> {
  const running = session!;
  while (running.state === 'recording') await new Promise((resolve) => setTimeout(resolve, 50));
  const { elapsed } = running;
  return { ...(await decodeAll(await running.stop())), elapsed };
}

/** Stops; the bytes of all files as base64, so that other programs can look at them. */
export async function stopAndTake() {
  const recording = await session!.stop();
  const files = await Promise.all(
    recording.files.map(async ({ path, role }) => {
      const bytes = new Uint8Array(await (await readFile(path)).arrayBuffer());
      const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
      return { role, base64: btoa(text) };
    }),
  );
  return { ...(await decodeAll(recording)), elapsed: session!.elapsed, files };
}
