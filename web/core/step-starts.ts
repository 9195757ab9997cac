/** Where one step ends and the next begins: sentences that start something, backed by what the screen does. */
import type { SceneChange } from './evidence.ts';
import { bare, languageOf } from './text/language.ts';
import type { Sentence } from './text/sentences.ts';

/** Seconds of pause before a sentence that speak for a new start. */
const pauseCounts = 0.7;
/** Score at which a sentence opens a step. */
const opening = 2;
/** Steps shorter than this join the one before, seconds. */
export const minStep = 2.5;
/** Longer ones are looked at again for a weaker start inside. */
const longStep = 25;
/** A talk without steps is parted into chapters of at least this length. */
const minChapter = 45;
/** Seconds by which a change may come before the sentence that tells of it. */
const early = 0.3;

export interface ScoredSentence extends Sentence {
  score: number;
  /** Says what to do. */
  acts: boolean;
  /** The changes that began while it was said or before the next one. */
  changes: SceneChange[];
}

/** What kind of start a sentence is by its words alone. */
export function cueScore(text: string, language: string): { score: number; acts: boolean } {
  const { openers, comments, actions, subjects } = languageOf(language);
  const raw = text.split(/\s+/).filter((w) => bare(w));
  const words = raw.map(bare);
  const plain = words.join(' ');
  const starts = (list: readonly string[]) =>
    list.some((p) => plain === p || plain.startsWith(`${p} `));
  let score = 0;
  const opens = starts(openers);
  if (opens) score += 1.5;
  const told = /\b(?:how to|this video|this tutorial|this demo|welcome|hello|hi everyone)\b/.test(
    plain,
  );
  if (told) return { score: 0, acts: false };
  const clauses = new Set(raw.flatMap((w, i) => (w.endsWith(',') ? [i + 1] : [])));
  const verb = actionAt(words, clauses, actions, subjects);
  // "You can change" describes; "change" and "I change" do.
  const mild =
    /\b(?:you can|we can|you could|if you|lets you|allows?|able to|used to|don't|never)\b/;
  const acts = verb >= 0;
  if (acts) score += mild.test(words.slice(0, verb + 1).join(' ')) ? 0.8 : 2.2;
  if (starts(comments) && !acts) score -= opens ? 0.5 : 1.5;
  return { score, acts };
}

const set = (text: string): ReadonlySet<string> => new Set(text.split(' '));
/** Begin a clause that stands in front of the instruction. */
const fronted = set('to once when after if as in on at from under inside next');
const articles = set('the a an this that of your our my');
/** May stand between the beginning and the verb besides subjects. */
const harmless = set(
  'then now next first finally lastly after that this second third step from there last all of thing ' +
    'the is what one two three four five six seven eight nine ten',
);

/**
 * Index of the verb that says what is done: the first word, or one with nothing before it but who
 * does it and how. A sentence may have a clause in front ("To save it, click Save"). -1 without one.
 */
function actionAt(
  words: readonly string[],
  clauses: ReadonlySet<number>,
  actions: ReadonlySet<string>,
  subjects: ReadonlySet<string>,
): number {
  const conditional = fronted.has(words[0] ?? '');
  let clean = true;
  for (let i = 0; i < Math.min(words.length, 14); i++) {
    const word = words[i]!;
    const before = words[i - 1] ?? '';
    // After an article it is a noun: "the build", "a copy".
    const free =
      i === 0 ||
      (!articles.has(before) &&
        (clean || (conditional && (clauses.has(i) || subjects.has(before)))));
    if (actions.has(word) && free) return i;
    if (!subjects.has(word) && !harmless.has(word)) clean = false;
  }
  return -1;
}

/** Every sentence with its changes and its score. */
export function scoreSentences(
  sentences: readonly Sentence[],
  changes: readonly SceneChange[],
  language: string,
): ScoredSentence[] {
  const knows = languageOf(language).actions.size > 0;
  let next = 0;
  return sentences.map((sentence, i) => {
    const until = (sentences[i + 1]?.start ?? Infinity) - early;
    const own: SceneChange[] = [];
    for (; next < changes.length && changes[next]!.time < until; next++) {
      if (changes[next]!.time >= sentence.start - early || i === 0) own.push(changes[next]!);
    }
    const cue = cueScore(sentence.text, language);
    const area = Math.max(0, ...own.filter((c) => !c.reverts || c.area > 0.1).map((c) => c.area));
    let { score } = cue;
    if (area >= 0.08) score += 1.2;
    else if (area >= 0.005) score += 0.9;
    else if (area > 0) score += 0.5;
    if (sentence.pause >= pauseCounts) score += 0.5;
    // Where the words tell nothing, the screen and the pauses have to.
    if (!knows && area >= 0.005) score += sentence.pause >= 0.4 ? 1 : 0.7;
    return { ...sentence, ...cue, score, changes: own };
  });
}

/** Indices of the sentences that open steps; the first sentence always does. Empty without sentences. */
export function stepStarts(sentences: readonly ScoredSentence[], duration: number): number[] {
  if (sentences.length === 0) return [];
  let starts: number[] = [];
  sentences.forEach((s, i) => {
    if (s.score >= opening) starts.push(i);
  });
  if (starts.length === 0) return [0, ...chapters(sentences, duration)];
  starts = withinLong(sentences, starts, duration);
  starts = notTooShort(sentences, starts);
  const intro = sentences[starts[0]!]!.start - sentences[0]!.start;
  // A word of welcome belongs to the first step; an introduction stands for itself.
  if (starts[0]! > 0) starts = intro < minStep ? [0, ...starts.slice(1)] : [0, ...starts];
  return starts;
}

/** Weaker starts inside of long steps, the best first. */
function withinLong(s: readonly ScoredSentence[], starts: number[], duration: number): number[] {
  const result = new Set(starts);
  const bounds = [...starts, s.length];
  for (let k = 0; k + 1 < bounds.length; k++) {
    const [from, to] = [bounds[k]!, bounds[k + 1]!];
    const end = s[to]?.start ?? duration;
    if (end - s[from]!.start < longStep) continue;
    for (let i = from + 1; i < to; i++) {
      const room = s[i]!.start - s[from]!.start > 6 && end - s[i]!.start > 6;
      if (room && s[i]!.score >= 1.3 && s[i]!.changes.some((c) => c.area >= 0.005)) result.add(i);
    }
  }
  return [...result].sort((a, b) => a - b);
}

/** Joins a start with the one before where too little happened in between. */
function notTooShort(s: readonly ScoredSentence[], starts: readonly number[]): number[] {
  const kept: number[] = [];
  for (const i of starts) {
    const last = kept.at(-1);
    if (last !== undefined) {
      const length = s[i]!.start - s[last]!.start;
      const before = s.slice(last, i);
      const nothing = before.every((b) => b.changes.length === 0);
      if (length < minStep && (nothing || length < minStep / 2)) continue;
    }
    kept.push(i);
  }
  return kept;
}

/** Chapters of a talk: at its longest pauses and turns, at least `minChapter` apart. */
function chapters(s: readonly ScoredSentence[], duration: number): number[] {
  if (duration < 2.5 * minChapter) return [];
  const candidates = s
    .map((sentence, i) => ({ i, weight: Math.min(3, sentence.pause) + sentence.score }))
    .filter(({ i, weight }) => i > 0 && weight >= 0.5)
    .sort((a, b) => b.weight - a.weight);
  const chosen: number[] = [];
  const limit = Math.floor(duration / (2 * minChapter));
  for (const { i } of candidates) {
    if (chosen.length >= limit) break;
    const at = s[i]!.start;
    const free = [0, duration, ...chosen.map((c) => s[c]!.start)].every(
      (t) => Math.abs(t - at) >= minChapter,
    );
    if (free) chosen.push(i);
  }
  return chosen.sort((a, b) => a - b);
}

/** Starts of steps in a recording without words: where the screen changed after a while of rest. */
export function silentStarts(changes: readonly SceneChange[], duration: number): number[] {
  const notable = changes.filter((c) => c.area >= 0.01 && !(c.reverts && c.area < 0.1));
  const gap = Math.max(3, duration / 60);
  const starts: number[] = [];
  let last = -Infinity;
  for (const change of notable) {
    if (change.time - last >= gap || starts.length === 0) {
      starts.push(change.time);
      last = change.time;
    }
  }
  return starts;
}
