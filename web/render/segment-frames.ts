/** The frames that an edit shows, decoded, with their times in the result. */
import {
  EncodedPacketSink,
  VideoSampleSink,
  type InputVideoTrack,
  type VideoSample,
} from 'mediabunny';
import type { Segment } from '../core/timeline.ts';

export interface PlacedFrame {
  frame: VideoFrame;
  /** Microseconds of output time. */
  at: number;
  duration: number;
  /** The first one of its segment. */
  isFirst: boolean;
}

/** Damaged stretches passed over before giving up. */
const mostErrors = 50;

/**
 * The receiver closes the frames. A segment begins with the frame that is on screen at its start,
 * and frames keep their own rhythm. `check` throws when the work is to end.
 */
export async function* segmentFrames(
  track: InputVideoTrack,
  segments: readonly Segment[],
  check: () => void,
): AsyncGenerator<PlacedFrame> {
  const trackStart = await track.getFirstTimestamp();
  let last = -1;
  for (const { source, output, speed } of segments) {
    const place = (time: number) =>
      Math.round((output.start + Math.max(0, time - source.start) / speed) * 1e6);
    let held: { frame: VideoFrame; at: number } | null = null;
    let isFirst = true;
    const finish = (until: number): PlacedFrame => {
      const { frame, at } = held!;
      held = null;
      const placed = { frame, at, duration: Math.max(1, until - at), isFirst };
      isFirst = false;
      return placed;
    };
    try {
      for await (const sample of decodable(track, source.start, source.end, check)) {
        const at = place(Math.max(sample.timestamp, trackStart));
        const frame = at > last ? sample.toVideoFrame() : null;
        sample.close();
        // Two frames in one microsecond, or the tail of a segment shorter than that.
        if (!frame) continue;
        if (held) yield finish(at);
        held = { frame, at };
        last = at;
      }
      if (held) yield finish(Math.round(output.end * 1e6));
    } finally {
      (held as { frame: VideoFrame } | null)?.frame.close();
    }
  }
}

/** As `VideoSampleSink.samples`, but where a picture cannot be decoded it goes on at the next key frame. */
async function* decodable(
  track: InputVideoTrack,
  start: number,
  end: number,
  check: () => void,
): AsyncGenerator<VideoSample> {
  let from = start;
  for (let errors = 0; ;) {
    let reached = from;
    try {
      for await (const sample of new VideoSampleSink(track).samples(from, end)) {
        reached = Math.max(reached, sample.timestamp);
        yield sample;
        check();
      }
      return;
    } catch (error) {
      check();
      if (++errors > mostErrors) throw error;
      const packets = new EncodedPacketSink(track);
      const bad = await packets.getKeyPacket(reached, { verifyKeyPackets: true });
      const next = bad && (await packets.getNextKeyPacket(bad, { verifyKeyPackets: true }));
      if (!next || next.timestamp >= end) return;
      from = next.timestamp;
    }
  }
}
