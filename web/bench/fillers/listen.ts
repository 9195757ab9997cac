/** In the page: what the product finds in a scene, and what Whisper's own words alone would give. */
import type { Filler, Word } from '../../core/evidence.ts';
import type { JobContext } from '../../core/progress.ts';
import { openAligner } from '../../analysis/speech/align.ts';
import { findFillers } from '../../analysis/speech/fillers/find-fillers.ts';
import { readAsFiller } from '../../analysis/speech/fillers/lexicon.ts';
import { transcribe } from '../../analysis/speech/transcribe.ts';
import { detectVoice } from '../../analysis/speech/voice-activity.ts';
import { voiceFromSamples } from '../../analysis/speech/voice-file.ts';
import { Whisper } from '../../analysis/speech/whisper.ts';

export interface Heard {
  words: Word[];
  fillers: Filler[];
  /** Fillers among Whisper's own words at Whisper's own times. */
  own: { start: number; end: number }[];
  /** Seconds that finding the fillers took, words aside. */
  seconds: number;
}

const job: JobContext = { signal: new AbortController().signal, progress: () => undefined };
let whisper: Promise<Whisper> | undefined;

export async function listen(address: string, compare: boolean): Promise<Heard> {
  whisper ??= Whisper.open('whisper-base');
  const model = await whisper;
  const bytes = new DataView(await (await fetch(address)).arrayBuffer(), 44);
  const samples = Float32Array.from(
    { length: bytes.byteLength >> 1 },
    (_, i) => bytes.getInt16(2 * i, true) / 32768,
  );
  const voice = voiceFromSamples(samples);
  const activity = await detectVoice(voice, job);
  const input = { voice, activity, whisper: model, language: 'en' };
  const { words, fillers: aligned } = await transcribe({ ...input, aligner: openAligner }, job);
  const own = compare
    ? (await transcribe({ ...input, aligner: () => Promise.resolve(null) }, job)).words
    : [];
  const began = performance.now();
  const fillers = await findFillers(
    { voice, words, speech: activity.speech, language: 'en', aligned },
    job,
  );
  const seconds = (performance.now() - began) / 1000;
  return {
    words,
    fillers,
    own: own.filter((w) => readAsFiller(w.text, 'en') !== 'word'),
    seconds,
  };
}
