/** Projects that are begun before their analysis is done. */
import { defaultCamera } from '../camera.ts';
import { projectTitle, stepFromDraft } from '../draft-project.ts';
import type { StepDraft } from '../evidence.ts';
import { defaultRemoval, projectSchema, type Project } from '../project.ts';
import type { Recording } from '../recording.ts';
import { defaultLevels } from '../sound-mix.ts';
import type { Edit } from './edit.ts';

/** A project in which nothing was decided yet. */
export const newProject = (
  recording: Pick<Recording, 'id' | 'name' | 'source'>,
  id: string,
  now: number,
): Project => ({
  schema: projectSchema,
  id,
  recordingId: recording.id,
  title: projectTitle(recording.name, []),
  updatedAt: now,
  removal: defaultRemoval,
  decisions: {},
  cuts: [],
  corrections: {},
  sound: { denoise: true, normalise: true, ...defaultLevels(recording) },
  camera: defaultCamera,
  steps: [],
});

/** Takes the drafts over as the person's own steps, replacing what steps there are. */
export const adoptDrafts =
  (drafts: readonly StepDraft[]): Edit =>
  (project) => ({ ...project, steps: drafts.map(stepFromDraft), stepsAdopted: true });
