/** The decoded sound of one track as a gapless stream from source time 0. */
import {
  ALL_FORMATS,
  AudioSampleSink,
  BlobSource,
  Input,
  type AudioSample,
  type InputAudioTrack,
} from 'mediabunny';
import { AppError, isAbort } from '../../core/errors.ts';

export interface VoiceBlock {
  /** Hz, as decoded. May change within a recording. */
  rate: number;
  /** One array a channel, equal lengths, -1 to 1. */
  planes: Float32Array[];
  /** Source seconds of the first sample. */
  time: number;
}

/** Time stamps are rounded and jitter (WebM: milliseconds); only a larger step is a gap or an overlap. Seconds. */
const jitter = 0.02;
/** After a packet that cannot be decoded, decoding goes on this much later. Seconds. */
const skipOnError = 0.5;
const mostErrors = 50;
/** Silence is handed on in pieces of this length. Seconds. */
const silencePiece = 1;

/**
 * Blocks in time order without holes: silence stands before a late start and in gaps, overlaps and
 * negative times are dropped. Damaged stretches become silence.
 * Throws `no-media-track`, `codec-unsupported`, `file-unreadable`.
 */
export async function* readVoiceTrack(
  file: Blob,
  trackIndex: number,
  signal: AbortSignal,
): AsyncGenerator<VoiceBlock & { duration: number }> {
  using input = new Input({ formats: ALL_FORMATS, source: new BlobSource(file) });
  const track = (await input.getAudioTracks())[trackIndex];
  if (!track) throw new AppError('no-media-track', `no audio track ${trackIndex}`);
  if (!(await track.canDecode())) {
    throw new AppError('codec-unsupported', String(await track.getCodec()));
  }
  // Only progress needs it, so a rough figure will do.
  const duration = (await track.getDurationFromMetadata()) ?? (await track.computeDuration());
  let at = 0;
  for await (const block of decoded(track, signal)) {
    const { rate } = block;
    const skipped = at - block.time;
    if (block.time - at > jitter) {
      for (let rest = block.time - at; rest > 0.5 / rate; rest = block.time - at) {
        signal.throwIfAborted();
        const length = Math.round(Math.min(rest, silencePiece) * rate);
        yield {
          rate,
          time: at,
          duration,
          planes: block.planes.map(() => new Float32Array(length)),
        };
        at += length / rate;
      }
    } else if (skipped > jitter || block.time < 0) {
      const frames = Math.round(skipped * rate);
      block.planes = block.planes.map((plane) => plane.subarray(frames));
    }
    const length = block.planes[0]!.length;
    if (length === 0) continue;
    yield { rate, time: at, duration, planes: block.planes };
    at += length / rate;
  }
}

async function* decoded(track: InputAudioTrack, signal: AbortSignal): AsyncGenerator<VoiceBlock> {
  const sink = new AudioSampleSink(track);
  let from: number | undefined;
  let reached = -Infinity;
  for (let errors = 0; ;) {
    try {
      for await (const sample of sink.samples(from)) {
        using held = sample;
        signal.throwIfAborted();
        reached = held.timestamp + held.duration;
        yield { rate: held.sampleRate, time: held.timestamp, planes: planesOf(held) };
      }
      return;
    } catch (error) {
      if (isAbort(error) || signal.aborted) throw error;
      const first = await track.getFirstTimestamp();
      const heardNothing = reached === -Infinity;
      from = Math.max(reached, first, from ?? first) + skipOnError;
      if (++errors >= mostErrors || from >= (await track.computeDuration())) {
        if (heardNothing) throw new AppError('file-unreadable', String(error), { cause: error });
        // What was read so far is the recording; the rest of a damaged file is silence.
        console.warn('The sound could not be decoded to its end.', error);
        return;
      }
    }
  }
}

function planesOf(sample: AudioSample): Float32Array[] {
  return Array.from({ length: sample.numberOfChannels }, (_, planeIndex) => {
    const plane = new Float32Array(sample.numberOfFrames);
    sample.copyTo(plane, { planeIndex, format: 'f32-planar' });
    return plane;
  });
}

/** How much of L, R, C, LFE, Ls, Rs goes into the voice; a voice is mixed to the centre. */
const surroundShares = [0.35, 0.35, 1, 0, 0.15, 0.15];

/**
 * One channel out of several: their mean, or for 5.1 mostly the centre. Two channels that cancel
 * each other (a microphone wired in opposite phase) give the left one alone.
 */
export function mixDown(planes: readonly Float32Array[]): Float32Array {
  const [first, second] = planes;
  if (!first) return new Float32Array();
  if (!second) return first;
  const shares = planes.length === 6 ? surroundShares : planes.map(() => 1);
  const total = shares.reduce((a, b) => a + b, 0);
  const mono = new Float32Array(first.length);
  planes.forEach((plane, c) => {
    const share = shares[c]! / total;
    for (let i = 0; i < mono.length; i++) mono[i]! += share * plane[i]!;
  });
  return planes.length === 2 && energy(mono) < 0.01 * energy(first) ? first : mono;
}

function energy(x: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * x[i]!;
  return sum;
}
