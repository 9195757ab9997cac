/** Edits of the camera's bubble. */
import type { CameraChoice } from '../project.ts';
import { mergeRanges, subtractRanges, type SourceRange } from '../time.ts';
import { changes, type Edit } from './edit.ts';

export const setCamera =
  (patch: Partial<CameraChoice>): Edit =>
  (project) =>
    changes(project.camera, patch)
      ? { ...project, camera: { ...project.camera, ...patch } }
      : project;

export const hideCameraIn =
  (range: SourceRange): Edit =>
  (project) =>
    isCameraHidden(project.camera, range)
      ? project
      : setCamera({ hidden: mergeRanges([...project.camera.hidden, range]) })(project);

export const showCameraIn =
  (range: SourceRange): Edit =>
  (project) => {
    const { hidden } = project.camera;
    return hidden.some((h) => h.start < range.end && h.end > range.start)
      ? setCamera({ hidden: hidden.flatMap((h) => subtractRanges(h, [range])) })(project)
      : project;
  };

/** Whether all of a range is among the hidden ones. */
export const isCameraHidden = ({ hidden }: CameraChoice, range: SourceRange): boolean =>
  subtractRanges(range, hidden).length === 0;
