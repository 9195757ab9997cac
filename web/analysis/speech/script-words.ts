/** Places the words of a subtitle file on the voice, instead of transcribing. */
import type { Word } from '../../core/evidence.ts';
import type { JobContext } from '../../core/progress.ts';
import type { ScriptCue } from '../../core/subtitle-parse.ts';
import { sourceTime } from '../../core/time.ts';
import { readWindow } from './transcribe.ts';
import type { Aligner, VoiceActivity, VoiceSignal } from './types.ts';
import { snapWords } from './word-edges.ts';
import { toSource, type Window } from './windows.ts';

/** Words with the time in which they are said. */
interface Passage {
  words: string[];
  start: number;
  end: number;
}

/** Cues are often a little early or late, seconds. */
const slack = 0.4;

/** Places subtitles, whose cues all have times. */
export async function placeCues(
  cues: readonly ScriptCue[],
  voice: VoiceSignal,
  activity: VoiceActivity,
  aligner: Aligner | null,
  job: JobContext,
): Promise<Word[]> {
  const passages = cues.map(({ text, start, end }) => ({
    words: split(text),
    start: start ?? 0,
    end: end ?? (start ?? 0) + 2,
  }));
  const words: Word[] = [];
  for (const [i, passage] of passages.entries()) {
    job.signal.throwIfAborted();
    job.progress({ fraction: i / passages.length });
    if (passage.words.length === 0) continue;
    const before = passages[i - 1]?.end ?? 0;
    const after = passages[i + 1]?.start ?? voice.duration;
    const start = Math.max(0, Math.max(passage.start - slack, Math.min(before, passage.start)));
    const end = Math.min(voice.duration, passage.end + slack, Math.max(after, passage.end));
    words.push(
      ...(await placePassage({ ...passage, start, end }, passage, voice, activity, aligner)),
    );
  }
  job.progress({ fraction: 1 });
  return snapWords(words, activity);
}

async function placePassage(
  wide: Passage,
  passage: Passage,
  voice: VoiceSignal,
  activity: VoiceActivity,
  aligner: Aligner | null,
): Promise<Word[]> {
  const window: Window = {
    pieces: [{ start: wide.start, end: wide.end, at: 0 }],
    length: wide.end - wide.start,
  };
  const arcs = aligner?.align(await readWindow(window, voice), passage.words, {
    fillersBetweenWords: ['um', 'uh'],
  });
  const found = new Map(arcs?.filter((a) => a.kind === 'word').map((a) => [a.word, a]));
  if (found.size === 0) return evenly(passage, activity);
  let last = wide.start;
  return passage.words.map((text, i) => {
    const arc = found.get(i);
    const start = arc ? toSource(window, arc.start) : last;
    last = arc ? toSource(window, arc.end) : last;
    return { text, start: sourceTime(start), end: sourceTime(last), confidence: arc ? 0.9 : 0.3 };
  });
}

/** By letters, over the passage's speech alone. */
function evenly({ words, start, end }: Passage, { speech }: VoiceActivity): Word[] {
  const inside = speech
    .map((s) => ({ start: Math.max(s.start, start), end: Math.min(s.end, end) }))
    .filter((s) => s.end > s.start);
  const ranges = inside.length > 0 ? inside : [{ start, end }];
  const total = ranges.reduce((sum, r) => sum + r.end - r.start, 0);
  const letters = words.reduce((sum, w) => sum + w.length + 1, 0);
  const at = (share: number): number => {
    let left = share * total;
    for (const range of ranges) {
      if (left <= range.end - range.start) return range.start + left;
      left -= range.end - range.start;
    }
    return ranges.at(-1)!.end;
  };
  let seen = 0;
  return words.map((text) => {
    const from = at(seen / letters);
    seen += text.length + 1;
    return { text, start: sourceTime(from), end: sourceTime(at(seen / letters)), confidence: 0.3 };
  });
}

/** The words of a text. */
export const split = (text: string) => text.split(/\s+/).filter(Boolean);
