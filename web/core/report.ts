/** `report.json` of the headless run: what was found and what was done, in seconds of the original. Schema: docs/report.schema.json. */
import { listCuts, type CutReason } from './cuts.ts';
import type { SpeechEvidence } from './evidence.ts';
import type { Project } from './project.ts';
import type { Recording, RecordingNotice } from './recording.ts';
import { plainTitle } from './text/emphasis.ts';

export interface ReportStep {
  title: string;
  text: string;
  start: number;
  end: number;
  /** Null when the step has no picture. `file` is relative to the report. */
  still: { time: number; file: string | null } | null;
}

export interface Report {
  schema: 1;
  recording: { name: string; duration: number; notices: RecordingNotice[] };
  language: string | null;
  model: string | null;
  words: { text: string; start: number; end: number }[];
  fillers: { text: string; start: number; end: number; confidence: number }[];
  silences: { start: number; end: number }[];
  cuts: { start: number; end: number; reason: CutReason }[];
  steps: ReportStep[];
  /** Names are relative to the report. */
  outputs: { kind: string; file: string; size: number; note?: string }[];
  /** Seconds. */
  timings: Record<string, number>;
}

const round = (seconds: number) => Math.round(seconds * 1000) / 1000;
const span = ({ start, end }: { start: number; end: number }) => ({
  start: round(start),
  end: round(end),
});

export interface ReportInput {
  recording: Recording;
  project: Project;
  speech: SpeechEvidence | null;
  /** File of each step's still, by step id. */
  stillFiles: ReadonlyMap<string, string>;
  outputs: Report['outputs'];
  /** Seconds by stage. */
  timings: Record<string, number>;
}

export function buildReport(input: ReportInput): Report {
  const { recording, project, speech, stillFiles, outputs, timings } = input;
  return {
    schema: 1,
    recording: {
      name: recording.name,
      duration: round(recording.duration),
      notices: recording.notices,
    },
    language: speech?.language ?? null,
    model: speech?.model ?? null,
    words: (speech?.words ?? []).map((w) => ({ text: w.text, ...span(w) })),
    fillers: (speech?.fillers ?? []).map((f) => ({
      text: f.text,
      ...span(f),
      confidence: round(f.confidence),
    })),
    silences: (speech?.silences ?? []).map(span),
    cuts: listCuts(project, speech).map((c) => ({ ...span(c), reason: c.reason })),
    steps: project.steps.map((step) => ({
      title: plainTitle(step.title),
      text: step.text,
      ...span(step),
      still: step.still
        ? { time: round(step.still.time), file: stillFiles.get(step.id) ?? null }
        : null,
    })),
    outputs,
    timings: Object.fromEntries(Object.entries(timings).map(([name, s]) => [name, round(s)])),
  };
}
