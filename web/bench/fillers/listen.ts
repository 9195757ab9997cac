/** In the page: what the product finds in a scene, and what Whisper's own words alone would give. */
import type { Filler, Word } from '../../core/evidence.ts';
import type { JobContext } from '../../core/progress.ts';
import { openAligner } from '../../analysis/speech/align.ts';
import { evidenceOf, type Evidence } from '../../analysis/speech/fillers/confidence.ts';
import { EncoderEar } from '../../analysis/speech/fillers/encoder-ear.ts';
import { findFillers, weighCandidates } from '../../analysis/speech/fillers/find-fillers.ts';
import { readAsFiller } from '../../analysis/speech/fillers/lexicon.ts';
import type { Place } from '../../analysis/speech/fillers/signals.ts';
import { transcribe } from '../../analysis/speech/transcribe.ts';
import { detectVoice } from '../../analysis/speech/voice-activity.ts';
import { voiceFromSamples } from '../../analysis/speech/voice-file.ts';
import { Whisper } from '../../analysis/speech/whisper.ts';

/** One candidate as the fit of the weights wants it (`train/fit.py`). */
export interface Row {
  evidence: Evidence;
  /** Share of it in which an encoder listened. */
  heard: number;
  /** What would be cut. */
  place: Place;
}

export interface Heard {
  words: Word[];
  fillers: Filler[];
  /** Fillers among Whisper's own words at Whisper's own times; null where they were not asked for. */
  own: { start: number; end: number }[] | null;
  rows: Row[];
  /** Seconds that finding the fillers took, words aside. */
  seconds: number;
}

const job: JobContext = { signal: new AbortController().signal, progress: () => undefined };
const models = new Map<string, Promise<Whisper>>();

export async function listen(address: string, model: string, compare: boolean): Promise<Heard> {
  if (!models.has(model)) models.set(model, Whisper.open(model));
  const whisper = await models.get(model)!;
  const bytes = new DataView(await (await fetch(address)).arrayBuffer(), 44);
  const samples = Float32Array.from(
    { length: bytes.byteLength >> 1 },
    (_, i) => bytes.getInt16(2 * i, true) / 32768,
  );
  const voice = voiceFromSamples(samples);
  const activity = await detectVoice(voice, job);
  const encode = whisper.encode.bind(whisper);
  whisper.encode = remember(encode);
  const ear = await EncoderEar.open(model, voice, activity);
  const input = { voice, activity, whisper, language: 'en' };
  const { words, fillers: aligned } = await transcribe(
    { ...input, aligner: openAligner, onEncoded: ear?.hear },
    job,
  );
  const encoder = (await ear?.finish(whisper, job)) ?? null;
  const own = compare
    ? (await transcribe({ ...input, aligner: () => Promise.resolve(null) }, job)).words
    : null;
  whisper.encode = encode;
  const began = performance.now();
  const all = { voice, words, speech: activity.speech, language: 'en', aligned, encoder };
  const fillers = await findFillers(all, job);
  const seconds = (performance.now() - began) / 1000;
  const { candidates } = await weighCandidates(all, job);
  return {
    words,
    fillers,
    own: own && own.filter((w) => readAsFiller(w.text, 'en') !== 'word'),
    rows: candidates.map(({ candidate, signals, place }) => ({
      evidence: evidenceOf(candidate, signals),
      heard: candidate.heard,
      place,
    })),
    seconds,
  };
}

/** The comparison transcribes the same sound again: it is encoded once. */
function remember(encode: Whisper['encode']): Whisper['encode'] {
  const known = new Map<string, ReturnType<Whisper['encode']>>();
  return (samples) => {
    const key = `${samples.length} ${samples.reduce((sum, v, i) => sum + v * (i % 97), 0)}`;
    if (!known.has(key)) known.set(key, encode(samples));
    return known.get(key)!;
  };
}
