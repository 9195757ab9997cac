import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutRanges, listCuts } from '../cuts.ts';
import type { SpeechEvidence, Word } from '../evidence.ts';
import { History } from '../history.ts';
import { sourceRange, sourceTime, type SourceRange } from '../time.ts';
import { TimeMap } from '../timeline.ts';
import {
  buildTranscript,
  deletionRange,
  isInside,
  isTokenCut,
  listTokens,
  spokenTokens,
} from '../transcript.ts';
import type { Project, Step } from '../project.ts';
import { cutRange, restoreAllCuts, restoreRange } from './cuts.ts';
import { newProject } from './create.ts';
import { setTitle, type Edit } from './edit.ts';
import { removeAll, restoreAll, savingOf, setRemoval, toggleFinding } from './findings.ts';
import * as steps from './steps.ts';
import { correctWord } from './words.ts';

const length = 60;
const word = (text: string, start: number, end: number): Word => ({
  ...sourceRange(start, end),
  text,
  confidence: 0.9,
});
/** A word every half second, a filler every ten, a pause every fifteen. */
function speech(): SpeechEvidence {
  const words = Array.from({ length: 100 }, (_, i) =>
    word(i % 9 === 8 ? `word${i}.` : `word${i}`, i * 0.5, i * 0.5 + 0.4),
  );
  const fillers = [5, 15, 25, 35].map((s, i) => ({
    ...sourceRange(s + 0.41, s + 0.49),
    text: 'um',
    confidence: i === 3 ? 0.3 : 0.9,
    signals: [],
  }));
  const silences = [50, 54, 57].map((s) => ({
    ...sourceRange(s, s + 0.5 + (s - 50) / 5),
    confidence: 1,
  }));
  const disfluencies = [
    { ...sourceRange(10, 10.9), kind: 'repeat' as const, text: 'x', confidence: 1 },
  ];
  return { model: 'm', language: 'en', words, fillers, silences, disfluencies, speech: [] };
}
const step = (id: string, start: number, end: number): Step => ({
  ...sourceRange(start, end),
  id,
  title: `Title ${id}`,
  text: 'Word0 word1, word2.',
  claim: 'said',
  still: { time: sourceTime(start + 1), alt: '' },
  stillChoices: [sourceTime(start + 1), sourceTime(end - 1)],
  interaction: null,
});
const evidence = speech();
const base: Project = {
  ...newProject({ id: 'r', name: 'Test', source: 'upload' }, 'p', 0),
  steps: [step('a', 0, 20), step('b', 20, 40), step('c', 40, 60)],
};

const range = fc
  .tuple(fc.double({ min: 0, max: 59, noNaN: true }), fc.double({ min: 0.05, max: 8, noNaN: true }))
  .map(([start, size]) => sourceRange(start, start + size));
const id = fc.constantFrom('a', 'b', 'c', 'n1', 'n2');
let counter = 0;
const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  range.map((r) => cutRange(r, 'words', `c${counter++}`)),
  range.map((r) => restoreRange(r, evidence)),
  fc.constant(restoreAllCuts),
  fc.constantFrom('filler', 'silence', 'disfluency').map((k) => removeAll(k as 'filler')),
  fc.constantFrom('filler', 'silence', 'disfluency').map((k) => restoreAll(k as 'filler')),
  fc.nat(3).map((i) => toggleFinding('filler', evidence.fillers[i]!)),
  fc.double({ min: 0.2, max: 3, noNaN: true }).map((minSilence) => setRemoval({ minSilence })),
  fc.string().map(setTitle),
  fc.tuple(fc.nat(99), fc.string()).map(([i, t]) => correctWord(evidence.words, i, t)),
  fc.tuple(id, fc.string()).map(([s, t]) => steps.setStepTitle(s, t)),
  fc.tuple(id, fc.nat(5)).map(([s, to]) => steps.moveStep(s, to)),
  id.map(steps.mergeWithNext),
  id.map((s) => steps.deleteStepAndCut(s, `d${counter++}`)),
  fc.tuple(id, fc.double({ min: 0, max: 60, noNaN: true })).map(([s, at]) =>
    steps.splitStep(s, {
      at: sourceTime(at),
      textOffset: 6,
      newId: `s${counter++}`,
      newTitle: 'New',
    }),
  ),
);

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

describe('history', () => {
  test('undo gives back the identical projects, redo the identical edits, nothing is mutated', () =>
    fc.assert(
      fc.property(fc.array(anyEdit, { maxLength: 40 }), (edits) => {
        const history = new History<Project>();
        const states = [freeze(structuredClone(base))];
        for (const edit of edits) {
          const before = states.at(-1)!;
          const after = freeze(edit(before));
          if (after === before) continue;
          history.record(before);
          states.push(after);
        }
        let current = states.at(-1)!;
        for (const state of states.slice(0, -1).reverse()) {
          current = history.undo(current)!;
          expect(current).toBe(state);
        }
        expect(history.canUndo).toBe(false);
        for (const state of states.slice(1)) {
          current = history.redo(current)!;
          expect(current).toBe(state);
        }
        expect(history.canRedo).toBe(false);
      }),
    ));

  test('a gesture is one mark, and the oldest marks go', () => {
    const history = new History<number>(3);
    for (let i = 0; i < 5; i++) history.record(i, 'drag');
    expect(history.undo(5)).toBe(0);
    expect(history.canUndo).toBe(false);
    history.record(0, 'drag');
    history.endGesture();
    history.record(1, 'drag');
    expect(history.undo(2)).toBe(1);
    expect(history.undo(1)).toBe(0);
    for (let i = 0; i < 10; i++) history.record(i);
    expect([history.undo(10), history.undo(9), history.undo(8), history.undo(7)]).toEqual([
      9,
      8,
      7,
      null,
    ]);
  });
});

describe('cuts', () => {
  const total = (ranges: readonly SourceRange[]) => ranges.reduce((s, r) => s + r.end - r.start, 0);
  const cuts = (p: Project) => cutRanges(listCuts(p, evidence));

  test('restoring a range brings all of it back but for shortened pauses and fillers at its edge', () =>
    fc.assert(
      fc.property(fc.array(anyEdit, { maxLength: 20 }), (edits) => {
        const project = edits.reduce((p, edit) => edit(p), base);
        const all = sourceRange(0, length + 10);
        const restored = restoreRange(all, evidence)(project);
        expect(total(cuts(restored))).toBe(0);
      }),
    ));

  test('a cut takes out what it says', () =>
    fc.assert(
      fc.property(fc.array(range, { maxLength: 20 }), (list) => {
        const project = list.reduce((p, r, i) => cutRange(r, 'range', `x${i}`)(p), base);
        const map = new TimeMap(sourceTime(80), cuts(project));
        for (const r of list) expect(map.project(r)).toEqual([]);
      }),
    ));

  test('savings agree with the length of the edited result', () => {
    const off = setRemoval({ fillers: false, silences: false })(base);
    const wanted = savingOf(off, evidence, 'silence', false);
    expect(wanted.count).toBe(2);
    const cut = total(cutRanges(listCuts(removeAll('silence')(off), evidence)));
    expect(cut).toBeCloseTo(wanted.seconds, 6);
    expect(savingOf(off, evidence, 'filler', false).count).toBe(3);
    expect(savingOf(off, evidence, 'filler', true).count).toBe(0);
  });
});

describe('transcript', () => {
  test('every word is in it once, in order, and paragraphs cover it', () => {
    const { tokens, paragraphs } = buildTranscript(listTokens(evidence, base), base.steps);
    const words = tokens.filter((t) => t.kind === 'word');
    expect(words.length).toBe(100);
    expect(paragraphs.flatMap((p) => p.tokens)).toEqual(tokens);
    expect(paragraphs.filter((p) => p.opensStep).map((p) => p.stepId)).toEqual(['a', 'b', 'c']);
    expect(words.filter((t) => t.kind === 'word' && t.doubted).length).toBe(2);
  });

  test('a word in which a filler is suspected is not lost from sight; “um” is its chip alone', () => {
    const [real, um] = [word('ask', 40.1, 40.4), word('Um,', 40.5, 40.8)];
    const fillers = [real, um].map((w) => ({ ...w, text: 'um', confidence: 0.3, signals: [] }));
    const tokens = listTokens({ ...evidence, words: [real, um], fillers }, base);
    const shown = tokens.map((t) => (t.kind === 'word' ? t.word.text : t.kind));
    expect(shown.filter((x) => x !== 'silence' && x !== 'disfluency')).toEqual([
      'ask',
      'filler',
      'filler',
    ]);
  });

  test('moving the pause slider leaves paragraphs without a pause as they were', () => {
    const spoken = spokenTokens(evidence);
    const before = buildTranscript(listTokens(evidence, base, spoken), base.steps);
    const moved = setRemoval({ minSilence: 2.5 })(base);
    const after = buildTranscript(listTokens(evidence, moved, spoken), moved.steps, before);
    const same = after.paragraphs.filter((p) =>
      before.paragraphs.some((q) => q.tokens === p.tokens),
    );
    expect(after.tokens.length).toBeLessThan(before.tokens.length);
    expect(same.length).toBe(2);
    expect(after.paragraphs.length).toBe(before.paragraphs.length);
  });

  test('deleting tokens cuts exactly these', () =>
    fc.assert(
      fc.property(fc.nat(90), fc.nat(20), (first, count) => {
        const plain = setRemoval({ fillers: false, silences: false })(base);
        const { tokens } = buildTranscript(listTokens(evidence, plain), plain.steps);
        const last = Math.min(first + count, tokens.length - 1);
        const deleted = cutRange(deletionRange(tokens, first, last)!, 'words', 'c')(plain);
        const ranges = cutRanges(listCuts(deleted, evidence));
        const gone = tokens.map((t, i) => [isTokenCut(ranges, t), i] as const).filter(([g]) => g);
        for (const [, i] of gone) {
          const inside = i >= first && i <= last;
          // An offer covers words: it goes with them, and they go with it.
          const offered = tokens
            .slice(first, last + 1)
            .some(
              (t) =>
                t.kind === 'disfluency' && tokens[i]!.start >= t.start && tokens[i]!.end <= t.end,
            );
          expect(inside || offered || tokens[i]!.kind === 'disfluency').toBe(true);
        }
        for (let i = first; i <= last; i++)
          if (tokens[i]!.kind === 'word') expect(isTokenCut(ranges, tokens[i]!)).toBe(true);
      }),
    ));

  test('isInside is half-open', () => {
    const ranges = [sourceRange(1, 2), sourceRange(3, 4)];
    expect([0.9, 1, 1.9, 2, 3.5, 4].map((t) => isInside(ranges, t))).toEqual([
      false,
      true,
      true,
      false,
      true,
      false,
    ]);
  });
});

describe('steps and words', () => {
  test('a correction reaches the text of its step and keeps its punctuation', () => {
    const project = correctWord(evidence.words, 1, 'Cairn')(base);
    expect(project.corrections).toEqual({ '500': 'Cairn' });
    expect(project.steps[0]!.text).toBe('Word0 Cairn, word2.');
    expect(project.steps[1]).toBe(base.steps[1]);
    const back = correctWord(evidence.words, 1, 'word1')(project);
    expect(back.corrections).toEqual({});
    expect(back.steps[0]!.text).toBe('Word0 word1, word2.');
  });

  test('split and merge are inverse but for the title', () => {
    const split = steps.splitStep('a', {
      at: sourceTime(10),
      textOffset: 6,
      newId: 'n',
      newTitle: 'N',
    })(base);
    expect(split.steps.map((s) => [s.id, s.start, s.end])).toEqual([
      ['a', 0, 10],
      ['n', 10, 20],
      ['b', 20, 40],
      ['c', 40, 60],
    ]);
    expect(split.steps[1]!.still?.time).toBe(19);
    const merged = steps.mergeWithNext('a')(split);
    expect(merged.steps[0]).toMatchObject({ start: 0, end: 20, stillChoices: [1, 19] });
  });

  test('moving keeps every step', () =>
    fc.assert(
      fc.property(id, fc.integer({ min: -3, max: 9 }), (s, to) => {
        const moved = steps.moveStep(s, to)(base);
        expect(new Set(moved.steps)).toEqual(new Set(base.steps));
      }),
    ));
});

describe('parts of the article', () => {
  const parted: Project = {
    ...base,
    steps: base.steps.map((s, i) => (i === 1 ? { ...s, section: 'Settings' } : s)),
  };
  const headings = (edit: Edit, project = parted) =>
    edit(project).steps.map((s) => [s.id, s.section ?? null]);

  test('a heading is written and taken away, and nothing else changes', () => {
    const renamed = steps.setSection('b', 'Preferences')(parted);
    expect(renamed.steps[1]!.section).toBe('Preferences');
    expect(steps.setSection('b', 'Preferences')(renamed)).toBe(renamed);
    expect(steps.setSection('a', null)(parted)).toBe(parted);
    expect(headings(steps.setSection('b', null))[1]).toEqual(['b', null]);
  });

  test('a part goes on with its next step when its first one is moved or deleted', () => {
    expect(headings(steps.deleteStep('b'))).toEqual([
      ['a', null],
      ['c', 'Settings'],
    ]);
    expect(headings(steps.moveStep('b', 0))).toEqual([
      ['b', null],
      ['a', null],
      ['c', 'Settings'],
    ]);
    expect(headings(steps.moveStep('b', 2))).toEqual([
      ['a', null],
      ['c', 'Settings'],
      ['b', null],
    ]);
    // The only step of a part takes the heading along.
    const own = steps.setSection('c', 'The end')(parted);
    expect(headings(steps.moveStep('b', 0), own)[0]).toEqual(['b', 'Settings']);
  });

  test('the second half of a split step begins no part of its own', () => {
    const split = { at: sourceTime(30), textOffset: 0, newId: 'n', newTitle: '' };
    expect(headings(steps.splitStep('b', split)).slice(1, 3)).toEqual([
      ['b', 'Settings'],
      ['n', null],
    ]);
  });
});
