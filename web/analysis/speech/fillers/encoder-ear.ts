/**
 * Listens for fillers in what a Whisper encoder makes of the sound. The decoder leaves fillers out
 * of its text, but the encoder has heard them, and through far more noise than a small network of
 * our own can. Transcription encodes every window anyway, so listening in costs next to nothing.
 */
import type { JobContext } from '../../../core/progress.ts';
import { readWindow } from '../transcribe.ts';
import type { Tensor } from '../runtime.ts';
import type { VoiceActivity, VoiceSignal } from '../types.ts';
import type { Whisper } from '../whisper.ts';
import { packWindows, type Window } from '../windows.ts';
import { frameSeconds } from './features.ts';
import { Network, type Judgement, type PackedNetwork } from './network.ts';

/** Networks for the encoders that one was trained for. */
const trained: Record<string, () => Promise<{ packed: PackedNetwork }>> = {
  'whisper-base': () => import('./whisper-base-weights.ts'),
  'whisper-tiny.en': () => import('./whisper-tiny.en-weights.ts'),
};

/** Per `frameSeconds` from source time 0. */
export interface EncoderTrack extends Judgement {
  /** 1 where the encoder listened: speech and 0.3 s around it. */
  heard: Uint8Array;
}

type Encoder = Pick<Whisper, 'encode'>;

export class EncoderEar {
  readonly #network: Network;
  readonly #voice: VoiceSignal;
  readonly #windows: Window[];
  /** Window by window, as far as heard. */
  readonly #judged: (Judgement | undefined)[] = [];

  private constructor(network: Network, voice: VoiceSignal, activity: VoiceActivity) {
    this.#network = network;
    this.#voice = voice;
    this.#windows = packWindows(activity, voice.duration);
  }

  /** Null for a model whose encoder no network was trained for. */
  static async open(
    model: string,
    voice: VoiceSignal,
    activity: VoiceActivity,
  ): Promise<EncoderEar | null> {
    const load = trained[model];
    return load ? new EncoderEar(new Network((await load()).packed), voice, activity) : null;
  }

  /** What was encoded anyway. Halves and second tries are none of the windows. */
  readonly hear = ({ pieces, length }: Window, hidden: Tensor): void => {
    const start = pieces[0]!.start;
    const index = this.#windows.findIndex(
      (window) => window.pieces[0]!.start === start && window.length === length,
    );
    if (index >= 0 && !this.#judged[index]) this.#judge(index, hidden);
  };

  /** Everything heard. Windows that were transcribed before a reload are encoded again. */
  async finish(whisper: Encoder, job: JobContext): Promise<EncoderTrack> {
    for (const [i, window] of this.#windows.entries()) {
      if (this.#judged[i]) continue;
      job.signal.throwIfAborted();
      this.#judge(i, await whisper.encode(await readWindow(window, this.#voice)));
      job.progress({ fraction: (i + 1) / this.#windows.length });
    }
    return this.#track();
  }

  #judge(index: number, hidden: Tensor): void {
    const frames = Math.ceil(this.#windows[index]!.length / frameSeconds);
    this.#judged[index] = this.#network.judge(hidden.data as Float32Array, frames);
  }

  #track(): EncoderTrack {
    const frames = Math.floor(this.#voice.duration / frameSeconds);
    const track = {
      filler: new Float32Array(frames),
      speech: new Float32Array(frames),
      heard: new Uint8Array(frames),
    };
    this.#windows.forEach(({ pieces }, i) => {
      const judged = this.#judged[i]!;
      for (const { start, end, at } of pieces) {
        const first = Math.max(0, Math.ceil(start / frameSeconds - 0.5));
        const last = Math.min(frames - 1, Math.floor(end / frameSeconds - 0.5));
        for (let frame = first; frame <= last; frame++) {
          const x = ((frame + 0.5) * frameSeconds - start + at) / frameSeconds - 0.5;
          track.filler[frame] = between(judged.filler, x);
          track.speech[frame] = between(judged.speech, x);
          track.heard[frame] = 1;
        }
      }
    });
    return track;
  }
}

/** A value between two frames. */
function between(values: Float32Array, x: number): number {
  const i = Math.max(0, Math.min(values.length - 1, Math.floor(x)));
  const next = Math.min(values.length - 1, i + 1);
  return values[i]! + (values[next]! - values[i]!) * Math.max(0, Math.min(1, x - i));
}
