/** Corrections of recognised words. Their timing stays as it was heard. */
import type { Word } from '../evidence.ts';
import { wordKey, type Project, type Step } from '../project.ts';
import type { Edit } from './edit.ts';
import { locateWord } from './locate-word.ts';

/** The word as the person wants it read. Empty when it is hidden. */
export const wordText = (project: Pick<Project, 'corrections'>, word: Word): string =>
  project.corrections[wordKey(word)] ?? word.text;

/**
 * Corrects a word, and the same word in the text of the step it was said in. Giving back what was
 * recognised drops the correction.
 */
export const correctWord =
  (words: readonly Word[], index: number, text: string): Edit =>
  (project) => {
    const word = words[index];
    if (!word) return project;
    const trimmed = text.trim();
    if (wordText(project, word) === trimmed) return project;
    const key = wordKey(word);
    const { [key]: _, ...rest } = project.corrections;
    const corrections = trimmed === word.text ? rest : { ...rest, [key]: trimmed };
    const middle = (word.start + word.end) / 2;
    const steps = project.steps.map((step) =>
      middle >= step.start && middle < step.end
        ? replaceInStep(project, step, words, word, trimmed)
        : step,
    );
    return { ...project, corrections, steps };
  };

function replaceInStep(
  project: Project,
  step: Step,
  words: readonly Word[],
  word: Word,
  text: string,
): Step {
  const inside = words.filter((w) => w.start < step.end && w.end > step.start);
  const place = locateWord(
    step.text,
    inside.map((w) => wordText(project, w)),
    inside.indexOf(word),
  );
  if (!place) return step;
  // Punctuation around the word belongs to the sentence and stays.
  const bare = text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
  const before = step.text.slice(0, place.start);
  const after = step.text.slice(place.end);
  return { ...step, text: bare ? before + bare + after : before.trimEnd() + after };
}
