/** Everything that analysis says about what is spoken. Runs in a worker. */
import type { SpeechEvidence, Word } from '../../core/evidence.ts';
import { isAbort } from '../../core/errors.ts';
import { within, type JobContext } from '../../core/progress.ts';
import type { ScriptCue } from '../../core/subtitle-parse.ts';
import { recordingFolder } from '../../storage/opfs.ts';
import { openAligner } from './align.ts';
import { chooseDevice } from './device.ts';
import { findDisfluencies } from './disfluencies.ts';
import { EncoderEar, type EncoderTrack } from './fillers/encoder-ear.ts';
import { findFillers } from './fillers/find-fillers.ts';
import { hearBetween, realWords } from './fillers/signals.ts';
import { timeScript } from './script-match.ts';
import { placeCues, split } from './script-words.ts';
import { findSilences } from './silences.ts';
import { transcribe, type Transcript } from './transcribe.ts';
import type { Aligner, Checkpoint, VoiceActivity, VoiceSignal } from './types.ts';
import { detectVoice } from './voice-activity.ts';
import { openVoice, voicePath } from './voice-file.ts';
import { Whisper } from './whisper.ts';

export interface SpeechInput {
  file: File;
  trackIndex: number;
  recordingId: string;
  /** Name of a model of kind `speech`. */
  model: string;
  /** BCP 47 primary subtag; null detects it. */
  language: string | null;
  /** Given words take the place of a transcription. */
  script: { cues: readonly ScriptCue[] } | null;
}

export interface SpeechContext extends JobContext {
  checkpoint?: Checkpoint;
}

/** A recording in which nobody speaks gives empty lists, not an error. */
export async function analyseSpeech(
  input: SpeechInput,
  job: SpeechContext,
): Promise<SpeechEvidence> {
  const part = (from: number, to: number): SpeechContext => ({
    ...job,
    progress: within(job.progress, from, to),
  });
  const path = voicePath(recordingFolder(input.recordingId), input.trackIndex);
  const voice = await openVoice(input.file, input.trackIndex, path, part(0, 0.04));
  const activity = await detectVoice(voice, part(0.04, 0.1));
  if (activity.speech.length === 0) return nobody(input, voice, activity);
  const {
    language,
    words,
    fillers: aligned,
    encoder,
  } = await findWords(input, voice, activity, part(0.1, 0.95));
  job.signal.throwIfAborted();
  const fillers = await findFillers(
    { voice, words, speech: activity.speech, language, aligned, encoder },
    part(0.95, 1),
  );
  const silences = findSilences(activity, [...words, ...fillers], voice.duration);
  job.progress({ fraction: 1 });
  return {
    model: input.script ? 'import' : input.model,
    language,
    words,
    fillers,
    silences,
    disfluencies: findDisfluencies(words, fillers),
    speech: activity.speech,
  };
}

function nobody(input: SpeechInput, voice: VoiceSignal, activity: VoiceActivity): SpeechEvidence {
  return {
    model: input.script ? 'import' : input.model,
    language: input.language ?? 'en',
    words: [],
    fillers: [],
    silences: findSilences(activity, [], voice.duration),
    disfluencies: [],
    speech: [],
  };
}

/** Words, and what the encoder heard besides; null where none listened. */
type Listened = Transcript & { encoder: EncoderTrack | null };

async function findWords(
  input: SpeechInput,
  voice: VoiceSignal,
  activity: VoiceActivity,
  job: SpeechContext,
): Promise<Listened> {
  const cues = input.script?.cues ?? [];
  if (cues.length > 0 && cues.every((cue) => cue.start !== null)) {
    const language = input.language ?? 'en';
    const aligner = await openAligner(language, { signal: job.signal });
    try {
      const words = inOrder(await placeCues(cues, voice, activity, aligner, job));
      const real = realWords(words, language);
      const fillers = aligner && (await hearBetween(real, voice, aligner, job));
      return { language, words, fillers, encoder: null };
    } finally {
      aligner?.close();
    }
  }
  const transcript = await listen(input, voice, activity, job);
  if (cues.length === 0) return { ...transcript, words: inOrder(transcript.words) };
  const script = cues.flatMap((cue) => split(cue.text));
  return { ...transcript, words: inOrder(timeScript(script, transcript.words)) };
}

async function listen(
  input: SpeechInput,
  voice: VoiceSignal,
  activity: VoiceActivity,
  job: SpeechContext,
): Promise<Listened> {
  const options = { signal: job.signal };
  const open = (device: 'wasm' | 'webgpu') => Whisper.open(input.model, { ...options, device });
  const whisper = await open(await chooseDevice(input.model, open, job.signal));
  try {
    // A missing aligner only makes word edges coarser: better than no words.
    const aligner = (language: string): Promise<Aligner | null> =>
      openAligner(language, options).catch((error: unknown) => {
        if (isAbort(error)) throw error;
        console.warn(`no aligner: ${String(error)}`);
        return null;
      });
    const { language } = input;
    const ear = await EncoderEar.open(input.model, voice, activity);
    const progress = (from: number, to: number) => ({ ...job, progress: within(job.progress, from, to) }); // prettier-ignore
    const transcript = await transcribe(
      { voice, activity, whisper, language, aligner, onEncoded: ear?.hear },
      progress(0, 0.97),
    );
    const encoder = (await ear?.finish(whisper, progress(0.97, 1))) ?? null;
    return { ...transcript, encoder };
  } finally {
    await whisper.close();
  }
}

/** Sorted and without overlaps: the timeline and the captions rely on it. */
function inOrder(words: readonly Word[]): Word[] {
  const sorted = [...words].sort((a, b) => a.start - b.start || a.end - b.end);
  return sorted.map((word, i) => {
    const next = sorted[i + 1];
    return next && word.end > next.start && next.start > word.start
      ? { ...word, end: next.start }
      : word;
  });
}
