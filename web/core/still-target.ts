/** What a step's picture points at: where to mark it, and how much of the screen to show around it. */
import type { Interaction, Rect } from './interaction.ts';
import type { Step } from './project.ts';
import { mainFile, type Recording } from './recording.ts';

export interface StillTarget {
  /** In pixels of the recorded frame. */
  mark: Rect;
  /** What is shown; has the frame's proportions. */
  crop: Rect;
}

/**
 * Seconds around an action in which its element is where it was. Before: the pointer is on its way. Behind:
 * not at all, as the press may move everything; typing leaves the field where it is.
 */
const before = 1.5;
const behind = 0.02;
/** Seconds until the last key typed is seen in the picture. */
const typed = 0.4;
/** Just before the press, seconds: the frame that shows the control as the reader will find it. */
const justBefore = 0.06;

/** Pictures up to this many pixels wide are readable as they are. */
const readable = 1280;
/** Times the width of the target that is shown at least, and the share of the frame. */
const around = 3;
const leastShare = 0.5;
/** Targets larger than this share of the frame are marked in the whole of it. */
const large = 0.6;

/**
 * Where the still of an action is best taken; null where there is no element to point at. `next`: when
 * something else is done.
 */
export function targetMoment(
  it: Pick<Interaction, 'kind' | 'rect' | 'time' | 'end'>,
  next = Infinity,
): number | null {
  if (!it.rect || !hasTarget(it)) return null;
  if (it.kind !== 'input') return Math.max(0, it.time - justBefore);
  const end = it.end ?? it.time;
  return Math.max(end, Math.min(end + typed, next - justBefore));
}

const hasTarget = ({ kind }: Pick<Interaction, 'kind'>): boolean =>
  kind !== 'navigation' && kind !== 'tab' && kind !== 'scroll';

/** Null for a picture of another moment, such as the result. */
export function stillTarget(
  { still, interaction }: Pick<Step, 'still' | 'interaction'>,
  recording: Pick<Recording, 'interactions' | 'files' | 'id'>,
): StillTarget | null {
  const it = interaction === null ? undefined : recording.interactions[interaction];
  const { video } = mainFile(recording as Recording);
  if (!still || !it?.rect || !video || !hasTarget(it)) return null;
  const until = it.kind === 'input' ? (it.end ?? it.time) + typed + behind : it.time + behind;
  if (still.time < it.time - before || still.time > until) return null;
  const mark = within(it.rect, video);
  if (mark.width < 1 || mark.height < 1) return null;
  return { mark, crop: cropAround(mark, video) };
}

interface Size {
  width: number;
  height: number;
}

function within({ x, y, width, height }: Rect, frame: Size): Rect {
  const left = Math.min(frame.width, Math.max(0, x));
  const top = Math.min(frame.height, Math.max(0, y));
  return {
    x: left,
    y: top,
    width: Math.min(frame.width, x + width) - left,
    height: Math.min(frame.height, y + height) - top,
  };
}

/** The smallest part of the frame, in its proportions, that shows the target large and with its surroundings. */
export function cropAround(mark: Rect, frame: Size): Rect {
  const whole = { x: 0, y: 0, ...frame };
  const share = Math.max(
    leastShare,
    readable / frame.width,
    (around * mark.width) / frame.width,
    (around * mark.height) / frame.height,
  );
  const isLarge = mark.width > large * frame.width || mark.height > large * frame.height;
  if (share >= 1 || isLarge) return whole;
  const width = Math.round(share * frame.width);
  const height = Math.round(share * frame.height);
  const place = (middle: number, size: number, room: number) =>
    Math.round(Math.min(room - size, Math.max(0, middle - size / 2)));
  return {
    x: place(mark.x + mark.width / 2, width, frame.width),
    y: place(mark.y + mark.height / 2, height, frame.height),
    width,
    height,
  };
}

export const markColour = '#e0392b';

/** The frame to draw, in pixels of the crop: a little outside the target, as thick as can be seen at reading size. */
export function markOf({ mark, crop }: StillTarget): Rect & { line: number; radius: number } {
  const line = Math.max(2, crop.width / 320);
  const gap = 1.5 * line;
  return {
    x: mark.x - crop.x - gap,
    y: mark.y - crop.y - gap,
    width: mark.width + 2 * gap,
    height: mark.height + 2 * gap,
    line,
    radius: 2 * line,
  };
}
