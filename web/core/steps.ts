/** Drafts the steps of a recording from what was done, shown and said in it. */
import type {
  Disfluency,
  Filler,
  ScreenEvidence,
  Silence,
  StepDraft,
  StillCandidate,
  Word,
} from './evidence.ts';
import type { Interaction } from './interaction.ts';
import { actionTitle, groupActions, plainActionTitle, type Action } from './actions.ts';
import { chooseStills, listRests, notable, stateAt, type Rest } from './stills.ts';
import {
  minStep,
  scoreSentences,
  silentStarts,
  stepStarts,
  type ScoredSentence,
} from './step-starts.ts';
import { leadIn, paragraphs, restoreSentences } from './text/sentences.ts';
import { titleFrom } from './text/titles.ts';
import { sourceRange, sourceTime, type SourceRange } from './time.ts';
import { targetMoment } from './still-target.ts';

export interface StepInput {
  words: readonly Word[];
  silences: readonly Silence[];
  fillers: readonly Filler[];
  disfluencies: readonly Disfluency[];
  screen: ScreenEvidence | null;
  interactions: readonly Interaction[];
  /** Seconds. */
  duration: number;
  /** BCP 47 primary subtag of what is spoken. */
  language: string;
}

/** A step in the making: its range, the sentences said in it, the action it is about. */
interface Section extends SourceRange {
  sentences: ScoredSentence[];
  action: Action | null;
}

/** Seconds by which a change may begin before its step does. */
const lead = 0.3;

/** The steps in order. They do not overlap, and each sentence is in exactly one of them. */
export function draftSteps(input: StepInput): StepDraft[] {
  const { screen, duration, language } = input;
  const changes = screen?.changes ?? [];
  const sentences = scoreSentences(restoreSentences(input), changes, language);
  const actions = groupActions(input.interactions);
  const sections =
    actions.length > 0
      ? byActions(actions, sentences, duration)
      : sentences.length > 0
        ? bySentences(sentences, duration)
        : byChanges(changes, duration, screen !== null);
  return describe(sections, input);
}

/** One section for each action; it begins with the sentence that announces the action. */
function byActions(
  actions: readonly Action[],
  sentences: readonly ScoredSentence[],
  duration: number,
): Section[] {
  const starts = actions.map((action, i) => {
    const before = actions[i - 1]?.end ?? 0;
    const announced = sentences.findLast((s) => s.start <= action.start + lead && s.start > before);
    return announced ? leadIn(announced) : Math.max(before, action.start - 0.5);
  });
  const first = sentences[0];
  const introduction = first && starts[0]! - first.start >= minStep;
  const sections = actions.map((action, i): Section => {
    const start =
      i === 0 && !introduction ? Math.min(starts[0]!, first?.start ?? Infinity) : starts[i]!;
    return { ...sourceRange(start, starts[i + 1] ?? duration), sentences: [], action };
  });
  if (introduction) {
    sections.unshift({ ...sourceRange(leadIn(first), starts[0]!), sentences: [], action: null });
  }
  for (const sentence of sentences) {
    const home = sections.findLast((s) => s.start <= sentence.start + 0.01) ?? sections[0]!;
    home.sentences.push(sentence);
  }
  return sections;
}

function bySentences(sentences: readonly ScoredSentence[], duration: number): Section[] {
  const starts = stepStarts(sentences, duration);
  return starts.map((from, k): Section => {
    const to = starts[k + 1] ?? sentences.length;
    const end = sentences[to] ? leadIn(sentences[to]) : Math.max(duration, sentences.at(-1)!.end);
    return {
      ...sourceRange(leadIn(sentences[from]!), end),
      sentences: sentences.slice(from, to),
      action: null,
    };
  });
}

function byChanges(
  changes: Parameters<typeof silentStarts>[0],
  duration: number,
  hasPicture: boolean,
): Section[] {
  if (duration <= 0) return [];
  const starts = silentStarts(changes, duration);
  if (!hasPicture || starts.length === 0) {
    return [{ ...sourceRange(0, duration), sentences: [], action: null }];
  }
  return starts.map((start, i) => ({
    ...sourceRange(i === 0 ? Math.max(0, start - lead) : start, starts[i + 1] ?? duration),
    sentences: [],
    action: null,
  }));
}

function describe(
  sections: readonly Section[],
  { screen, duration, language, interactions }: StepInput,
): StepDraft[] {
  const rests: Rest[] = screen ? listRests(screen, duration) : [];
  let before: number | null = null;
  return sections.map((section, i) => {
    const { start, end, sentences, action } = section;
    const from = action?.start ?? start - lead;
    const next = sections[i + 1];
    const until = next ? (next.action?.start ?? next.start - lead) : Infinity;
    const results = screen ? chooseStills(screen, rests, { start: from, end: until, before }) : [];
    if (results[0]) before = stateAt(rests, results[0].time);
    const stills = [...targetStill(action, interactions, duration), ...results];
    const shown =
      action !== null ||
      rests.some(
        (r) =>
          r.change && r.change.area >= notable && r.change.time >= from && r.change.time < until,
      );
    return {
      start,
      end,
      title:
        (action && actionTitle(action)) ||
        spokenTitle(sentences, language) ||
        (action && plainActionTitle(action)) ||
        `Step ${i + 1}`,
      text: paragraphs(sentences),
      claim: shown ? 'shown' : 'said',
      stills,
      interaction: action?.index ?? null,
      section: action?.section ?? null,
    };
  });
}

/** The control as the reader will find it, before the press changes anything. */
function targetStill(
  action: Action | null,
  interactions: readonly Interaction[],
  duration: number,
): StillCandidate[] {
  const next = action && interactions.find(({ time }) => time > action.end)?.time;
  const time = action && targetMoment(interactions[action.index]!, next ?? Infinity);
  if (time === null || time > duration) return [];
  return [{ time: sourceTime(time), score: 1, settled: true, sharpness: 0 }];
}

/** From the sentence that says best what is done; the first that gives a title at all. */
function spokenTitle(sentences: readonly ScoredSentence[], language: string): string {
  const told = sentences.find((s) => /\bhow (?:to|you can|we can)\b/i.test(s.text));
  const acting = sentences.find((s) => s.acts);
  for (const s of [acting ?? told, ...sentences]) {
    const title = s ? titleFrom(s.text, language) : '';
    if (title.length >= 3) return title;
  }
  return '';
}
