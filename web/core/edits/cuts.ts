/** Cuts that the person makes by hand. */
import { subtractRanges, type SourceRange } from '../time.ts';
import type { ManualCut } from '../project.ts';
import { keepFindingsIn, type Findings } from './findings.ts';
import { inOrder, type Edit } from './edit.ts';

/** Shorter rests of a cut are dropped: they would flash by as a single frame. */
const sliver = 0.02;

/** Takes a range out. Cuts that lie inside it are taken up by it. */
export const cutRange =
  (range: SourceRange, reason: ManualCut['reason'], id: string): Edit =>
  (project) => {
    const covered = project.cuts.some((c) => c.start <= range.start && c.end >= range.end);
    if (covered || range.end <= range.start) return project;
    const rest = project.cuts.filter((c) => c.start < range.start || c.end > range.end);
    const cut = { id, reason, start: range.start, end: range.end };
    return { ...project, cuts: [...rest, cut].sort((a, b) => a.start - b.start) };
  };

/** Puts a range back, whatever took it out: cuts are shortened or parted, findings inside are kept. */
export const restoreRange = (range: SourceRange, findings: Findings | null): Edit =>
  inOrder(
    (project) => {
      if (!project.cuts.some((c) => c.start < range.end && c.end > range.start)) return project;
      const cuts = project.cuts.flatMap((cut) =>
        cut.end <= range.start || cut.start >= range.end
          ? [cut]
          : subtractRanges(cut, [range])
              .filter((r) => r.end - r.start > sliver)
              .map((r, i) => ({ ...cut, ...r, id: i ? `${cut.id}-${i}` : cut.id })),
      );
      return { ...project, cuts };
    },
    findings ? keepFindingsIn(range, findings) : (project) => project,
  );

export const removeCut =
  (id: string): Edit =>
  (project) =>
    project.cuts.some((c) => c.id === id)
      ? { ...project, cuts: project.cuts.filter((c) => c.id !== id) }
      : project;

/** Everything the person cut by hand comes back. */
export const restoreAllCuts: Edit = (project) =>
  project.cuts.length ? { ...project, cuts: [] } : project;
