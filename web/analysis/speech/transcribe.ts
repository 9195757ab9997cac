/** From the voice to words with times: Whisper over windows cut at pauses, every doubt checked. */
import type { Word } from '../../core/evidence.ts';
import type { JobContext } from '../../core/progress.ts';
import { attentionTimes, attentionFrame } from './attention-times.ts';
import { doubt, isStockPhrase, withoutSounds, type Doubt } from './text-checks.ts';
import { tokenWords, type TokenWord } from './token-words.ts';
import {
  activityFrame,
  voiceRate,
  type Aligner,
  type Arc,
  type Checkpoint,
  type VoiceActivity,
  type VoiceSignal,
} from './types.ts';
import type { Decoded, Whisper } from './whisper.ts';
import type { Tensor } from './runtime.ts';
import { evenGroups, halves, packWindows, type Window } from './windows.ts';
import { alignWindow, type Placed } from './window-words.ts';

export interface Transcript {
  /** BCP 47 primary subtag. */
  language: string;
  words: Word[];
  /**
   * Fillers that alignment heard beside the words, weighed by nobody yet: many are none. Null where
   * there is no aligner for the language.
   */
  fillers: Arc[] | null;
}

export interface TranscribeInput {
  voice: VoiceSignal;
  activity: VoiceActivity;
  whisper: Whisper;
  /** Given, or detected when null. */
  language: string | null;
  /** Opens the aligner once the language is known; null where there is none. */
  aligner: (language: string) => Promise<Aligner | null>;
  /** Told what the encoder made of a window, and of its halves where those are tried; some come twice. */
  onEncoded?: ((window: Window, hidden: Tensor) => void) | undefined;
}

export interface TranscribeContext extends JobContext {
  checkpoint?: Checkpoint | undefined;
}

/** Whisper's own limit is 224 tokens of text; nobody says more in a second than 12 tokens. */
const mostTokens = (seconds: number) => Math.min(224, Math.ceil(12 * seconds) + 12);
/** Temperatures tried when the likeliest text cannot be right. */
const temperatures = [0.3, 0.7];
/** Windows are not halved below this, seconds. */
const shortestHalf = 4;
/** Seconds between two writings of the checkpoint. */
const checkpointEvery = 8;

interface Saved {
  language: string;
  /** Windows finished, in order. */
  done: number;
  words: Word[];
  fillers: Arc[];
}

export async function transcribe(
  input: TranscribeInput,
  job: TranscribeContext,
): Promise<Transcript> {
  const { voice, activity, whisper, onEncoded } = input;
  const windows = packWindows(activity, voice.duration);
  const saved = await readCheckpoint(job.checkpoint, windows.length);
  let language = saved?.language ?? input.language ?? (whisper.multilingual ? null : 'en');
  let first: Tensor | null = null;
  if (language === null) ({ language, first } = await findLanguage(windows, input, job.signal));
  const aligner = windows.length > 0 ? await input.aligner(language) : null;
  const words = saved?.words ?? [];
  const fillers = saved?.fillers ?? [];
  let written = performance.now();
  try {
    let done = saved?.done ?? 0;
    for (const group of evenGroups(windows.slice(done), whisper.together)) {
      const progress = (share: number) =>
        job.progress({ fraction: (done + share * group.length) / windows.length, doing: 'transcribe' }); // prettier-ignore
      const work = {
        voice,
        activity,
        whisper,
        onEncoded,
        language,
        aligner,
        signal: job.signal,
        progress,
      };
      for (const placed of await transcribeWindows(group, work, done === 0 ? first : null)) {
        words.push(...placed.words);
        fillers.push(...(placed.fillers ?? []));
      }
      first = null;
      done += group.length;
      if (job.checkpoint && performance.now() - written > checkpointEvery * 1000) {
        await job.checkpoint.save({ language, done, words, fillers } satisfies Saved);
        written = performance.now();
      }
    }
  } finally {
    aligner?.close();
  }
  job.progress({ fraction: 1 });
  return { language, words, fillers: aligner && fillers };
}

async function readCheckpoint(
  checkpoint: Checkpoint | undefined,
  windows: number,
): Promise<Saved | null> {
  const data = (await checkpoint?.load()) as Partial<Saved> | null | undefined;
  const fits = typeof data?.done === 'number' && data.done <= windows;
  return fits &&
    Array.isArray(data.words) &&
    Array.isArray(data.fillers) &&
    typeof data.language === 'string'
    ? (data as Saved)
    : null;
}

/** Probabilities of up to three windows together: a first "hello" says little. Keeps the first one's encoding. */
async function findLanguage(
  windows: Window[],
  { voice, whisper, onEncoded }: TranscribeInput,
  signal: AbortSignal,
): Promise<{ language: string; first: Tensor | null }> {
  const votes = new Map<string, number>();
  let first: Tensor | null = null;
  for (const window of windows.slice(0, 3)) {
    signal.throwIfAborted();
    const hidden = await whisper.encode(await readWindow(window, voice));
    onEncoded?.(window, hidden);
    first ??= hidden;
    const { language, probability } = await whisper.detectLanguage(hidden);
    if (probability > 0.8 && window.length > 3) return { language, first };
    votes.set(language, (votes.get(language) ?? 0) + probability * window.length);
  }
  const language = [...votes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'en';
  return { language, first };
}

export interface WindowWork extends Pick<
  TranscribeInput,
  'voice' | 'activity' | 'whisper' | 'onEncoded'
> {
  language: string;
  aligner: Aligner | null;
  signal: AbortSignal;
  /** Share of the windows at hand that is done. */
  progress?: (share: number) => void;
}

interface Attempt {
  decoded: Decoded;
  words: TokenWord[];
  text: string;
  logProbability: number;
  doubt: Doubt | null;
}

/** What is known of a window when its first text is there. */
interface Heard {
  window: Window;
  samples: Float32Array;
  hidden: Tensor;
  attempt: Attempt;
}

/** Of the work on a window, the encoder's share and that up to the text; alignment is the rest. */
const shares = { encode: 0.5, decode: 0.85 };

/** The words of some windows, in order. `encoded` is the first one's, if it is there already. */
async function transcribeWindows(
  windows: readonly Window[],
  work: WindowWork,
  encoded: Tensor | null = null,
): Promise<Placed[]> {
  const sounds: Float32Array[] = [];
  const hidden: Tensor[] = [];
  for (const [i, window] of windows.entries()) {
    work.signal.throwIfAborted();
    work.progress?.((shares.encode * i) / windows.length);
    sounds.push(await readWindow(window, work.voice));
    hidden.push((i === 0 && encoded) || (await work.whisper.encode(sounds[i]!)));
    work.onEncoded?.(window, hidden[i]!);
  }
  work.progress?.(shares.encode);
  const attempts = await attempt(windows, hidden, 0, work);
  const placed: Placed[] = [];
  for (const [i, window] of windows.entries()) {
    work.signal.throwIfAborted();
    work.progress?.(shares.decode + ((1 - shares.decode) * i) / windows.length);
    const heard = { window, samples: sounds[i]!, hidden: hidden[i]!, attempt: attempts[i]! };
    placed.push(...(await placeWords(heard, work)));
  }
  return placed;
}

/** A doubtful text is tried again in halves, then with chance, else dropped. */
async function placeWords(heard: Heard, work: WindowWork): Promise<Placed[]> {
  const { window, samples, hidden } = heard;
  let best = heard.attempt;
  if (best.doubt && window.length > 2 * shortestHalf) {
    const { progress: _, ...silent } = work;
    return transcribeWindows(halves(window, work.activity), silent);
  }
  for (const temperature of best.doubt ? temperatures : []) {
    const [next] = await attempt([window], [hidden], temperature, work);
    if (!next!.doubt) {
      best = next!;
      break;
    }
    if (next!.doubt === 'unlikely' && next!.logProbability > best.logProbability) best = next!;
  }
  // Mumbled speech is better written down with little confidence than lost; inventions are not.
  if (best.doubt && (best.doubt !== 'unlikely' || voiced(window, work.activity) < 0.6)) return [];
  if (best.words.length === 0) return [];
  const frames = Math.max(1, Math.ceil(samples.length / voiceRate / attentionFrame));
  const attention = attentionTimes(best.decoded.attention, Math.min(1500, frames), best.words);
  return [alignWindow({ window, samples, words: best.words, attention, ...work })];
}

async function attempt(
  windows: readonly Window[],
  hidden: readonly Tensor[],
  temperature: number,
  { whisper, language, activity, signal }: WindowWork,
): Promise<Attempt[]> {
  const maxTokens = windows.map((window) => mostTokens(window.length));
  const all = await whisper.decode(hidden, { language, temperature, maxTokens, signal });
  return all.map((decoded, i) => weigh(decoded, windows[i]!, whisper, language, activity));
}

function weigh(
  decoded: Decoded,
  window: Window,
  whisper: Whisper,
  language: string,
  activity: VoiceActivity,
): Attempt {
  const raw = whisper.tokenizer.decode(decoded.tokens).trim();
  const text = withoutSounds(raw);
  const words =
    text === raw.replace(/\s+/g, ' ')
      ? tokenWords(whisper.tokenizer, decoded, language)
      : spokenWords(whisper, decoded, language);
  const logs = decoded.logProbabilities;
  const logProbability = logs.reduce((sum, p) => sum + p, 0) / Math.max(1, logs.length);
  const found = doubt({
    text,
    logProbability,
    noSpeech: decoded.noSpeech,
    speech: spoken(window, activity),
    ended: decoded.ended,
  });
  return { decoded, words, text, logProbability, doubt: found };
}

/** Without the words of sounds in brackets. */
function spokenWords(whisper: Whisper, decoded: Decoded, language: string): TokenWord[] {
  let depth = 0;
  return tokenWords(whisper.tokenizer, decoded, language).filter(({ text }) => {
    const opens = /[[(*]/.test(text) && !/[\])*].*[\w]/.test(text);
    if (opens) depth = 1;
    const inside = depth > 0 || /^[♪♫]+$/.test(text);
    if (/[\])]|.\*/.test(text)) depth = 0;
    return !inside && !isStockPhrase(text.replace(/\p{L}/gu, 'x'));
  });
}

/** The window's sound: its pieces one after the other. */
export async function readWindow(window: Window, voice: VoiceSignal): Promise<Float32Array> {
  const samples = new Float32Array(Math.round(window.length * voiceRate));
  for (const piece of window.pieces) {
    const part = await voice.read(piece.start, piece.end);
    const at = Math.round(piece.at * voiceRate);
    samples.set(part.subarray(0, Math.max(0, samples.length - at)), at);
  }
  return samples;
}

/** Seconds of detected speech in a window. */
const spoken = (window: Window, { speech }: VoiceActivity): number => {
  const [first, last] = [window.pieces[0]!.start, window.pieces.at(-1)!.end];
  let sum = 0;
  for (const range of speech) {
    if (range.end <= first || range.start >= last) continue;
    for (const piece of window.pieces)
      sum += Math.max(0, Math.min(range.end, piece.end) - Math.max(range.start, piece.start));
  }
  return sum;
};

/** Mean of the upper half of the voice's probability in a window. */
function voiced(window: Window, { probabilities }: VoiceActivity): number {
  const all: number[] = [];
  for (const { start, end } of window.pieces)
    for (let t = start; t < end; t += activityFrame)
      all.push(probabilities[Math.floor(t / activityFrame)] ?? 0);
  const upper = all.sort((a, b) => b - a).slice(0, Math.ceil(all.length / 2));
  return upper.reduce((sum, p) => sum + p, 0) / Math.max(1, upper.length);
}
