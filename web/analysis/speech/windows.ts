/** Which stretches of the voice are transcribed together. */
import type { SourceRange } from '../../core/time.ts';
import { activityFrame, type VoiceActivity } from './types.ts';

/** One piece of the voice inside a window. */
export interface Piece {
  /** Source seconds. */
  start: number;
  end: number;
  /** Seconds from the start of the window. */
  at: number;
}

/** Pieces of speech, one after the other with the pauses between them shortened, at most `longest` in all. */
export interface Window {
  pieces: Piece[];
  /** Seconds. */
  length: number;
}

/** Whisper hears 30 s; a little room is left so that a last word is not at the very end. */
const longest = 29;
/** Silence kept around speech: enough to hear that a sentence has ended. Seconds. */
const margin = 0.3;
/** A window is closed at the longest pause after this share of it is full. */
const fullEnough = 0.7;

/** Windows in order. No speech gives none; every moment of speech is in exactly one. */
export function packWindows(activity: VoiceActivity, duration: number, limit = longest): Window[] {
  const stretches = withMargins(activity.speech, duration).flatMap((range) =>
    splitLong(range, activity, limit),
  );
  const windows: Window[] = [];
  let first = 0;
  while (first < stretches.length) {
    let filled = 0;
    let end = first;
    let best = first;
    let bestPause = -1;
    while (end < stretches.length && filled + length(stretches[end]!) <= limit) {
      filled += length(stretches[end]!);
      end++;
      const next = stretches[end];
      const pause = next ? next.start - stretches[end - 1]!.end : Infinity;
      if (filled >= limit * fullEnough && pause > bestPause) {
        best = end;
        bestPause = pause;
      }
    }
    const last = end < stretches.length && best > first ? best : end;
    windows.push(toWindow(stretches.slice(first, last)));
    first = last;
  }
  return windows;
}

/** The two halves of a window, parted at its widest pause or quietest moment. */
export function halves(window: Window, activity: VoiceActivity): Window[] {
  const { pieces } = window;
  if (pieces.length > 1) {
    const middle = window.length / 2;
    let at = 1;
    for (let i = 1; i < pieces.length; i++)
      if (Math.abs(pieces[i]!.at - middle) < Math.abs(pieces[at]!.at - middle)) at = i;
    return [toWindow(pieces.slice(0, at)), toWindow(pieces.slice(at))];
  }
  const piece = pieces[0]!;
  const cut = quietest(
    activity,
    piece.start + window.length * 0.3,
    piece.end - window.length * 0.3,
  );
  return [toWindow([{ ...piece, end: cut }]), toWindow([{ ...piece, start: cut }])];
}

/** As few groups as possible, none larger than `most`, sizes as even as possible. */
export function evenGroups<T>(items: readonly T[], most: number): T[][] {
  const count = Math.ceil(items.length / most);
  return Array.from({ length: count }, (_, i) =>
    items.slice(
      Math.round((i * items.length) / count),
      Math.round(((i + 1) * items.length) / count),
    ),
  );
}

/** Source time of a moment of the window. */
export function toSource(window: Window, time: number): number {
  let piece = window.pieces[0]!;
  for (const next of window.pieces) if (next.at <= time + 1e-6) piece = next;
  return Math.min(piece.end, piece.start + (time - piece.at));
}

const length = (range: { start: number; end: number }) => range.end - range.start;

function toWindow(ranges: readonly { start: number; end: number }[]): Window {
  let at = 0;
  const pieces = ranges.map(({ start, end }) => {
    const piece = { start, end, at };
    at += end - start;
    return piece;
  });
  return { pieces, length: at };
}

/** Speech with some silence around it; what comes closer than two margins is one stretch. */
function withMargins(speech: readonly SourceRange[], duration: number) {
  const out: { start: number; end: number }[] = [];
  for (const range of speech) {
    const start = Math.max(0, range.start - margin);
    const end = Math.min(duration, range.end + margin);
    const last = out.at(-1);
    if (last && start <= last.end) last.end = end;
    else out.push({ start, end });
  }
  return out;
}

/** Someone who talks on without a pause is cut where the voice is weakest. */
function splitLong(
  range: { start: number; end: number },
  activity: VoiceActivity,
  limit: number,
): { start: number; end: number }[] {
  const parts = [];
  let { start } = range;
  while (range.end - start > limit) {
    const cut = quietest(activity, start + limit * 0.6, start + limit);
    parts.push({ start, end: cut });
    start = cut;
  }
  return [...parts, { start, end: range.end }];
}

/** The middle of the 0.2 s between `from` and `to` with the least voice and level in it. */
function quietest({ levels, probabilities }: VoiceActivity, from: number, to: number): number {
  const frames = 20;
  const first = Math.max(0, Math.round(from * 100));
  const last = Math.min(levels.length, Math.round(to * 100)) - frames;
  let best = (from + to) / 2;
  let least = Infinity;
  for (let f = first; f <= last; f++) {
    let sum = 0;
    for (let i = f; i < f + frames; i++) sum += levels[i]!;
    const middle = (f + frames / 2) / 100;
    const cost = sum / frames + 15 * (probabilities[Math.floor(middle / activityFrame)] ?? 0);
    if (cost < least) {
      least = cost;
      best = middle;
    }
  }
  return best;
}
