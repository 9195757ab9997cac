/** Everything that belongs to a recording, as it leaves this device or this origin. */
import { analyserVersions } from '../core/evidence.ts';
import { AppError } from '../core/errors.ts';
import type { Project } from '../core/project.ts';
import { database } from '../storage/database.ts';
import { exists, readFile, recordingFolder } from '../storage/opfs.ts';
import { posterPath } from '../storage/recordings.ts';
import {
  cairnFormat,
  cairnVersion,
  mapEvidence,
  mapRecording,
  membersOf,
  memberFile,
  posterMember,
  type CairnEvidence,
  type CairnManifest,
} from './manifest.ts';

export interface Collected {
  /** Its members are not hashed yet. */
  manifest: Omit<CairnManifest, 'members'>;
  /** In the order in which they are written. */
  files: { name: string; file: File }[];
}

export interface CollectOptions {
  recordingId: string;
  /** Default: the stored one. */
  project?: Project;
  /** With the media; else the recording must be there where it is imported. */
  media: boolean;
}

/** Throws `recording-missing`, and `storage-lost` when a file of the recording is gone. */
export async function collect(options: CollectOptions): Promise<Collected> {
  const { recordingId, media } = options;
  const recording = await database.recordings.get(recordingId);
  if (!recording) throw new AppError('recording-missing', recordingId);
  const [project, rows, script] = await Promise.all([
    options.project ?? database.projects.where({ recordingId }).first(),
    database.evidence.where({ recordingId }).toArray(),
    database.scripts.get(recordingId),
  ]);
  const folder = recordingFolder(recordingId);
  const evidence: CairnEvidence[] = [];
  const names = new Set<string>();
  for (const { stage, version, variant, data } of rows) {
    if (version !== analyserVersions[stage]) continue;
    const row = mapEvidence({ stage, version, variant, data }, (path) =>
      evidenceName(path, folder),
    );
    const members = membersOf(row);
    // What was found in the picture is of no use without its pictures: it is found again.
    if (!media && members.length > 0) continue;
    if (!(await allThere(members, folder))) continue;
    evidence.push(row);
    for (const name of members) names.add(name);
  }
  const named = mapRecording(recording, (path) => recordingName(path, folder));
  const files: Collected['files'] = [];
  if (media) {
    for (const [index, { path }] of named.files.entries())
      files.push({ name: path, file: await readFile(recording.files[index]!.path) });
    if (await exists(posterPath(recordingId))) names.add(posterMember);
    for (const name of names)
      files.push({ name, file: await readFile(`${folder}/${memberFile(name)}`) });
  }
  return {
    manifest: {
      format: cairnFormat,
      version: cairnVersion,
      media,
      recording: named,
      project: project ?? null,
      evidence,
      script: script ? { name: script.name, script: script.script } : null,
    },
    files,
  };
}

const inFolder = (path: string, folder: string) =>
  path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
const recordingName = (path: string, folder: string) => `recording/${inFolder(path, folder)}`;
const evidenceName = (path: string, folder: string) => `evidence/${inFolder(path, folder)}`;

async function allThere(names: string[], folder: string): Promise<boolean> {
  const found = await Promise.all(names.map((name) => exists(`${folder}/${memberFile(name)}`)));
  return found.every(Boolean);
}
