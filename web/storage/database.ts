/** The Dexie tables and their migrations. */
import Dexie, { type EntityTable, type Table } from 'dexie';
import type { Evidence, Stage } from '../core/evidence.ts';
import type { Project } from '../core/project.ts';
import { upgradeProject } from '../core/project-upgrade.ts';
import type { Recording } from '../core/recording.ts';
import type { ImportedScript } from '../core/subtitle-parse.ts';

export interface EvidenceRow<S extends Stage = Stage> {
  recordingId: string;
  stage: S;
  /** Of the analyser that made it, see `analyserVersions`. */
  version: number;
  /** What else it depends on: model and language. Another key means another result. */
  variant: string;
  data: Evidence[S];
}

/** Unfinished work of a stage, so that a reload goes on where it stopped. */
export interface CheckpointRow {
  recordingId: string;
  stage: Stage;
  version: number;
  variant: string;
  data: unknown;
}

/** A script or subtitle file that a person gave, used instead of transcribing. */
export interface ScriptRow {
  recordingId: string;
  /** Of the file it came from. */
  name: string;
  script: ImportedScript;
}

/** A recording that was deleted and can still be brought back. */
export interface TrashRow {
  recordingId: string;
  /** Milliseconds since the epoch. */
  deletedAt: number;
}

/** A file on its way to a workspace's storage, so that a reload goes on where it stopped. */
export interface UploadRow {
  /** What the sender calls it; one upload a key. */
  key: string;
  workspaceId: string;
  /** At the edge. */
  objectId: string;
  kind: string;
  contentType: string;
  /** Bytes. */
  size: number;
  partSize: number;
  partCount: number;
  /** Those that arrived, by number from 1: what they hold (base64) and what storage called it. */
  arrived: Record<number, { md5: string; etag: string }>;
}

export interface SettingRow {
  key: string;
  value: unknown;
}

export class CairnDatabase extends Dexie {
  declare recordings: EntityTable<Recording, 'id'>;
  declare projects: EntityTable<Project, 'id'>;
  declare evidence: Table<EvidenceRow, [string, Stage]>;
  declare checkpoints: Table<CheckpointRow, [string, Stage]>;
  declare settings: EntityTable<SettingRow, 'key'>;
  declare scripts: EntityTable<ScriptRow, 'recordingId'>;
  declare trash: EntityTable<TrashRow, 'recordingId'>;
  declare uploads: EntityTable<UploadRow, 'key'>;

  constructor(name = 'cairn') {
    super(name);
    this.version(1).stores({
      recordings: 'id, createdAt, fingerprint',
      projects: 'id, recordingId',
      evidence: '[recordingId+stage], recordingId',
      checkpoints: '[recordingId+stage], recordingId',
      settings: 'key',
    });
    this.version(2).stores({ scripts: 'recordingId', trash: 'recordingId' });
    this.version(3)
      .stores({})
      .upgrade((all) =>
        all
          .table<Project>('projects')
          .toCollection()
          .modify((project, row) => {
            row.value = upgradeProject(project);
          }),
      );
    this.version(4).stores({ uploads: 'key' });
  }
}

export const database = new CairnDatabase();
