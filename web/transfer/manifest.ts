/** What `cairn.json` of a project file says, and what the extension offers to the web app (docs/cairn-file.md). */
import type { Evidence, Stage } from '../core/evidence.ts';
import type { Project } from '../core/project.ts';
import type { Recording } from '../core/recording.ts';
import type { ImportedScript } from '../core/subtitle-parse.ts';

export const cairnFormat = 'cairn-project';
export const cairnVersion = 1;
export const manifestName = 'cairn.json';
/** Bytes of `cairn.json`, decompressed: a recording of ten hours stays below a tenth of it. */
export const maxManifest = 256 * 1024 * 1024;

export interface CairnMember {
  /** `recording/…` or `evidence/…`. */
  name: string;
  size: number;
  /** Hex. */
  sha256: string;
}

export interface CairnEvidence<S extends Stage = Stage> {
  stage: S;
  /** Of the analyser, and what else it depends on; see storage/database.ts. */
  version: number;
  variant: string;
  data: Evidence[S];
}

export interface CairnManifest {
  format: typeof cairnFormat;
  version: number;
  /** Whether the media are in the file. */
  media: boolean;
  /** Paths in it are names of members. */
  recording: Recording;
  /** Null when it was not analysed or opened yet. */
  project: Project | null;
  /** Paths in it are names of members. */
  evidence: CairnEvidence[];
  script: { name: string; script: ImportedScript } | null;
  members: CairnMember[];
}

export const posterMember = 'evidence/poster.webp';
export const cleanMember = 'evidence/clean.wav';

/**
 * The only names there may be. A file's own name is what follows the first folder, and all of them lie in
 * one folder of the recording, so none may be taken twice.
 */
const names =
  /^(?:recording\/(?!poster\.|clean\.)[a-z0-9][a-z0-9_-]{0,40}\.[a-z0-9]{1,5}|evidence\/(?:poster\.webp|clean\.wav|strip\/\d{1,5}\.webp))$/;
export const isMemberName = (name: string): boolean => names.test(name);

/** Path of a member's file below the recording's folder. */
export const memberFile = (name: string): string => name.slice(name.indexOf('/') + 1);

/** All members that recording and evidence refer to; the poster is there when there is a picture. */
export function referredMembers(
  recording: Recording,
  evidence: readonly CairnEvidence[],
): string[] {
  return [...recording.files.map((file) => file.path), ...evidence.flatMap(membersOf)];
}

export function membersOf(row: CairnEvidence): string[] {
  if (row.stage === 'sound') {
    const { cleanPath } = row.data as Evidence['sound'];
    return cleanPath === null ? [] : [cleanPath];
  }
  if (row.stage === 'screen') return (row.data as Evidence['screen']).thumbnails?.paths ?? [];
  return [];
}

/** The same recording and evidence with every path changed. */
export const mapRecording = (recording: Recording, to: (path: string) => string): Recording => ({
  ...recording,
  files: recording.files.map((file) => ({ ...file, path: to(file.path) })),
});

export function mapEvidence(row: CairnEvidence, to: (path: string) => string): CairnEvidence {
  if (row.stage === 'sound') {
    const data = row.data as Evidence['sound'];
    return { ...row, data: { ...data, cleanPath: data.cleanPath && to(data.cleanPath) } };
  }
  if (row.stage === 'screen') {
    const data = row.data as Evidence['screen'];
    const { thumbnails } = data;
    return {
      ...row,
      data: {
        ...data,
        thumbnails: thumbnails && { ...thumbnails, paths: thumbnails.paths.map(to) },
      },
    };
  }
  return row;
}
