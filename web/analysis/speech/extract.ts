/** From the voice track of a file to 16 kHz mono, as a stream and as a file on disk. */
import { ALL_FORMATS, AudioSampleSink, BlobSource, Input, type AudioSample } from 'mediabunny';
import { AppError } from '../../core/errors.ts';
import type { JobContext } from '../../core/progress.ts';
import { Resampler } from './resample.ts';
import { voiceRate } from './types.ts';

/** Timestamps in containers are rounded: only a jump of more than this is a gap, seconds. */
const jitter = 0.02;
/** Samples of one chunk of silence, so that an hour's gap is never one array. */
const silenceChunk = voiceRate * 30;

export interface VoiceChunk {
  /** Source time of the first sample. */
  time: number;
  samples: Float32Array;
}

/**
 * The voice track as consecutive chunks from source time 0: sample `i` of them all together is heard
 * at `i / voiceRate`. A late start and gaps are silence, what overlaps is dropped. Sound that cannot
 * be decoded ends the stream early when something came before it (a truncated file).
 * Throws `no-media-track`, `codec-unsupported`, `file-unreadable`.
 */
export async function* extractVoice(
  file: File,
  trackIndex: number,
  { signal, progress }: JobContext,
): AsyncGenerator<VoiceChunk> {
  using input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  const track = (await audioTracks(input))[trackIndex];
  if (!track) throw new AppError('no-media-track', `no audio track ${trackIndex}`);
  if (!(await track.canDecode())) {
    throw new AppError('codec-unsupported', `audio codec ${track.codec ?? 'unknown'}`, {
      details: { codec: track.codec ?? 'unknown' },
    });
  }
  const duration = (await track.getDurationFromMetadata().catch(() => null)) ?? 0;
  const run = new Run();
  try {
    for await (const sample of new AudioSampleSink(track).samples()) {
      try {
        signal.throwIfAborted();
        yield* run.take(sample);
        if (duration > 0) progress({ fraction: Math.min(1, sample.timestamp / duration) });
      } finally {
        sample.close();
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    if (run.written === 0) throw new AppError('file-unreadable', String(error), { cause: error });
    console.warn(`the sound ends early, after ${run.written / voiceRate} s: ${String(error)}`);
  }
  yield* run.end();
  progress({ fraction: 1 });
}

async function audioTracks(input: Input) {
  try {
    return await input.getAudioTracks();
  } catch (error) {
    throw new AppError('file-unreadable', String(error), { cause: error });
  }
}

/** Places decoded samples on the 16 kHz grid of source time. */
class Run {
  /** Samples given out so far, from source time 0. */
  written = 0;
  #resampler: Resampler | null = null;
  #rate = 0;
  /** Source time at which the next input sample is due. */
  #due = 0;

  *take(sample: AudioSample): Generator<VoiceChunk> {
    let mono = mixDown(sample);
    let time = sample.timestamp;
    if (time < 0) {
      const early = Math.min(mono.length, Math.round(-time * sample.sampleRate));
      mono = mono.subarray(early);
      time = 0;
    }
    if (mono.length === 0) return;
    const jump = time - this.#due;
    if (!this.#resampler || this.#rate !== sample.sampleRate || Math.abs(jump) > jitter) {
      yield* this.end();
      const overlap = Math.round((this.written / voiceRate - time) * sample.sampleRate);
      if (overlap > 1) {
        mono = mono.subarray(Math.min(mono.length, overlap));
        time += overlap / sample.sampleRate;
      }
      yield* this.#silence(Math.round(time * voiceRate) - this.written);
      this.#resampler = new Resampler(sample.sampleRate, voiceRate);
      this.#rate = sample.sampleRate;
      this.#due = time;
    }
    this.#due += mono.length / this.#rate;
    yield* this.#give(this.#resampler.push(mono));
  }

  /** What the filter still holds. */
  *end(): Generator<VoiceChunk> {
    if (this.#resampler) yield* this.#give(this.#resampler.flush());
    this.#resampler = null;
  }

  *#silence(count: number): Generator<VoiceChunk> {
    for (let left = count; left > 0; left -= silenceChunk)
      yield* this.#give(new Float32Array(Math.min(left, silenceChunk)));
  }

  *#give(samples: Float32Array): Generator<VoiceChunk> {
    if (samples.length === 0) return;
    yield { time: this.written / voiceRate, samples };
    this.written += samples.length;
  }
}

/** The mean of all channels; of surround sound without the channel for low effects. */
function mixDown(sample: AudioSample): Float32Array {
  const { numberOfChannels: channels, numberOfFrames: frames } = sample;
  const used = Array.from({ length: channels }, (_, i) => i).filter((i) => channels < 6 || i !== 3);
  const mono = new Float32Array(frames);
  const plane = new Float32Array(frames);
  for (const planeIndex of used) {
    sample.copyTo(plane, { planeIndex, format: 'f32-planar' });
    for (let i = 0; i < frames; i++) mono[i]! += plane[i]! / used.length;
  }
  return mono;
}
