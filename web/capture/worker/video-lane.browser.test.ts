import { afterEach, expect, test } from 'vitest';
import type { PacketEntry } from '../journal.ts';
import { testScreen } from '../test-streams.ts';
import { CaptureTimeline, wallClock } from '../timeline.ts';
import type { LaneHost, LaneTrouble } from './lane.ts';
import { VideoLane } from './video-lane.ts';

const RealEncoder = VideoEncoder;
const cleanUp: (() => void)[] = [];
afterEach(() => {
  globalThis.VideoEncoder = RealEncoder;
  for (const undo of cleanUp.splice(0)) undo();
});

/** Encoders that break after so many frames (of each; the trial's are not counted). */
function breakEncoders(after: number, how: 'throws' | 'falls silent', times: number): void {
  let broken = 0;
  let trials = 0;
  globalThis.VideoEncoder = class extends RealEncoder {
    #frames = 0;
    #trial = trials++ === 0;
    override encode(frame: VideoFrame, options?: VideoEncoderEncodeOptions): void {
      this.#frames += 1;
      const fails = !this.#trial && this.#frames > after;
      if (fails && this.#frames === after + 1) broken += 1;
      if (!fails || broken > times) super.encode(frame, options);
      else if (how === 'throws') throw new DOMException('broken', 'EncodingError');
    }
  };
}

async function lane() {
  const screen = testScreen({ width: 320, height: 180 }, { sound: false });
  const seen = {
    packets: [] as PacketEntry[],
    notices: [] as string[],
    troubles: [] as LaneTrouble[],
    tracks: 0,
  };
  const timeline = new CaptureTimeline();
  const host: LaneHost = {
    timeline,
    addTrack: () => (seen.tracks += 1),
    packet: (_, entry) => seen.packets.push(entry),
    notice: (notice) => seen.notices.push(notice),
    trouble: (trouble) => seen.troubles.push(trouble),
  };
  const [track] = screen.stream.getVideoTracks();
  const made = new VideoLane(new MediaStreamTrackProcessor({ track: track! }).readable, host);
  const wishes = { frameRate: 30, maxHeight: 1080, content: 'screen' as const, avoid: [] };
  expect(await made.prepare(wishes, 5000)).toBe(true);
  const zero = wallClock();
  timeline.begin(zero);
  made.showHeld(zero);
  const ticker = setInterval(() => made.tick(wallClock()), 100);
  cleanUp.push(() => {
    clearInterval(ticker);
    made.close();
    screen.stop();
  });
  /** Seconds of source time that have passed. */
  const now = () => timeline.elapsed(wallClock());
  return { lane: made, seen, now };
}

/** Longer than a healthy machine needs by far. */
const patient = { timeout: 60_000 };

test('an encoder that throws is built anew, and the track goes on with a key frame', async () => {
  breakEncoders(10, 'throws', 1);
  const { lane: made, seen, now } = await lane();
  await expect.poll(() => seen.packets.filter((p) => p.key).length, patient).toBeGreaterThan(2);
  await made.finish(now());
  expect(seen.notices).toEqual(['encoder-rebuilt']);
  expect(seen.troubles).toEqual([]);
  expect(seen.tracks).toBe(1);
  const times = seen.packets.map((p) => p.timestamp);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test('an encoder that falls silent is noticed and built anew', async () => {
  breakEncoders(10, 'falls silent', 1);
  const { lane: made, seen, now } = await lane();
  await expect.poll(() => seen.notices, patient).toEqual(['encoder-rebuilt']);
  const rebuilt = now();
  const after = () => seen.packets.filter((p) => p.timestamp > rebuilt * 1e6 + 1e5);
  await expect.poll(() => after().length, patient).toBeGreaterThan(3);
  await made.finish(now());
  expect(seen.notices).toEqual(['encoder-rebuilt']);
  expect(seen.packets.find((p) => p.timestamp >= (rebuilt - 1) * 1e6 && p.key)).toBeDefined();
});

test('one that fails again and again is given up: the session has to take another codec', async () => {
  breakEncoders(5, 'throws', Infinity);
  const { seen } = await lane();
  await expect.poll(() => seen.troubles, patient).toEqual([{ kind: 'codec', family: 'avc' }]);
});
