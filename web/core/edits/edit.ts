import type { Project, TrackLevel } from '../project.ts';

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
  (project) =>
    changes(project.sound, patch) ? { ...project, sound: { ...project.sound, ...patch } } : project;

export const setLevel =
  (track: 'voice' | 'others', patch: Partial<TrackLevel>): Edit =>
  (project) => {
    const level = project.sound[track];
    return changes(level, patch)
      ? { ...project, sound: { ...project.sound, [track]: { ...level, ...patch } } }
      : project;
  };

/** Whether a patch says something else than what is there. */
export const changes = <T extends object>(value: T, patch: Partial<T>): boolean =>
  (Object.keys(patch) as (keyof T)[]).some((key) => patch[key] !== value[key]);
