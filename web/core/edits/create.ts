/** Where a project comes from. */
import type { StepDraft } from '../evidence.ts';
import { defaultRemoval, projectSchema, type Project, type Step } from '../project.ts';
import type { Recording } from '../recording.ts';

/** A project in which nothing was decided yet. */
export const newProject = (
  recording: Pick<Recording, 'id' | 'name'>,
  id: string,
  now: number,
): Project => ({
  schema: projectSchema,
  id,
  recordingId: recording.id,
  title: recording.name,
  updatedAt: now,
  removal: defaultRemoval,
  decisions: {},
  cuts: [],
  corrections: {},
  sound: { denoise: true, normalise: true },
  steps: [],
});

/** The first drafts of the steps become the person's own. */
export const stepsFromDrafts = (drafts: readonly StepDraft[], newId: () => string): Step[] =>
  drafts.map((draft) => ({
    id: newId(),
    start: draft.start,
    end: draft.end,
    title: draft.title,
    text: draft.text,
    claim: draft.claim,
    still: draft.stills[0] ? { time: draft.stills[0].time, alt: draft.title } : null,
    stillChoices: draft.stills.map((s) => s.time),
    interaction: draft.interaction,
  }));

/** Takes the drafts over, replacing what steps there are. */
export const adoptDrafts =
  (drafts: readonly StepDraft[], newId: () => string) =>
  (project: Project): Project => ({
    ...project,
    steps: stepsFromDrafts(drafts, newId),
    stepsAdopted: true,
  });
