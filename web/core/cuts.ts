/** From findings and decisions to the list of cuts. The one place that says what is taken out and why. */
import type { SpeechEvidence } from './evidence.ts';
import { findingKey, type FindingKind, type Project } from './project.ts';
import { mergeRanges, sourceTime, type SourceRange } from './time.ts';

export type CutReason = FindingKind | 'words' | 'range' | 'step';

export interface Cut extends SourceRange {
  reason: CutReason;
}

type Findings = Pick<SpeechEvidence, 'fillers' | 'silences' | 'disfluencies'>;
type Decided = Pick<Project, 'removal' | 'decisions' | 'cuts'>;

/** Whether this finding is taken out, by the person's word or else by the policy. */
export function isRemoved(
  project: Pick<Decided, 'removal' | 'decisions'>,
  kind: FindingKind,
  finding: SourceRange & { confidence: number },
): boolean {
  const decision = project.decisions[findingKey(kind, finding)];
  if (decision) return decision === 'cut';
  const { removal } = project;
  const sure = finding.confidence >= removal.minConfidence;
  switch (kind) {
    case 'filler':
      return removal.fillers && sure;
    case 'disfluency':
      return removal.disfluencies && sure;
    case 'silence':
      return removal.silences && sure && finding.end - finding.start >= removal.minSilence;
  }
}

/** A pause keeps a little of itself on both sides, so that sentences do not run into each other. */
function shortened(silence: SourceRange, keptPause: number): SourceRange {
  return {
    start: sourceTime(silence.start + keptPause),
    end: sourceTime(silence.end - keptPause),
  };
}

/** Every cut with its reason, sorted by start; they may overlap. */
export function listCuts(project: Decided, findings: Findings | null): Cut[] {
  const cuts: Cut[] = project.cuts.map(({ start, end, reason }) => ({ start, end, reason }));
  if (findings) {
    for (const f of findings.fillers)
      if (isRemoved(project, 'filler', f))
        cuts.push({ start: f.start, end: f.end, reason: 'filler' });
    for (const d of findings.disfluencies)
      if (isRemoved(project, 'disfluency', d))
        cuts.push({ start: d.start, end: d.end, reason: 'disfluency' });
    for (const s of findings.silences)
      if (isRemoved(project, 'silence', s))
        cuts.push({ ...shortened(s, project.removal.keptPause), reason: 'silence' });
  }
  return cuts.filter((c) => c.end > c.start).sort((a, b) => a.start - b.start);
}

/** The cuts as disjoint ranges, ready for the TimeMap. Slivers kept between two cuts go as well. */
export function cutRanges(cuts: readonly Cut[], minKept = 0.08): SourceRange[] {
  return mergeRanges(cuts, minKept);
}
