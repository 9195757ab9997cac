/**
 * Where the camera's bubble lies. Player, export and whoever else shows it ask here, so that what is
 * seen while editing is what is written.
 */
import type { Rect } from './interaction.ts';
import type { CameraChoice } from './project.ts';
import { mainFile, type Recording, type RecordingFile } from './recording.ts';
import { sourceRange, subtractRanges, type SourceRange } from './time.ts';

export interface Size {
  width: number;
  height: number;
}

export interface Bubble extends Rect {
  /** Of its corners, pixels; half its height for a circle. */
  radius: number;
  /** The part of the camera's picture that is in it, in pixels of that picture. */
  crop: Rect;
}

/** At the lower right, where screens have least to say, and small enough to cover little. */
export const defaultCamera: CameraChoice = {
  visible: true,
  x: 1,
  y: 1,
  size: 0.24,
  shape: 'circle',
  mirrored: false,
  hidden: [],
};

export const smallestBubble = 0.1;
export const largestBubble = 0.8;
/** Between the bubble and the frame's edge, as a share of its shorter side. */
const margin = 0.03;
/** Of a rounded rectangle, as a share of its height. */
const rounding = 0.12;
/** A rounded rectangle has the camera's proportions within these bounds, width to height. */
const [narrowest, widest] = [3 / 4, 16 / 9];

/**
 * Cameras begin a moment after the screen and end a moment before the sound: so long, seconds, the
 * first or last frame stands. Beyond that there is no bubble rather than a frozen face.
 */
const standsStill = 1;

export const corners = {
  'top-left': { x: 0, y: 0 },
  'top-right': { x: 1, y: 0 },
  'bottom-left': { x: 0, y: 1 },
  'bottom-right': { x: 1, y: 1 },
} as const;
export type Corner = keyof typeof corners;

/** Null where it was put somewhere else. */
export const cornerOf = ({ x, y }: Pick<CameraChoice, 'x' | 'y'>): Corner | null =>
  (Object.keys(corners) as Corner[]).find((c) => corners[c].x === x && corners[c].y === y) ?? null;

/** The camera's file where there is one beside the screen; a camera recorded alone is the picture itself. */
export function cameraFile(
  recording: Pick<Recording, 'id' | 'files'>,
): (RecordingFile & { video: NonNullable<RecordingFile['video']> }) | null {
  const main = mainFile(recording as Recording);
  const file = recording.files.find((f) => f.role === 'camera' && f !== main);
  return file?.video && main.video ? { ...file, video: file.video } : null;
}

const clamp = (value: number, least: number, most: number) =>
  Math.min(Math.max(value, least), Math.max(least, most));

/** `frame` is the picture that it lies over, at whatever size; `camera` the size of the camera's own. */
export function bubbleIn(
  { x, y, size, shape }: Pick<CameraChoice, 'x' | 'y' | 'size' | 'shape'>,
  frame: Size,
  camera: Size,
): Bubble {
  const shorter = Math.min(frame.width, frame.height);
  const gap = margin * shorter;
  const room = { width: frame.width - 2 * gap, height: frame.height - 2 * gap };
  const aspect = shape === 'circle' ? 1 : clamp(camera.width / camera.height, narrowest, widest);
  const wanted = clamp(size, smallestBubble, largestBubble) * shorter;
  const height = Math.min(wanted, room.height, room.width / aspect);
  const width = height * aspect;
  return {
    x: gap + clamp(x, 0, 1) * (room.width - width),
    y: gap + clamp(y, 0, 1) * (room.height - height),
    width,
    height,
    radius: shape === 'circle' ? height / 2 : rounding * height,
    crop: middleOf(camera, aspect),
  };
}

/** The largest part of a picture with these proportions, from its middle. */
function middleOf({ width, height }: Size, aspect: number): Rect {
  const cropped = {
    width: Math.min(width, height * aspect),
    height: Math.min(height, width / aspect),
  };
  return {
    x: (width - cropped.width) / 2,
    y: (height - cropped.height) / 2,
    ...cropped,
  };
}

/** The place that puts a bubble's left upper corner there, as near as the room allows. */
export function placeAt(
  corner: { x: number; y: number },
  choice: CameraChoice,
  frame: Size,
  camera: Size,
): Pick<CameraChoice, 'x' | 'y'> {
  const first = bubbleIn({ ...choice, x: 0, y: 0 }, frame, camera);
  const last = bubbleIn({ ...choice, x: 1, y: 1 }, frame, camera);
  const share = (at: number, from: number, to: number) =>
    to - from < 1e-9 ? 0 : clamp((at - from) / (to - from), 0, 1);
  return { x: share(corner.x, first.x, last.x), y: share(corner.y, first.y, last.y) };
}

/** Another size with one corner of the bubble (0 or 1 in each direction) left where it is. */
export function resizeFrom(
  fixed: { x: 0 | 1; y: 0 | 1 },
  size: number,
  choice: CameraChoice,
  frame: Size,
  camera: Size,
): Pick<CameraChoice, 'x' | 'y' | 'size'> {
  const before = bubbleIn(choice, frame, camera);
  const resized = { ...choice, size: clamp(size, smallestBubble, largestBubble) };
  const after = bubbleIn(resized, frame, camera);
  const corner = {
    x: before.x + fixed.x * (before.width - after.width),
    y: before.y + fixed.y * (before.height - after.height),
  };
  return { size: resized.size, ...placeAt(corner, resized, frame, camera) };
}

/** Where in the recording the bubble is seen: disjoint, sorted, empty while it is dropped. */
export function cameraShown(
  choice: Pick<CameraChoice, 'visible' | 'hidden'>,
  { start, end }: { start: number; end: number },
  duration: number,
): SourceRange[] {
  if (!choice.visible || end <= start) return [];
  const there = sourceRange(
    Math.max(0, start <= standsStill ? 0 : start),
    Math.min(duration, end + standsStill),
  );
  return there.end > there.start ? subtractRanges(there, choice.hidden) : [];
}
