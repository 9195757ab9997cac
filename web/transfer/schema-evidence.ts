/** What analysis found, as it may stand in a project file. */
import * as v from 'valibot';
import {
  analyserVersions,
  type ScreenEvidence,
  type SoundEvidence,
  type SpeechEvidence,
  type StepDraft,
} from '../core/evidence.ts';
import {
  array,
  count,
  line,
  nullable,
  ranged,
  share,
  text,
  time,
  type Covers,
} from './schema-parts.ts';
import { isMemberName } from './manifest.ts';

const many = 2_000_000;
/** dB; silence is -Infinity. */
const level = v.pipe(v.number(), v.maxValue(1000));
const member = v.pipe(
  v.string(),
  v.maxLength(100),
  v.check(isMemberName, 'not a name of a member'),
);
const length = <T extends { length: number }>(most: number) =>
  v.check<T, string>((value) => value.length <= most, 'too many');
const times = v.pipe(v.instance(Float64Array<ArrayBuffer>), length(many));
const values = v.pipe(v.instance(Float32Array<ArrayBuffer>), length(many));

const sound = v.object({
  loudness: level,
  truePeak: level,
  cleanLoudness: nullable(level),
  cleanTruePeak: nullable(level),
  noiseFloor: level,
  peaks: v.pipe(v.instance(Int8Array<ArrayBuffer>), length(100 * many)),
  peakRate: v.pipe(v.number(), v.minValue(0.001), v.maxValue(10_000)),
  cleanPath: nullable(member),
  denoiser: nullable(line),
});

const speech = v.object({
  model: line,
  language: line,
  words: array(v.object({ ...ranged, text: line, confidence: share }), many),
  fillers: array(
    v.object({
      ...ranged,
      text: line,
      confidence: share,
      signals: array(v.picklist(['transcribed', 'aligned', 'unmatched-voice']), 8),
    }),
    many,
  ),
  silences: array(v.object({ ...ranged, confidence: share }), many),
  disfluencies: array(
    v.object({
      ...ranged,
      kind: v.picklist(['repeat', 'false-start']),
      text: text,
      confidence: share,
    }),
    many,
  ),
  speech: array(v.object(ranged), many),
});

const screen = v.object({
  times,
  activity: values,
  sharpness: values,
  changes: array(
    v.object({
      time,
      settled: time,
      area: share,
      box: v.object({ x: share, y: share, width: share, height: share }),
      state: count,
      reverts: v.boolean(),
    }),
    many,
  ),
  idle: array(v.object(ranged), many),
  thumbnails: nullable(
    v.object({
      paths: array(member, 10_000),
      width: count,
      height: count,
      columns: count,
      rows: count,
      times,
    }),
  ),
});

const step = v.object({
  ...ranged,
  title: text,
  text,
  claim: v.picklist(['shown', 'said']),
  stills: array(
    v.object({ time, score: v.number(), settled: v.boolean(), sharpness: v.number() }),
    1000,
  ),
  interaction: nullable(count),
  section: v.optional(nullable(text)),
});

const data = { sound, speech, screen, steps: array(step, 100_000) };
const head = { variant: line };
const rowOf = <S extends keyof typeof data>(stage: S) =>
  v.object({
    ...head,
    stage: v.literal(stage),
    version: v.literal(analyserVersions[stage]),
    data: data[stage],
  });

/** Null for what another version of an analyser found: it is found again. */
export const evidenceRow = v.lazy((input) => {
  const row = v.safeParse(
    v.object({ stage: v.picklist(['sound', 'speech', 'screen', 'steps']), version: count }),
    input,
  );
  return row.success && row.output.version !== analyserVersions[row.output.stage]
    ? v.pipe(
        v.unknown(),
        v.transform(() => null),
      )
    : v.variant('stage', [rowOf('sound'), rowOf('speech'), rowOf('screen'), rowOf('steps')]);
});

export const complete: [
  Covers<SoundEvidence, v.InferOutput<typeof sound>>,
  Covers<SpeechEvidence, v.InferOutput<typeof speech>>,
  Covers<ScreenEvidence, v.InferOutput<typeof screen>>,
  Covers<StepDraft, v.InferOutput<typeof step>>,
] = [true, true, true, true];
