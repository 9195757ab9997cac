import type { Project } from '../project.ts';

/** A pure change of a project. Gives the very same object back when there is nothing to change. */
export type Edit = (project: Project) => Project;

/** Several edits as one. */
export const inOrder =
  (...edits: Edit[]): Edit =>
  (project) =>
    edits.reduce((p, edit) => edit(p), project);

export const setTitle =
  (title: string): Edit =>
  (project) =>
    project.title === title ? project : { ...project, title };

export const setSound =
  (patch: Partial<Project['sound']>): Edit =>
  (project) => {
    const sound = { ...project.sound, ...patch };
    const same =
      sound.denoise === project.sound.denoise && sound.normalise === project.sound.normalise;
    return same ? project : { ...project, sound };
  };
