/** Decisions about what analysis found: one by one, or a whole kind at once. */
import { isRemoved } from '../cuts.ts';
import type { SpeechEvidence } from '../evidence.ts';
import { findingKey, type FindingKind, type Project, type RemovalPolicy } from '../project.ts';
import { overlap, type SourceRange } from '../time.ts';
import type { Edit } from './edit.ts';

export type Finding = SourceRange & { confidence: number };
export type Findings = Pick<SpeechEvidence, 'fillers' | 'silences' | 'disfluencies'>;

const flags = { filler: 'fillers', silence: 'silences', disfluency: 'disfluencies' } as const;
export const findingsOf = (findings: Findings, kind: FindingKind): readonly Finding[] =>
  findings[flags[kind]];

export const decide =
  (kind: FindingKind, finding: Finding, decision: 'cut' | 'keep'): Edit =>
  (project) => {
    const key = findingKey(kind, finding);
    if (project.decisions[key] === decision) return project;
    return { ...project, decisions: { ...project.decisions, [key]: decision } };
  };

export const toggleFinding =
  (kind: FindingKind, finding: Finding): Edit =>
  (project) =>
    decide(kind, finding, isRemoved(project, kind, finding) ? 'keep' : 'cut')(project);

export const setRemoval =
  (patch: Partial<RemovalPolicy>): Edit =>
  (project) => {
    const changed = Object.entries(patch).some(
      ([name, value]) => project.removal[name as keyof RemovalPolicy] !== value,
    );
    return changed ? { ...project, removal: { ...project.removal, ...patch } } : project;
  };

/** Takes out every sure finding of a kind, also those kept one by one before. */
export const removeAll =
  (kind: FindingKind): Edit =>
  (project) =>
    setRemoval({ [flags[kind]]: true })(withoutDecisions(project, kind, 'keep'));

/** Puts every finding of a kind back, also those cut one by one. */
export const restoreAll =
  (kind: FindingKind): Edit =>
  (project) =>
    setRemoval({ [flags[kind]]: false })(withoutDecisions(project, kind, 'cut'));

/** Keeps every finding that lies mostly inside the range and would be cut. */
export const keepFindingsIn =
  (range: SourceRange, findings: Findings): Edit =>
  (project) =>
    (Object.keys(flags) as FindingKind[]).reduce(
      (p, kind) =>
        findingsOf(findings, kind)
          .filter((f) => overlap(f, range) > (f.end - f.start) / 2 && isRemoved(p, kind, f))
          .reduce((q, f) => decide(kind, f, 'keep')(q), p),
      project,
    );

function withoutDecisions(project: Project, kind: FindingKind, decision: 'cut' | 'keep'): Project {
  const entries = Object.entries(project.decisions);
  const rest = entries.filter(([key, d]) => !(key.startsWith(`${kind}:`) && d === decision));
  return rest.length === entries.length
    ? project
    : { ...project, decisions: Object.fromEntries(rest) };
}

export interface Saving {
  count: number;
  /** Seconds the edited result gets shorter by, kept pauses counted off. */
  seconds: number;
}

/** What removing a whole kind would take out (`removed: false`), or takes out now (`true`). */
export function savingOf(
  project: Project,
  findings: Findings,
  kind: FindingKind,
  removed: boolean,
): Saving {
  const state = removed ? project : removeAll(kind)(project);
  const list = findingsOf(findings, kind).filter((f) => isRemoved(state, kind, f));
  const kept = kind === 'silence' ? 2 * project.removal.keptPause : 0;
  const seconds = list.reduce((sum, f) => sum + Math.max(0, f.end - f.start - kept), 0);
  return { count: list.length, seconds };
}
