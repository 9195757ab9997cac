/** Runs features and networks over the whole voice, a piece at a time. */
import type { JobContext } from '../../../core/progress.ts';
import type { VoiceSignal } from '../types.ts';
import type { FrameTrack } from './candidates.ts';
import { fillerFeatures, frameSeconds } from './features.ts';
import type { EncoderTrack } from './encoder-ear.ts';
import { Network } from './network.ts';
import { packed } from './sound-weights.ts';

/** Pieces are judged with this much on either side, which is what the network sees; seconds. */
const margin = 1.2;
/** Seconds judged at once: long enough to know how loud the speaker is. */
const piece = 24;

let network: Network | undefined;

/** `encoder`: what a Whisper encoder heard; the sound alone is judged where it did not listen. */
export async function trackFillers(
  voice: VoiceSignal,
  encoder: EncoderTrack | null,
  job: JobContext,
): Promise<FrameTrack> {
  network ??= new Network(packed);
  const frames = Math.floor(voice.duration / frameSeconds);
  const track: FrameTrack = {
    filler: new Float32Array(frames),
    sound: new Float32Array(frames),
    speech: new Float32Array(frames),
    levels: new Float32Array(frames),
    voicing: new Float32Array(frames),
    pitch: new Float32Array(frames),
    heard: new Uint8Array(frames),
  };
  for (let start = 0; start < voice.duration; start += piece) {
    job.signal.throwIfAborted();
    const from = Math.max(0, start - margin);
    const until = Math.min(voice.duration, start + piece + margin);
    const features = fillerFeatures(await voice.read(from, until));
    const judged = network.judge(features.values, features.frames);
    const skip = Math.round((start - from) / frameSeconds);
    const at = Math.round(start / frameSeconds);
    const count = Math.min(Math.round(piece / frameSeconds), features.frames - skip, frames - at);
    const keep = (to: Float32Array, values: Float32Array) =>
      to.set(values.subarray(skip, skip + count), at);
    keep(track.filler, judged.filler);
    keep(track.sound, judged.filler);
    keep(track.speech, judged.speech);
    keep(track.levels, features.levels);
    keep(track.voicing, features.voicing);
    keep(track.pitch, features.pitch);
    job.progress({ fraction: Math.min(1, (start + piece) / voice.duration) });
  }
  for (let i = 0; encoder && i < frames; i++) {
    if (!encoder.heard[i]) continue;
    track.heard[i] = 1;
    track.filler[i] = encoder.filler[i]!;
    track.speech[i] = encoder.speech[i]!;
  }
  return track;
}
