/** The transcript as running text: words and findings as tokens, in paragraphs, grouped by steps. */
import { isRemoved } from './cuts.ts';
import type { Disfluency, Filler, Silence, SpeechEvidence, Word } from './evidence.ts';
import type { Project, Step } from './project.ts';
import { fillerWords } from './text/filler-words.ts';
import { lastAtOrBefore } from './timeline.ts';
import type { SourceRange, SourceTime } from './time.ts';

export type Token =
  | {
      kind: 'word';
      start: SourceTime;
      end: SourceTime;
      word: Word;
      /** Into the evidence's words. */ index: number;
      doubted: boolean;
    }
  | { kind: 'filler'; start: SourceTime; end: SourceTime; finding: Filler }
  | { kind: 'silence'; start: SourceTime; end: SourceTime; finding: Silence }
  | { kind: 'disfluency'; start: SourceTime; end: SourceTime; finding: Disfluency };

export interface Paragraph extends SourceRange {
  /** Stable while the text above it does not change. */
  key: string;
  /** The step it belongs to, and whether it opens it. */
  stepId: string | null;
  opensStep: boolean;
  /** Index of its first token in the whole transcript. */
  from: number;
  tokens: Token[];
}

export interface Transcript {
  tokens: Token[];
  paragraphs: Paragraph[];
}

/** Where a step begins; the rest of it does not matter to the text. */
export type StepStart = Pick<Step, 'id' | 'start'>;
type Decided = Pick<Project, 'removal' | 'decisions'>;
const middle = (r: SourceRange) => (r.start + r.end) / 2;

/** Where a token stands in the row: an offer right after the words it is about. */
const place = (t: Token) => (t.kind === 'disfluency' ? t.end - 1e-4 : t.start);

/** All tokens but the pauses, in order. Words that are fillers are shown by their chip alone. */
export function spokenTokens(speech: SpeechEvidence): readonly Token[] {
  const { words, fillers, disfluencies, language } = speech;
  const isFiller = fillerWords(fillers, language);
  const inside = (list: readonly SourceRange[], word: Word) => {
    const at = lastAtOrBefore(list, (f) => f.start, middle(word));
    return at >= 0 && middle(word) < list[at]!.end;
  };
  const tokens: Token[] = [];
  for (const [index, word] of words.entries()) {
    if (isFiller(word)) continue;
    const doubted = inside(disfluencies, word);
    tokens.push({ kind: 'word', start: word.start, end: word.end, word, index, doubted });
  }
  for (const f of fillers) tokens.push({ kind: 'filler', start: f.start, end: f.end, finding: f });
  for (const d of disfluencies)
    tokens.push({ kind: 'disfluency', start: d.start, end: d.end, finding: d });
  return tokens.sort((a, b) => place(a) - place(b));
}

/** One pause is one token, however often the row is made anew. */
const pauses = new WeakMap<Silence, Token>();
function pauseToken(finding: Silence): Token {
  const known = pauses.get(finding);
  if (known) return known;
  const token: Token = { kind: 'silence', start: finding.start, end: finding.end, finding };
  pauses.set(finding, token);
  return token;
}

/**
 * Findings and words in one row. `spoken` does not depend on the project and can be kept, so that
 * dragging the pause slider over hours of speech only weaves the pauses in.
 */
export function listTokens(
  speech: SpeechEvidence,
  project: Decided,
  spoken: readonly Token[] = spokenTokens(speech),
): Token[] {
  const shown = speech.silences
    .filter(
      (s) => s.end - s.start >= project.removal.minSilence || isRemoved(project, 'silence', s),
    )
    .sort((a, b) => a.start - b.start);
  const tokens: Token[] = [];
  let next = 0;
  for (const token of spoken) {
    const at = place(token);
    while (next < shown.length && shown[next]!.start < at) tokens.push(pauseToken(shown[next++]!));
    tokens.push(token);
  }
  while (next < shown.length) tokens.push(pauseToken(shown[next++]!));
  return tokens;
}

const longParagraph = 70;
const longPause = 2.5;

/**
 * Cuts the row of tokens into paragraphs: at steps, at long pauses, and at sentence ends once it gets
 * long. Paragraphs of `before` that stay as they are stay the same objects.
 */
export function buildTranscript(
  tokens: Token[],
  stepStarts: readonly StepStart[],
  before?: Transcript,
): Transcript {
  const steps = [...stepStarts].sort((a, b) => a.start - b.start);
  const stepAt = (time: number) => steps[lastAtOrBefore(steps, (s) => s.start, time)]?.id ?? null;
  const known = new Map(before?.paragraphs.map((p) => [p.key, p]));
  const paragraphs: Paragraph[] = [];
  let current: Token[] = [];
  /** Without the pauses: the text is not to be parted otherwise when more or fewer of them are shown. */
  let spoken = 0;
  let from = 0;
  let stepId: string | null = null;

  const close = (next: number) => {
    const [first, last] = [current[0], current.at(-1)];
    if (first && last) {
      const opensStep = stepId !== null && paragraphs.at(-1)?.stepId !== stepId;
      const key = `${Math.round(first.start * 1000)}:${first.kind}`;
      const made = { key, stepId, opensStep, from, tokens: current };
      paragraphs.push(reused(known.get(key), { ...made, start: first.start, end: last.end }));
    }
    current = [];
    spoken = 0;
    from = next;
  };

  for (const [i, token] of tokens.entries()) {
    const here = stepAt(token.kind === 'word' ? middle(token) : token.start);
    const previous = tokens[i - 1];
    // A pause after a full stop does not hide it.
    const said = previous?.kind === 'silence' ? tokens[i - 2] : previous;
    const ended = said?.kind === 'word' && /[.!?…]["”’)]*$/.test(said.word.text);
    const pause = previous?.kind === 'silence' && previous.end - previous.start >= longPause;
    const full = spoken > longParagraph && (ended || spoken > 2 * longParagraph);
    if (here !== stepId || full || (pause && spoken > 12)) close(i);
    stepId = here;
    current.push(token);
    if (token.kind !== 'silence') spoken++;
  }
  close(tokens.length);
  return { tokens, paragraphs };
}

/** The old paragraph where nothing differs, or at least its old tokens. */
function reused(old: Paragraph | undefined, now: Paragraph): Paragraph {
  if (old?.tokens.length !== now.tokens.length) return now;
  if (!old.tokens.every((token, i) => token === now.tokens[i])) return now;
  const same =
    old.from === now.from && old.stepId === now.stepId && old.opensStep === now.opensStep;
  return same ? old : { ...now, tokens: old.tokens };
}

/** Index of the paragraph that holds a token. */
export const paragraphOf = ({ paragraphs }: Transcript, token: number): number =>
  lastAtOrBefore(paragraphs, (p) => p.from, token);

/** Index of the last token that begins at or before a moment, -1 before the first. */
export const tokenAt = ({ tokens }: Transcript, time: SourceTime): number =>
  lastAtOrBefore(tokens, (t) => t.start, time);

/** Whether a moment lies in one of the disjoint, sorted ranges. */
export function isInside(ranges: readonly SourceRange[], time: number): boolean {
  const range = ranges[lastAtOrBefore(ranges, (r) => r.start, time)];
  return range !== undefined && time < range.end;
}

export const isTokenCut = (ranges: readonly SourceRange[], token: SourceRange): boolean =>
  isInside(ranges, middle(token));

/**
 * The time to take out when a person deletes tokens `first` to `last`: the pause after them goes
 * with them (at most 0.3 s of it), so that no double pause stays.
 */
export function deletionRange(
  tokens: readonly Token[],
  first: number,
  last: number,
): SourceRange | null {
  const [a, b] = [tokens[first], tokens[last]];
  if (!a || !b) return null;
  let end: number = b.end;
  for (let i = first; i <= last; i++) end = Math.max(end, tokens[i]!.end);
  const next = tokens[last + 1]?.start ?? end;
  const tail = Math.max(0, Math.min(next - end, 0.3));
  return { start: a.start, end: (end + tail) as SourceTime };
}

/** What finds its way to a reader: kept words with their corrections, as one string. */
export function keptText(
  words: readonly Word[],
  range: SourceRange,
  cut: readonly SourceRange[],
  text: (word: Word) => string,
): string {
  return words
    .filter((w) => middle(w) >= range.start && middle(w) < range.end && !isInside(cut, middle(w)))
    .map(text)
    .filter(Boolean)
    .join(' ');
}
