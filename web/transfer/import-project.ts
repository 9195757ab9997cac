/**
 * A project that arrives, from a file or from the extension, enters the library: all of it or nothing. Where the
 * recording is there already, only what is missing is added, and the person's own edits stay unless they say
 * otherwise.
 */
import { mainFile, type Recording } from '../core/recording.ts';
import type { Project } from '../core/project.ts';
import { AppError } from '../core/errors.ts';
import { within, type JobContext } from '../core/progress.ts';
import { database, type EvidenceRow } from '../storage/database.ts';
import { fileHandle, recordingFolder, removeWhenFree } from '../storage/opfs.ts';
import { keepStorage, requireRoom } from '../storage/quota.ts';
import {
  findByFingerprint,
  importLock,
  projectLock,
  restoreRecording,
} from '../storage/recordings.ts';
import {
  mapEvidence,
  mapRecording,
  memberFile,
  membersOf,
  posterMember,
  type CairnEvidence,
  type CairnManifest,
  type CairnMember,
} from './manifest.ts';

/** Where the members' bytes come from. */
export interface MemberSource {
  /** They take up their room already. */
  staged?: boolean;
  /** Fills the file and checks it against the hash. */
  extract(member: CairnMember, path: string, context: JobContext): Promise<void>;
}

export type ProjectChoice = 'keep' | 'replace';
export interface ImportProjectOptions extends JobContext {
  /** Asked when both have edits that differ. Default: what is there stays. */
  choose?: ((recording: Recording) => Promise<ProjectChoice>) | undefined;
}
export interface ImportedProject {
  recording: Recording;
  /** The recording was in the library before. */
  existing: boolean;
  /** Puts back the edits that were replaced. */
  undo: (() => Promise<void>) | null;
}

/** Throws `cairn-without-media`, `recording-busy`, `disk-full` and what `source` throws. */
export async function importProject(
  manifest: CairnManifest,
  source: MemberSource,
  options: ImportProjectOptions,
): Promise<ImportedProject> {
  const { fingerprint, name } = manifest.recording;
  const { signal } = options;
  return navigator.locks.request(`fingerprint:${fingerprint}`, { signal }, async () => {
    const known = await findByFingerprint(fingerprint);
    if (known) return merge(known, manifest, source, options);
    if (!manifest.media)
      throw new AppError('cairn-without-media', name, { details: { recording: name } });
    return { recording: await add(manifest, source, options), existing: false, undo: null };
  });
}

async function add(
  manifest: CairnManifest,
  source: MemberSource,
  options: ImportProjectOptions,
): Promise<Recording> {
  const id = await freeId(manifest.recording.id, 'recordings');
  const folder = recordingFolder(id);
  return navigator.locks.request(importLock(id), async () => {
    try {
      const recording = {
        ...mapRecording(manifest.recording, (name) => `${folder}/${memberFile(name)}`),
        id,
      };
      const rows = usable(manifest.evidence, new Set(manifest.members.map((m) => m.name)));
      const wanted = new Set([
        ...manifest.recording.files.map((file) => file.path),
        ...rows.flatMap(membersOf),
        posterMember,
      ]);
      await extractAll(manifest, wanted, folder, source, options);
      const { recordings, projects, evidence, scripts } = database;
      const projectId = manifest.project && (await freeId(manifest.project.id, 'projects'));
      options.signal.throwIfAborted();
      await database.transaction('rw', [recordings, projects, evidence, scripts], async () => {
        await recordings.add(recording);
        if (manifest.project && projectId)
          await projects.add({ ...manifest.project, id: projectId, recordingId: id });
        const all = new Set(rows.map((row) => row.stage));
        await evidence.bulkPut(
          rows
            .filter(({ stage }) => stage !== 'steps' || isWhole(recording, all))
            .map((row) => placed(row, id)),
        );
        if (manifest.script) await scripts.put({ recordingId: id, ...manifest.script });
      });
      options.progress({ fraction: 1 });
      return recording;
    } catch (error) {
      await removeWhenFree(folder);
      throw error;
    }
  });
}

async function merge(
  known: Recording,
  manifest: CairnManifest,
  source: MemberSource,
  options: ImportProjectOptions,
): Promise<ImportedProject> {
  const { signal, choose } = options;
  const recordingId = known.id;
  const current = (await database.projects.where({ recordingId }).first()) ?? null;
  const incoming = manifest.project;
  const differ = incoming !== null && current !== null && !sameEdits(incoming, current);
  const choice = differ ? ((await choose?.(known)) ?? 'keep') : 'keep';
  signal.throwIfAborted();
  const replaces = differ && choice === 'replace';
  return navigator.locks.request(projectLock(recordingId), { ifAvailable: true }, async (lock) => {
    if (!lock) throw new AppError('recording-busy', recordingId);
    const before = await database.evidence.where({ recordingId }).toArray();
    const script = await database.scripts.get(recordingId);
    const has = new Set(before.map((row) => row.stage));
    const rows = usable(manifest.evidence, new Set(manifest.members.map((m) => m.name))).filter(
      // Words and edits belong together; what was found in sound and picture is the same for both.
      ({ stage }) => !has.has(stage) || (replaces && (stage === 'speech' || stage === 'steps')),
    );
    for (const { stage } of rows) has.add(stage);
    const kept = rows.filter(({ stage }) => stage !== 'steps' || isWhole(known, has));
    const folder = recordingFolder(recordingId);
    const wanted = kept.flatMap(membersOf);
    await extractAll(manifest, new Set(wanted), folder, source, options).catch(async (error) => {
      // Of stages that were not there before, so nobody refers to them.
      for (const name of wanted) await removeWhenFree(`${folder}/${memberFile(name)}`);
      throw error;
    });
    const { recordings, projects, evidence, scripts } = database;
    const newId = incoming && (await freeId(incoming.id, 'projects'));
    await restoreRecording(recordingId);
    await database.transaction('rw', [recordings, projects, evidence, scripts], async () => {
      await evidence.bulkPut(kept.map((row) => placed(row, recordingId)));
      if (incoming && newId && (replaces || !current)) {
        await projects.put({ ...incoming, id: current?.id ?? newId, recordingId });
        await recordings.update(recordingId, { name: incoming.title });
        if (manifest.script) await scripts.put({ recordingId, ...manifest.script });
        else await scripts.delete(recordingId);
      }
    });
    options.progress({ fraction: 1 });
    const undo =
      replaces && current
        ? () =>
            database.transaction('rw', [recordings, projects, evidence, scripts], async () => {
              await projects.put(current);
              await recordings.update(recordingId, { name: known.name });
              await evidence.bulkPut(before);
              if (script) await scripts.put(script);
              else await scripts.delete(recordingId);
            })
        : null;
    const recording = (await database.recordings.get(recordingId)) ?? known;
    return { recording, existing: true, undo };
  });
}

async function extractAll(
  manifest: CairnManifest,
  wanted: ReadonlySet<string>,
  folder: string,
  source: MemberSource,
  { signal, progress }: JobContext,
): Promise<void> {
  const members = manifest.members.filter(({ name }) => wanted.has(name));
  const total = members.reduce((sum, { size }) => sum + size, 0);
  if (total > 0) {
    if (!source.staged) await requireRoom(total);
    await keepStorage();
  }
  let done = 0;
  for (const member of members) {
    signal.throwIfAborted();
    const part = within(progress, done / total, (done + member.size) / total);
    const path = `${folder}/${memberFile(member.name)}`;
    await fileHandle(path, { create: true });
    await source.extract(member, path, {
      signal,
      progress: (p) => part({ fraction: 0.99 * p.fraction, doing: 'copy' }),
    });
    done += member.size;
  }
}

/** Rows whose files came along. */
const usable = (rows: readonly CairnEvidence[], members: ReadonlySet<string>): CairnEvidence[] =>
  rows.filter((row) => membersOf(row).every((name) => members.has(name)));

/** Steps stand for a finished analysis, so they come only when all before them is there. */
function isWhole(recording: Recording, stages: ReadonlySet<string>): boolean {
  const main = mainFile(recording);
  const heard = main.audio.length === 0 || (stages.has('sound') && stages.has('speech'));
  return heard && (main.video === null || stages.has('screen'));
}

const placed = (row: CairnEvidence, recordingId: string): EvidenceRow => ({
  ...mapEvidence(row, (name) => `${recordingFolder(recordingId)}/${memberFile(name)}`),
  recordingId,
});

function sameEdits(one: Project, other: Project): boolean {
  const edits = (project: Project) =>
    canonical({ ...project, id: '', recordingId: '', updatedAt: 0 });
  return edits(one) === edits(other);
}

/** JSON with keys in order. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

async function freeId(id: string, table: 'recordings' | 'projects'): Promise<string> {
  return (await database[table].get(id)) ? crypto.randomUUID() : id;
}
