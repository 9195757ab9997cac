/** Which moments of the recording are worth a picture. Pure: works on what the screen analysis found. */
import type { SceneChange, ScreenEvidence, StillCandidate } from './evidence.ts';
import { lastAtOrBefore } from './timeline.ts';
import { sourceTime } from './time.ts';

/** A stretch in which the screen is at rest and looks one way. */
export interface Rest {
  start: number;
  /** When the next change begins. */
  end: number;
  /** The change that led here; null for the first picture. */
  change: SceneChange | null;
  state: number;
}

/** Above this share of the picture, a change is more than a hover or a pressed button. */
export const notable = 0.002;
/** Seconds after a change has settled, and before the next, in which a frame is not trusted. */
const margin = 0.12;
const maxStills = 7;

/** The rests of a recording in order, one after each change. They may be very short, never negative. */
export function listRests(screen: ScreenEvidence, duration: number): Rest[] {
  const { changes, times } = screen;
  const first = times[0];
  if (first === undefined) return [];
  const last = Math.max(times.at(-1)!, duration);
  const rests: Rest[] = [{ start: first, end: changes[0]?.time ?? last, change: null, state: 0 }];
  changes.forEach((change, i) => {
    const end = Math.max(change.settled, changes[i + 1]?.time ?? last);
    rests.push({ start: change.settled, end, change, state: change.state });
  });
  return rests;
}

export interface StillWindow {
  /** The action may have begun from here, source seconds. */
  start: number;
  /** The next step's action begins here. */
  end: number;
  /** How the screen looked when the step before was over; null for the first. */
  before: number | null;
}

/**
 * The best frames for a step, best first: the picture after its last change that came to rest, held
 * long enough to be seen, and not merely something closing again. Every further one looks different.
 */
export function chooseStills(
  screen: ScreenEvidence,
  rests: readonly Rest[],
  window: StillWindow,
): StillCandidate[] {
  if (rests.length === 0) return [];
  const from = Math.max(
    0,
    lastAtOrBefore(rests, (r) => r.change?.time ?? r.start, window.start),
  );
  const options: { rest: Rest; own: boolean; seen: number; until: number }[] = [];
  for (let i = from; i < rests.length; i++) {
    const rest = rests[i]!;
    const began = rest.change?.time ?? rest.start;
    if (i > from && began >= window.end) break;
    // A change that began in this step is its result, however long it loads into the next one.
    const own = i > from || (rest.change !== null && began >= window.start);
    const until = own && rest.start > window.end - 0.5 ? rest.end : Math.min(rest.end, window.end);
    const seen = Math.max(0, until - Math.max(rest.start, own ? rest.start : window.start));
    options.push({ rest, own, seen, until });
  }
  const sharpest = Math.max(...options.map((o) => sharpnessAt(screen, o.rest)), 1e-6);
  const largest = Math.max(0, ...options.map((o) => (o.own ? o.rest.change!.area : 0)));
  const scored = options.map((option, i) => {
    const { rest, own, seen, until } = option;
    const next = options[i + 1];
    const sharpness = sharpnessAt(screen, rest) / sharpest;
    let score = 0.3 + 0.3 * Math.min(1, seen / 0.8) + 0.05 * Math.min(1, sharpness);
    if (own) score += 0.2;
    if (!next) score += 0.1;
    // What closes or vanishes again is not the result; what it uncovers was shown before.
    if (own && rest.change!.reverts && i > 1 && !next) score -= 0.25;
    // After a page, a hovered row is no result of its own; after nothing else, a ticked box is.
    if (own && rest.change!.area < Math.min(notable, 0.1 * largest)) score -= 0.25;
    if (rest.state === window.before) score -= 0.3;
    // Shown briefly and painted over by more: a skeleton or the start of a transition.
    if (next && seen < 0.8 && covers(next.rest.change!, rest.change)) score -= 0.2;
    // Later pictures contain the earlier ones' results, unless these went away.
    score += 0.12 * (i / Math.max(1, options.length - 1)) * (own ? 1 : 0);
    const begin = Math.max(rest.start, own ? rest.start : window.start);
    // The last look is taken late, when even results too faint to be noticed have arrived.
    const spills = rest.start > window.end - 0.5;
    const late = !next && !spills && Number.isFinite(window.end) ? until - 0.45 : begin + 1.2;
    const time = momentIn(begin, until, Math.min(late, begin + 8), screen);
    return {
      state: rest.state,
      candidate: {
        time: sourceTime(time),
        score: Math.max(0, Math.min(1, score)),
        settled: seen >= 2 * margin,
        sharpness: sharpnessAt(screen, rest),
      },
    };
  });
  scored.sort((a, b) => b.candidate.score - a.candidate.score);
  const stills: StillCandidate[] = [];
  const looks = new Set<number>();
  for (const { state, candidate } of scored) {
    if (looks.has(state) || stills.length >= maxStills) continue;
    looks.add(state);
    stills.push(candidate);
  }
  return stills;
}

/** How the screen looks at a moment; null without a picture. */
export function stateAt(rests: readonly Rest[], time: number): number | null {
  const at = lastAtOrBefore(rests, (r) => r.start, time);
  return rests[Math.max(0, at)]?.state ?? null;
}

/** Whether the later change paints over (nearly) everything that the earlier one did. */
function covers(later: SceneChange, earlier: SceneChange | null): boolean {
  if (!earlier || later.reverts || later.area < 0.3 * earlier.area) return false;
  const [a, b] = [later.box, earlier.box];
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 && width * height >= 0.5 * b.width * b.height;
}

/** A calm moment inside a rest, near the wanted one if that is well inside, else some way in. */
function momentIn(start: number, end: number, near: number, screen: ScreenEvidence): number {
  const length = Math.max(0, end - start);
  if (length <= 2 * margin) return start + length / 2;
  const wanted = Math.min(end - margin, Math.max(near, start + Math.min(1.2, 0.6 * length)));
  const { times, activity } = screen;
  let best = wanted;
  let least = Infinity;
  const from = Math.max(start + margin, wanted - 3);
  const first = Math.max(0, frameAt(screen, from));
  for (let i = first; i < times.length && times[i]! <= end - margin; i++) {
    const time = Math.max(times[i]!, start + margin);
    const stir = Math.max(activity[i]!, activity[i + 1] ?? 0);
    const cost = Math.min(stir, 0.02) * 50 + 0.1 * Math.abs(time - wanted);
    if (cost < least) [best, least] = [time, cost];
    if (time > wanted + 3) break;
  }
  // Between frames the picture stands: nothing is gained by going to a frame's very time.
  return Math.abs(best - wanted) < 0.1 ? wanted : best;
}

/** Index of the analysed frame shown at a moment, -1 before the first. */
const frameAt = ({ times }: ScreenEvidence, time: number): number =>
  lastAtOrBefore(times as ArrayLike<number> as number[], (t) => t, time);

function sharpnessAt(screen: ScreenEvidence, rest: Rest): number {
  return screen.sharpness[Math.max(0, frameAt(screen, rest.start + margin))] ?? 0;
}
