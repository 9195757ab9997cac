/** Projects as earlier versions wrote them, brought up to date. What was decided then stays as it was. */
import { defaultCamera } from './camera.ts';
import { projectSchema, type Project, type TrackLevel } from './project.ts';

/** Before the camera and the tab's sound were part of the result. */
interface ProjectOne extends Omit<Project, 'schema' | 'sound' | 'camera'> {
  schema: 1;
  sound: Pick<Project['sound'], 'denoise' | 'normalise'>;
}

/** Nothing that was neither seen nor heard appears by itself. */
const heard: TrackLevel = { volume: 1, muted: false };
const unheard: TrackLevel = { volume: 0.7, muted: true };

/** Gives a project of this version back as it is. Newer ones have to be refused before. */
export function upgradeProject(project: Project | ProjectOne): Project {
  if (project.schema !== 1) return project;
  return {
    ...project,
    schema: projectSchema,
    sound: { ...project.sound, voice: heard, others: unheard },
    camera: { ...defaultCamera, visible: false },
  };
}
