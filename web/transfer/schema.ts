/** What a `cairn.json` may hold. Everything has a bound, and nothing names a place outside its recording. */
import * as v from 'valibot';
import { AppError } from '../core/errors.ts';
import type { Project, Step } from '../core/project.ts';
import { projectSchema } from '../core/project.ts';
import { upgradeProject } from '../core/project-upgrade.ts';
import type { Recording, RecordingFile, RecordingNotice } from '../core/recording.ts';
import { sourceTime } from '../core/time.ts';
import { evidenceRow } from './schema-evidence.ts';
import { interaction } from './schema-interaction.ts';
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
import {
  cairnFormat,
  cairnVersion,
  isMemberName,
  type CairnEvidence,
  type CairnManifest,
} from './manifest.ts';

const id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/));
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const member = v.pipe(
  v.string(),
  v.maxLength(100),
  v.check(isMemberName, 'not a name of a member'),
);
const mediaType = v.pipe(v.string(), v.regex(/^(?:video|audio)\/[\w.+-]{1,60}(?:;[^<>]{0,100})?$/));
const pixels = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_536));

const video = v.object({
  codec: line,
  width: pixels,
  height: pixels,
  rotation: v.picklist([0, 90, 180, 270]),
  frameRate: v.pipe(v.number(), v.minValue(0), v.maxValue(10_000)),
  start: time,
  end: time,
});
const audio = v.object({
  codec: line,
  sampleRate: v.pipe(v.number(), v.minValue(1), v.maxValue(1_000_000)),
  channels: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(255)),
  start: time,
  end: time,
});

const file = v.object({
  role: v.picklist(['screen', 'camera', 'microphone', 'tab']),
  path: member,
  type: mediaType,
  size: count,
  video: nullable(video),
  audio: v.pipe(array(audio, 64)),
});
const notice = v.picklist([
  'truncated',
  'converted',
  'no-audio',
  'no-video',
  'several-audio-tracks',
  'duration-repaired',
  'recovered',
  'microphone-lost',
  'camera-lost',
  'tab-sound-lost',
  'sharing-stopped',
  'storage-full',
  'slept',
  'encoder-rebuilt',
  'continued',
  'frames-dropped',
  'simple-recorder',
]);

const recording = v.object({
  id,
  name: line,
  createdAt: count,
  source: v.picklist(['upload', 'sample', 'web', 'extension']),
  duration: v.pipe(v.number(), v.minValue(0), v.maxValue(1_000_000), v.transform(sourceTime)),
  size: count,
  fingerprint: hash,
  files: v.pipe(array(file, 8), v.minLength(1)),
  voiceTrack: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(63)),
  interactions: array(interaction, 1_000_000),
  notices: array(notice, 64),
});

const step = v.object({
  ...ranged,
  id: line,
  title: text,
  text,
  claim: v.picklist(['shown', 'said', 'written']),
  still: nullable(v.object({ time, alt: text })),
  stillChoices: array(time, 1000),
  interaction: nullable(count),
  section: v.optional(nullable(text)),
});

const level = v.object({ volume: share, muted: v.boolean() });

const project = v.object({
  schema: v.literal(projectSchema),
  id,
  recordingId: id,
  title: line,
  updatedAt: count,
  removal: v.object({
    fillers: v.boolean(),
    silences: v.boolean(),
    disfluencies: v.boolean(),
    minSilence: time,
    keptPause: time,
    minConfidence: time,
  }),
  decisions: v.record(line, v.picklist(['cut', 'keep'])),
  cuts: array(
    v.object({ ...ranged, id: line, reason: v.picklist(['words', 'range', 'step']) }),
    100_000,
  ),
  corrections: v.record(line, text),
  sound: v.object({
    denoise: v.boolean(),
    normalise: v.boolean(),
    voice: level,
    others: level,
  }),
  camera: v.object({
    visible: v.boolean(),
    x: share,
    y: share,
    size: share,
    shape: v.picklist(['circle', 'rounded']),
    mirrored: v.boolean(),
    hidden: array(v.object(ranged), 100_000),
  }),
  steps: array(step, 100_000),
  stepsAdopted: v.optional(v.boolean()),
});

const script = v.object({
  name: line,
  script: v.object({
    cues: v.pipe(
      array(v.object({ start: nullable(time), end: nullable(time), text }), 1_000_000),
      v.minLength(1),
    ),
  }),
});

const manifest = v.object({
  format: v.literal(cairnFormat),
  version: v.literal(cairnVersion),
  media: v.boolean(),
  recording,
  project: nullable(project),
  evidence: array(evidenceRow, 4),
  script: nullable(script),
  members: array(v.object({ name: member, size: count, sha256: hash }), 10_000),
});

/** Fields that our types have and these schemas do not, would be lost: then this does not compile. */
export const complete: [
  Covers<Recording, v.InferOutput<typeof recording>>,
  Covers<RecordingFile, v.InferOutput<typeof file>>,
  Covers<Project, v.InferOutput<typeof project>>,
  Covers<Step, v.InferOutput<typeof step>>,
  Covers<Record<RecordingNotice, 1>, Record<v.InferOutput<typeof notice>, 1>>,
] = [true, true, true, true, true];

/** Throws `cairn-newer`, `project-newer` or `cairn-damaged`. */
export function readManifest(value: unknown): CairnManifest {
  const head = v.safeParse(
    v.object({
      format: v.literal(cairnFormat),
      version: v.number(),
      project: v.nullish(v.object({ schema: v.number() })),
    }),
    value,
  );
  if (!head.success) throw new AppError('cairn-damaged', 'not a Cairn project');
  if (head.output.version > cairnVersion) throw new AppError('cairn-newer');
  if ((head.output.project?.schema ?? 0) > projectSchema) throw new AppError('project-newer');
  const result = v.safeParse(manifest, upToDate(value as { project?: Project | null }), {
    abortEarly: true,
  });
  if (!result.success) {
    const [issue] = result.issues;
    throw new AppError('cairn-damaged', `${v.getDotPath(issue) ?? ''}: ${issue.message}`);
  }
  const { evidence, ...rest } = result.output;
  const read: CairnManifest = {
    ...rest,
    evidence: evidence.filter((row) => row !== null) as CairnEvidence[],
  };
  requireConsistent(read);
  return read;
}

/** Before it is checked: what is missing then is told as of any other file. */
const upToDate = (value: { project?: Project | null }) =>
  value.project ? { ...value, project: upgradeProject(value.project) } : value;

function requireConsistent({ recording, project, members, media }: CairnManifest): void {
  const sizes = new Map(members.map((m) => [m.name, m.size]));
  const isConsistent =
    sizes.size === members.length &&
    new Set(recording.files.map((f) => f.path)).size === recording.files.length &&
    recording.files.every(
      (f) => f.path.startsWith('recording/') && (!media || sizes.get(f.path) === f.size),
    ) &&
    recording.size === recording.files.reduce((sum, f) => sum + f.size, 0) &&
    (media || members.length === 0) &&
    (!project || project.recordingId === recording.id);
  if (!isConsistent) throw new AppError('cairn-damaged', 'its parts do not fit together');
}
