import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { Evidence } from '../core/evidence.ts';
import type { Recording } from '../core/recording.ts';
import { sourceTime } from '../core/time.ts';
import { database } from '../storage/database.ts';
import { list, readFile, removeWhenFree } from '../storage/opfs.ts';
import { posterPath, purgeRecording, trashRecording } from '../storage/recordings.ts';
import { connect } from '../workers/rpc.ts';
import type { TransferApi } from '../workers/transfer.worker.ts';
import { importCairn } from './import-cairn.ts';
import type { ImportProjectOptions } from './import-project.ts';
import type { CairnManifest } from './manifest.ts';
import { forged, full, importPlain } from './test-project.ts';

const worker = connect<TransferApi>(
  () => new Worker(new URL('../workers/transfer.worker.ts', import.meta.url), { type: 'module' }),
);
const options = (more: Partial<ImportProjectOptions> = {}): ImportProjectOptions => ({
  signal: new AbortController().signal,
  progress: () => undefined,
  ...more,
});

async function clear() {
  for (const id of await database.recordings.toCollection().primaryKeys()) await purgeRecording(id);
  await removeWhenFree('recordings');
  await removeWhenFree('exports');
}
beforeEach(clear);
afterAll(clear);

async function exported(recordingId: string, media: boolean): Promise<File> {
  const outputPath = `exports/test/${media}.cairn`;
  const size = await worker.call.writeCairn({ recordingId, media, outputPath });
  const stored = await readFile(outputPath);
  expect(stored.size).toBe(size);
  // Kept apart from the disk, which is cleared.
  return new File([await stored.arrayBuffer()], 'Project.cairn');
}

const digest = async (path: string) =>
  new Uint8Array(
    await crypto.subtle.digest('SHA-256', await (await readFile(path)).arrayBuffer()),
  ).join();

async function snapshot(recordingId: string) {
  const evidence = await database.evidence.where({ recordingId }).toArray();
  const sound = evidence.find((row) => row.stage === 'sound')?.data as Evidence['sound'];
  const recording = (await database.recordings.get(recordingId))!;
  return {
    recording,
    evidence,
    project: await database.projects.where({ recordingId }).first(),
    script: await database.scripts.get(recordingId),
    media: await Promise.all(recording.files.map((file) => digest(file.path))),
    clean: sound.cleanPath && (await digest(sound.cleanPath)),
    poster: await digest(posterPath(recordingId)),
  };
}

async function expectNothing() {
  expect(await database.recordings.count()).toBe(0);
  expect(await database.projects.count()).toBe(0);
  expect(await database.evidence.count()).toBe(0);
  expect(await list('recordings')).toEqual([]);
}

describe('with media', () => {
  test('everything comes back as it was', async () => {
    const { recording } = await full();
    const before = await snapshot(recording.id);
    const file = await exported(recording.id, true);
    await clear();
    const fractions: number[] = [];
    const { existing, undo } = await importCairn(
      file,
      options({ progress: ({ fraction }) => fractions.push(fraction) }),
    );
    expect(existing).toBe(false);
    expect(undo).toBeNull();
    expect(await snapshot(recording.id)).toEqual(before);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
  });

  test('an id that another recording has is not taken', async () => {
    const { recording } = await full();
    const file = await exported(recording.id, true);
    await clear();
    const other = { ...recording, fingerprint: '0'.repeat(64), files: [], name: 'Other' };
    await database.recordings.add(other);
    const result = await importCairn(file, options());
    expect(result.recording.id).not.toBe(recording.id);
    expect((await database.recordings.get(recording.id))?.name).toBe('Other');
    const { project, clean } = await snapshot(result.recording.id);
    expect(project?.recordingId).toBe(result.recording.id);
    expect(clean).toBeTruthy();
    await database.recordings.delete(recording.id);
  });

  test('a recording in the trash comes back', async () => {
    const { recording } = await full();
    const file = await exported(recording.id, true);
    await trashRecording(recording.id);
    expect((await importCairn(file, options())).existing).toBe(true);
    expect(await database.trash.count()).toBe(0);
  });
});

describe('without media', () => {
  test('it needs the recording, and names it', async () => {
    const { recording } = await full();
    const file = await exported(recording.id, false);
    expect(file.size).toBeLessThan(5000);
    await clear();
    await expect(importCairn(file, options())).rejects.toMatchObject({
      code: 'cairn-without-media',
      details: { recording: 'Invite a user', name: 'Project.cairn' },
    });
    await expectNothing();
  });

  test('the project and the words are added to the recording', async () => {
    const { recording, project } = await full();
    const file = await exported(recording.id, false);
    await clear();
    const again = await importPlain('again.mp4');
    const result = await importCairn(file, options());
    expect(result).toMatchObject({ existing: true, recording: { id: again.id } });
    const recordingId = again.id;
    const found = await database.projects.where({ recordingId }).first();
    expect(found).toEqual({ ...project, id: found!.id, recordingId });
    // Sound and picture are still to be looked at, so the steps are made anew.
    const rows = await database.evidence.where({ recordingId }).toArray();
    expect(rows.map((row) => row.stage)).toEqual(['speech']);
  });

  test('a person’s other edits stay unless they say otherwise, and come back', async () => {
    const { recording, project } = await full();
    const file = await exported(recording.id, false);
    const mine = { ...project, title: 'Mine', cuts: [], updatedAt: 5 };
    await database.projects.put(mine);
    const stored = () => database.projects.get(project.id);

    expect((await importCairn(file, options())).undo).toBeNull();
    expect(await stored()).toEqual(mine);

    const asked: string[] = [];
    const choose = (about: Recording) => {
      asked.push(about.id);
      return Promise.resolve('replace' as const);
    };
    const { undo } = await importCairn(file, options({ choose }));
    expect(await stored()).toEqual(project);
    await undo!();
    expect(await stored()).toEqual(mine);

    await database.projects.put({ ...project, updatedAt: 99 });
    await importCairn(file, options({ choose }));
    expect(asked).toEqual([recording.id]); // The same edits: nothing to ask.
  });

  test('it does not write under a tab that edits', async () => {
    const { recording } = await full();
    const file = await exported(recording.id, false);
    await navigator.locks.request(`cairn-project:${recording.id}`, async () => {
      await expect(importCairn(file, options())).rejects.toMatchObject({ code: 'recording-busy' });
    });
  });
});

describe('what is refused leaves nothing behind', () => {
  test('cut off, changed by a bit, and no zip at all', async () => {
    const { recording } = await full();
    const file = await exported(recording.id, true);
    await clear();
    const bytes = new Uint8Array(await file.arrayBuffer());
    const flipped = (at: number) => {
      const copy = bytes.slice();
      copy[at]! ^= 1;
      return copy;
    };
    const inClean = bytes.length - 500_000;
    for (const data of [
      bytes.slice(0, -1),
      bytes.slice(0, bytes.length / 2),
      bytes.slice(1000),
      flipped(500),
      flipped(inClean),
      new TextEncoder().encode('not a zip'),
    ]) {
      await expect(importCairn(new File([data], 'Project.cairn'), options())).rejects.toMatchObject(
        { code: 'cairn-damaged' },
      );
      await expectNothing();
    }
    await expect(importCairn(new File([], 'a.cairn'), options())).rejects.toMatchObject({
      code: 'file-empty',
    });
  });

  test('another hash, another version, and forged rows', async () => {
    const { recording } = await full();
    const file = await exported(recording.id, true);
    await clear();
    const media = 'recording/media.mp4';
    const first = (m: CairnManifest) => m.recording.files[0]!;
    const cases: [string, (m: CairnManifest) => unknown][] = [
      ['cairn-damaged', (m) => void (m.members[0]!.sha256 = '0'.repeat(64))],
      ['cairn-newer', (m) => void (m.version = 2)],
      ['project-newer', (m) => void ((m.project as { schema: number }).schema = 99)],
      ['cairn-damaged', () => ({ format: 'something else' })],
      ['cairn-damaged', () => []],
      ['cairn-damaged', (m) => void (m.recording.id = '../../x')],
      ['cairn-damaged', (m) => void (first(m).path = '../../../poster.webp')],
      ['cairn-damaged', (m) => void (first(m).path = 'recording/capture.journal')],
      ['cairn-damaged', (m) => void (first(m).path = 'evidence/clean.wav')],
      ['cairn-damaged', (m) => void (first(m).size = 5)],
      ['cairn-damaged', (m) => void (m.recording.duration = sourceTime(NaN))],
      ['cairn-damaged', (m) => void (m.recording.size = -1)],
      ['cairn-damaged', (m) => void m.members.push({ ...m.members[0]! })],
      ['cairn-damaged', (m) => void (m.members[0]!.name = '/etc/passwd')],
      [
        'cairn-damaged',
        (m) => void (m.recording.interactions[0]!.page!.url = ' javascript:alert(1)'),
      ],
      ['cairn-damaged', (m) => void (m.recording.name = 'x'.repeat(1_000_000))],
      [
        'cairn-damaged',
        (m) => void (m.recording.notices = Array.from({ length: 100_000 }, () => 'slept' as const)),
      ],
    ];
    for (const [code, change] of cases) {
      const bad = await forged(file, change);
      await expect(importCairn(bad, options()), String(change)).rejects.toMatchObject({ code });
      await expectNothing();
    }
    const renamed = await forged(
      file,
      () => undefined,
      (name) => name.replace(media, '../../x'),
    );
    await expect(importCairn(renamed, options())).rejects.toMatchObject({ code: 'cairn-damaged' });
    await expectNothing();
    // Forged by nobody, the same way of writing is accepted.
    await importCairn(await forged(file, () => undefined), options());
    expect(await database.recordings.count()).toBe(1);
  });

  test('stopped in the middle', async () => {
    const { recording } = await full();
    const file = await exported(recording.id, true);
    await clear();
    const controller = new AbortController();
    const progress = ({ fraction }: { fraction: number }) => {
      if (fraction > 0.1) controller.abort();
    };
    await expect(
      importCairn(file, options({ signal: controller.signal, progress })),
    ).rejects.toThrow();
    await expectNothing();
  });

  test('what an older analyser found is left to be found again', async () => {
    const { recording } = await full();
    const file = await exported(recording.id, true);
    await clear();
    const old = await forged(file, (m) => {
      const row = m.evidence.find(({ stage }) => stage === 'speech')!;
      row.version = 0;
      row.data = { of: 'another shape' } as never;
    });
    await importCairn(old, options());
    const rows = await database.evidence.where({ recordingId: recording.id }).toArray();
    expect(rows.map((row) => row.stage).sort()).toEqual(['screen', 'sound']);
  });

  test('of the version before: its project is brought up to date', async () => {
    const { recording } = await full();
    const file = await exported(recording.id, true);
    await clear();
    const old = await forged(file, (m) => {
      const { camera: _camera, ...project } = m.project!;
      const sound = { denoise: false, normalise: true };
      return { ...m, project: { ...project, schema: 1, sound } };
    });
    await importCairn(old, options());
    const [project] = await database.projects.toArray();
    expect(project).toMatchObject({ schema: 2, sound: { denoise: false, voice: { volume: 1 } } });
    expect(project!.camera.visible).toBe(false);
  });
});
