/** Whether a transcription can be what was said. Thresholds as in Whisper's own transcribe.py where it has them. */
import { zlibSync } from 'fflate';

export interface Said {
  text: string;
  /** Mean natural log probability of its tokens. */
  logProbability: number;
  noSpeech: number;
  /** Seconds of detected speech in the window. */
  speech: number;
  /** Whether the model came to an end by itself. */
  ended: boolean;
}

export type Doubt = 'loop' | 'unlikely' | 'too-fast' | 'silence' | 'phrase';

/** What is wrong with it; null when nothing is. */
export function doubt(said: Said): Doubt | null {
  const words = said.text.split(/\s+/).filter(Boolean);
  if (words.length === 0) return null;
  if (!said.ended || isRepetitive(said.text)) return 'loop';
  if (said.noSpeech > 0.6 && said.logProbability < -0.7) return 'silence';
  if (isStockPhrase(said.text) && (said.speech < 2 || said.logProbability < -0.5)) return 'phrase';
  if (said.logProbability < -1) return 'unlikely';
  // Fast talkers reach six words or 25 characters a second.
  const seconds = Math.max(0.3, said.speech);
  if (words.length > 4 && (words.length / seconds > 7.5 || said.text.length / seconds > 34))
    return 'too-fast';
  return null;
}

/** Text that packs this well says the same thing again and again. */
export function isRepetitive(text: string): boolean {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > 40 && bytes.length / zlibSync(bytes, { level: 6 }).length > 2.4) return true;
  const words = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}' ]/gu, '')
    .split(/\s+/);
  for (let size = 1; size <= 8; size++) {
    let run = 0;
    for (let i = size; i < words.length; i++) {
      run = words[i] === words[i - size] ? run + 1 : 0;
      if (run >= size * (size === 1 ? 5 : 3)) return true;
    }
  }
  return false;
}

/** What Whisper learned from subtitles of films and writes where nobody speaks. */
const stockPhrases = [
  /^(thanks?( you)?( (very|so) much)?( for (watching|listening|your attention))?[.! ]*)+$/,
  /^(bye[ -]?)+[.!]?$/,
  /^you[.!]?$/,
  /(please|don't forget to) (like|subscribe)|subscribe to (my|the|our) channel|see you (in the )?next (time|video)/,
  /(subtitles|captions|transcription|transcribed|translated) by/,
  /amara\.org|untertitel|sous-titres?|subtítulos|legendas|sottotitoli|napisy|субтитры|продолжение следует/,
  /ご視聴ありがとう|字幕|請不吝點贊|시청해 ?주셔서/,
  /^[.…!?\s♪♫*-]*$/,
];
export const isStockPhrase = (text: string): boolean => {
  const plain = text.trim().toLowerCase();
  return stockPhrases.some((phrase) => phrase.test(plain));
};

/** Without sounds in brackets and notes: "[music]", "(applause)", "♪". */
export const withoutSounds = (text: string): string =>
  text
    .replace(/\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|[♪♫]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
