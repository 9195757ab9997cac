/** What can be done with a step, for menus and keys, with what a person is told about it. */
import { cutRange } from '../core/edits/cuts.ts';
import {
  chooseStill,
  deleteStep,
  mergeWithNext,
  moveStep,
  setSection,
  setStepText,
} from '../core/edits/steps.ts';
import { wordText } from '../core/edits/words.ts';
import type { Step } from '../core/project.ts';
import { plainTitle } from '../core/text/emphasis.ts';
import { keptText } from '../core/transcript.ts';
import { newId } from '../state/Editor.svelte.ts';
import type { EditorSession } from '../state/EditorSession.svelte.ts';
import { messages } from '../ui/messages/index.ts';
import { toasts } from '../ui/toasts.svelte.ts';

const t = messages.steps;

export function removeStep({ editor, selection }: EditorSession, step: Step): void {
  const at = editor.project.steps.indexOf(step);
  if (!editor.edit(deleteStep(step.id))) return;
  const neighbour = editor.project.steps[Math.min(at, editor.project.steps.length - 1)];
  if (neighbour && selection.step === null) selection.selectStep(neighbour.id);
  const deleted = editor.project;
  // After other edits, undo would take back those.
  const bringBack = () =>
    editor.project === deleted
      ? editor.undo()
      : editor.edit((p) => ({ ...p, steps: broughtBack(p.steps, at, step) }));
  toasts.show(t.deleted(plainTitle(step.title) || messages.transcript.untitledStep), {
    action: { label: messages.common.undo, run: bringBack },
  });
  // A second offer, so that the text can go without the picture and the other way round.
  toasts.show(t.alsoCut, {
    action: {
      label: messages.transcript.cut,
      run: () => editor.edit(cutRange(step, 'step', newId())),
    },
  });
}

/** With the heading that the next step took over from it. */
function broughtBack(steps: readonly Step[], at: number, step: Step): Step[] {
  const place = Math.min(at, steps.length);
  const next = steps[place];
  const takesOver = next && step.section != null && next.section === step.section;
  const rest = takesOver ? steps.with(place, { ...next, section: null }) : steps;
  return rest.toSpliced(place, 0, step);
}

/** Moves a step up (`-1`) or down (`1`) in the article. */
export function shiftStep({ editor }: EditorSession, step: Step, by: 1 | -1): boolean {
  return editor.edit(moveStep(step.id, editor.project.steps.indexOf(step) + by));
}

export const mergeStep = ({ editor }: EditorSession, step: Step) =>
  editor.edit(mergeWithNext(step.id));

/** Splits a step at the playhead when that lies in it. */
export function splitAtPlayhead(session: EditorSession, step: Step): void {
  if (!isPlayheadIn(session, step)) return;
  const id = session.splitAt(session.playhead);
  if (id) session.selection.selectStep(id);
}

export const isPlayheadIn = (session: EditorSession, step: Step) =>
  session.playhead > step.start + 0.05 && session.playhead < step.end - 0.05;

/** A part of the article begins with the step, until it is told to have no heading. */
export function startPart(session: EditorSession, step: Step): void {
  session.editor.edit(setSection(step.id, t.newPart));
}

export const usePlayerFrame = (session: EditorSession, step: Step) =>
  session.editor.edit(chooseStill(step.id, session.playhead));

/** The next (`1`) or previous (`-1`) of the frames that were found fitting. */
export function flipStill({ editor }: EditorSession, step: Step, by: 1 | -1): void {
  const { stillChoices: choices, still } = step;
  if (!choices.length) return;
  const at = still ? choices.indexOf(still.time) : -1;
  const next = choices[(at + by + choices.length) % choices.length];
  if (next !== undefined) editor.edit(chooseStill(step.id, next));
}

/** What is said in the step now: without what was cut, with what was corrected. */
export function updateText({ editor }: EditorSession, step: Step): void {
  const words = editor.findings?.words ?? [];
  const text = keptText(words, step, editor.cutRanges, (w) => wordText(editor.project, w));
  editor.edit(setStepText(step.id, text, 'said'));
}
