/** How much of what was recorded is what was done: steps, stills, places of presses. */
import type { Page } from 'playwright-core';
import type { Rect } from '../../web/core/interaction.ts';
import { mainFile } from '../../web/core/recording.ts';
import { stillTarget, type StillTarget } from '../../web/core/still-target.ts';
import type { Recorded } from './extension-browser.ts';
import type { Deed } from './session.ts';
import { compareStills } from './still-pixels.ts';

export interface Score {
  app: string;
  /** Steps that there should be, that there are, and that are right in kind, label and order. */
  wanted: number;
  recorded: number;
  right: number;
  /** Of the right steps, those whose still shows the right state with the target inside the crop. */
  rightStills: number;
  /** Distance of each press from where the pointer was, pixels of the frame. */
  offsets: number[];
  /** What is not as it should be, in words. */
  faults: string[];
}

/** Pixels of the frame; frames of video are a little smaller or larger than the tab. */
const exact = 3;

export async function score(
  app: string,
  deeds: readonly Deed[],
  { editor, recorded }: { editor: Page; recorded: Recorded },
): Promise<Score> {
  const { steps, recording, interactions } = recorded;
  const { path, video } = mainFile(recording);
  const frame = { x: 0, y: 0, width: video!.width, height: video!.height };
  const titles = { done: deeds.map((d) => d.title), told: steps.map((s) => s.title) };
  const pairs = inOrder(titles.done, titles.told);
  const faults = [
    ...titles.done.filter((_, d) => !pairs.some(([at]) => at === d)).map((t) => `missing: ${t}`),
    ...titles.told.filter((_, s) => !pairs.some(([, at]) => at === s)).map((t) => `not done: ${t}`),
  ];
  const offsets: number[] = [];
  const looks = pairs.map(([d, s]) => {
    const [deed, step] = [deeds[d]!, steps[s]!];
    const it = step.interaction === null ? null : interactions[step.interaction]!;
    const target = stillTarget(step, recording);
    const scale = frame.width / widthOf(deed);
    const point = deed.point && { x: deed.point.x * scale, y: deed.point.y * scale };
    if (point && it?.point) offsets.push(Math.hypot(it.point.x - point.x, it.point.y - point.y));
    const missed = point && aims(target, point);
    return { deed, missed, own: d, time: step.still?.time ?? 0, crop: target?.crop ?? frame };
  });
  const pictures = deeds.map(({ picture }) => picture);
  const shown = await compareStills(editor, { path, pictures, stills: looks });
  let rightStills = 0;
  for (const [i, { deed, missed, own }] of looks.entries()) {
    const wrong = [missed, wrongState(shown[i]!, own)].filter((fault) => fault !== null);
    if (wrong.length === 0) rightStills += 1;
    else faults.push(`still of ${deed.title}: ${wrong.join(', ')}`);
  }
  const counts = { wanted: deeds.length, recorded: steps.length, right: pairs.length };
  return { app, ...counts, rightStills, offsets, faults };
}

const widthOf = ({ picture }: Deed): number =>
  Buffer.from(picture.slice(0, 40), 'base64').readUInt32BE(16);

/** The mark is around the place that was pressed, and the crop around the mark. */
function aims(target: StillTarget | null, point: { x: number; y: number }): string | null {
  if (!target) return 'no target';
  if (!holds(target.mark, point)) return 'the mark is elsewhere';
  const { x, y, width, height } = target.mark;
  const inside =
    holds(target.crop, { x, y }) && holds(target.crop, { x: x + width, y: y + height });
  return inside ? null : 'the target is not in the crop';
}

const holds = (rect: Rect, { x, y }: { x: number; y: number }): boolean =>
  x >= rect.x - exact &&
  y >= rect.y - exact &&
  x <= rect.x + rect.width + exact &&
  y <= rect.y + rect.height + exact;

/** Share of pixels that may differ: a caret, a shadow that fades, what video makes of letters. */
const mostDifferent = 0.02;

/** `shares`: of pixels that differ from the picture of each deed. */
function wrongState(shares: readonly number[], own: number): string | null {
  const share = shares[own]!;
  const nearest = shares.indexOf(Math.min(...shares));
  if (share > mostDifferent) return `${(100 * share).toFixed(1)} % of it differ`;
  return share > shares[nearest]! + mostDifferent / 4 ? `shows deed ${nearest + 1}` : null;
}

/** The longest list of pairs (indices of both) that are equal and in the same order. */
export function inOrder(a: readonly string[], b: readonly string[]): [number, number][] {
  const longest = Array.from({ length: a.length + 1 }, () =>
    new Array<number>(b.length + 1).fill(0),
  );
  for (let i = a.length - 1; i >= 0; i--)
    for (let k = b.length - 1; k >= 0; k--)
      longest[i]![k] =
        a[i] === b[k]
          ? 1 + longest[i + 1]![k + 1]!
          : Math.max(longest[i + 1]![k]!, longest[i]![k + 1]!);
  const pairs: [number, number][] = [];
  for (let i = 0, k = 0; i < a.length && k < b.length;) {
    if (a[i] === b[k]) pairs.push([i++, k++]);
    else if (longest[i + 1]![k]! >= longest[i]![k + 1]!) i++;
    else k++;
  }
  return pairs;
}

const percent = (part: number, whole: number) =>
  whole === 0 ? '-' : `${((100 * part) / whole).toFixed(0)} %`;

/** Steps too many count as wrong ones. */
export function totals(scores: readonly Score[]) {
  const sum = (of: (score: Score) => number) => scores.reduce((all, score) => all + of(score), 0);
  return {
    right: sum((s) => s.right),
    steps: sum((s) => Math.max(s.wanted, s.recorded)),
    rightStills: sum((s) => s.rightStills),
  };
}

const print = (line: string) => process.stdout.write(`${line}\n`);

export function printScores(scores: readonly Score[]): void {
  const line = (app: string, list: readonly Score[]) => {
    const { right, steps, rightStills } = totals(list);
    const offsets = list.flatMap((s) => s.offsets).sort((a, b) => a - b);
    const [middle, most] = [offsets[offsets.length >> 1], offsets.at(-1)];
    print(
      `${app.padEnd(22)} ${`${right} of ${steps}`.padStart(10)} ${percent(right, steps).padStart(6)}` +
        ` ${`${rightStills} of ${right}`.padStart(11)} ${percent(rightStills, right).padStart(6)}` +
        ` ${middle?.toFixed(1).padStart(8) ?? '       -'} ${most?.toFixed(1).padStart(8) ?? '       -'}`,
    );
  };
  print(
    '                       steps right          stills right         press off, px: median, most',
  );
  for (const each of scores) line(each.app, [each]);
  line('all', scores);
  for (const { app, faults } of scores) for (const fault of faults) print(`${app}: ${fault}`);
}
