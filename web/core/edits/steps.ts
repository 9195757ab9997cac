/** Edits of the step list. The list's order is the article's; ranges refer to the recording. */
import { cutRange } from './cuts.ts';
import type { Edit } from './edit.ts';
import type { Project, Step } from '../project.ts';
import { sourceTime, type SourceTime } from '../time.ts';

const indexOf = (project: Project, id: string) => project.steps.findIndex((s) => s.id === id);

const update =
  (id: string, change: (step: Step) => Step): Edit =>
  (project) => {
    const at = indexOf(project, id);
    const step = project.steps[at];
    if (!step) return project;
    const changed = change(step);
    return changed === step ? project : { ...project, steps: project.steps.with(at, changed) };
  };

export const setStepTitle = (id: string, title: string): Edit =>
  update(id, (s) => (s.title === title ? s : { ...s, title, claim: 'written' }));

export const setStepText = (id: string, text: string, claim: Step['claim'] = 'written'): Edit =>
  update(id, (s) => (s.text === text ? s : { ...s, text, claim }));

export const setStepAlt = (id: string, alt: string): Edit =>
  update(id, (s) => (!s.still || s.still.alt === alt ? s : { ...s, still: { ...s.still, alt } }));

/** Another frame; it joins the runners-up when it is new among them. `null` takes the picture away. */
export const chooseStill = (id: string, time: SourceTime | null): Edit =>
  update(id, (s) => {
    if (time === null) return s.still ? { ...s, still: null } : s;
    if (s.still?.time === time) return s;
    const known = s.stillChoices.some((t) => Math.abs(t - time) < 0.001);
    return {
      ...s,
      still: { time, alt: s.still?.alt ?? s.title },
      stillChoices: known ? s.stillChoices : [...s.stillChoices, time],
    };
  });

/** Heading of the part of the article that begins with a step; null makes it go on with the part before. */
export const setSection = (id: string, section: string | null): Edit =>
  update(id, (s) => ((s.section ?? null) === section ? s : { ...s, section }));

/**
 * Takes a step out. The part of the article that began with it begins with the next step then, unless
 * that begins another one or there is none: then the heading goes with the step.
 */
function takeOut(steps: readonly Step[], at: number): { taken: Step; rest: Step[] } {
  const taken = steps[at]!;
  const next = steps[at + 1];
  const rest = steps.toSpliced(at, 1);
  if (taken.section == null || !next || next.section != null) return { taken, rest };
  rest[at] = { ...next, section: taken.section };
  return { taken: { ...taken, section: null }, rest };
}

/** Moves a step to a place in the article, counted in the list without it. */
export const moveStep =
  (id: string, to: number): Edit =>
  (project) => {
    const from = indexOf(project, id);
    const place = Math.max(0, Math.min(to, project.steps.length - 1));
    if (from < 0 || from === place) return project;
    const { taken, rest } = takeOut(project.steps, from);
    return { ...project, steps: rest.toSpliced(place, 0, taken) };
  };

/** Joins a step with the one after it in the article. The first title and picture stay. */
export const mergeWithNext =
  (id: string): Edit =>
  (project) => {
    const at = indexOf(project, id);
    const [step, next] = [project.steps[at], project.steps[at + 1]];
    if (at < 0 || !step || !next) return project;
    const merged: Step = {
      ...step,
      start: sourceTime(Math.min(step.start, next.start)),
      end: sourceTime(Math.max(step.end, next.end)),
      text: [step.text, next.text].filter(Boolean).join('\n\n'),
      claim: step.claim === next.claim ? step.claim : 'written',
      still: step.still ?? next.still,
      stillChoices: [...new Set([...step.stillChoices, ...next.stillChoices])],
    };
    return { ...project, steps: project.steps.toSpliced(at, 2, merged) };
  };

export interface Split {
  at: SourceTime;
  /** Offset into the step's text where the second part begins. */
  textOffset: number;
  newId: string;
  newTitle: string;
}

/** Parts a step in two; pictures go to the half they lie in. */
export const splitStep =
  (id: string, { at, textOffset, newId, newTitle }: Split): Edit =>
  (project) => {
    const index = indexOf(project, id);
    const step = project.steps[index];
    if (!step || at <= step.start || at >= step.end) return project;
    const before = step.stillChoices.filter((t) => t < at);
    const after = step.stillChoices.filter((t) => t >= at);
    const alt = step.still?.alt ?? '';
    const half = (choices: SourceTime[], inside: boolean, newAlt: string) =>
      step.still && inside
        ? step.still
        : choices[0] !== undefined
          ? { time: choices[0], alt: newAlt }
          : null;
    const stillIsFirst = !!step.still && step.still.time < at;
    const first: Step = {
      ...step,
      end: at,
      text: step.text.slice(0, textOffset).trimEnd(),
      still: half(before, stillIsFirst, alt),
      stillChoices: before,
    };
    const second: Step = {
      ...step,
      id: newId,
      start: at,
      title: newTitle,
      text: step.text.slice(textOffset).trimStart(),
      still: half(after, !!step.still && !stillIsFirst, newTitle),
      stillChoices: after,
      interaction: null,
      section: null,
    };
    return { ...project, steps: project.steps.toSpliced(index, 1, first, second) };
  };

/** Adds a step; it takes its place in the article by its start. */
export const addStep =
  (step: Step): Edit =>
  (project) => {
    const next = project.steps.findIndex((s) => s.start > step.start);
    const at = next < 0 ? project.steps.length : next;
    return { ...project, steps: project.steps.toSpliced(at, 0, step) };
  };

export const deleteStep =
  (id: string): Edit =>
  (project) => {
    const at = indexOf(project, id);
    return at < 0 ? project : { ...project, steps: takeOut(project.steps, at).rest };
  };

/** Deletes a step and takes its part out of the video. */
export const deleteStepAndCut =
  (id: string, cutId: string): Edit =>
  (project) => {
    const step = project.steps[indexOf(project, id)];
    return step ? cutRange(step, 'step', cutId)(deleteStep(id)(project)) : project;
  };
