/**
 * Recordings as a whole: their row, their folder and all that hangs on them. A deleted recording
 * goes to the trash first, where nothing of it is lost, and is purged later.
 */
import type { Recording } from '../core/recording.ts';

import { database } from './database.ts';
import {
  exists,
  list,
  readFile,
  recordingFolder,
  remove,
  removeWhenFree,
  writeFile,
} from './opfs.ts';

/** What has arrived of a recording waits this long for the rest, ms. */
const longestPause = 7 * 24 * 3600 * 1000;

/** Held while a recording is written, so that another tab does not take its folder for an orphan. */
export const importLock = (id: string) => `import:${id}`;

/** Where a recording from the extension arrives, until it is whole. Held while it does. */
export const incomingFolder = (id: string) => `incoming/${id}`;
export const incomingLock = (id: string) => `incoming:${id}`;

/** Held by the tab that edits a recording's project. */
export const projectLock = (recordingId: string) => `cairn-project:${recordingId}`;

export const posterPath = (id: string) => `${recordingFolder(id)}/poster.webp`;

/**
 * Beside the media of a capture that is not finished. While it is there, the folder waits to be
 * recovered and is no orphan (web/capture/recover.ts).
 */
export const journalPath = (id: string) => `${recordingFolder(id)}/capture.journal`;

/** Newest first, without those in the trash. */
export async function listRecordings(): Promise<Recording[]> {
  const [rows, trash] = await Promise.all([
    database.recordings.orderBy('createdAt').reverse().toArray(),
    database.trash.toCollection().primaryKeys(),
  ]);
  const gone = new Set(trash);
  return rows.filter((r) => !gone.has(r.id));
}

/** The recording with this content, whether in the library or in the trash. */
export async function findByFingerprint(fingerprint: string): Promise<Recording | null> {
  for (const recording of await database.recordings.where({ fingerprint }).toArray()) {
    // The browser may have evicted the media while keeping the row.
    const files = await Promise.all(recording.files.map((f) => exists(f.path)));
    if (files.every(Boolean)) return recording;
  }
  return null;
}

/** One name: the library's is the title of the article and of the exported files too. */
export async function renameRecording(id: string, name: string): Promise<void> {
  const { recordings, projects } = database;
  await database.transaction('rw', recordings, projects, async () => {
    await recordings.update(id, { name });
    await projects.where({ recordingId: id }).modify({ title: name });
  });
}

export async function chooseVoiceTrack(id: string, voiceTrack: number): Promise<void> {
  await database.transaction(
    'rw',
    [database.recordings, database.evidence, database.checkpoints],
    async () => {
      await database.recordings.update(id, { voiceTrack });
      // What was heard on the other track says nothing about this one.
      for (const table of [database.evidence, database.checkpoints]) {
        const stale = table.where({ recordingId: id }).filter((row) => row.stage !== 'screen');
        await stale.delete();
      }
    },
  );
}

export async function trashRecording(id: string): Promise<void> {
  await database.trash.put({ recordingId: id, deletedAt: Date.now() });
}

export async function restoreRecording(id: string): Promise<void> {
  await database.trash.delete(id);
}

/** Deletes a recording for good, with its media, evidence, projects and script. */
export async function purgeRecording(id: string): Promise<void> {
  const { recordings, projects, evidence, checkpoints, scripts, trash } = database;
  await database.transaction(
    'rw',
    [recordings, projects, evidence, checkpoints, scripts, trash],
    async () => {
      await recordings.delete(id);
      await scripts.delete(id);
      await trash.delete(id);
      for (const table of [projects, evidence, checkpoints]) {
        await table.where({ recordingId: id }).delete();
      }
    },
  );
  await removeWhenFree(recordingFolder(id));
}

/** A row that survived a crash of the rest is not one: the folder is written before it. */
export async function addRecording(recording: Recording, poster: Blob | null): Promise<void> {
  if (poster) await writeFile(posterPath(recording.id), poster);
  await database.recordings.add(recording);
}

/**
 * At start: purges the trash of earlier sessions and removes what a killed tab left behind
 * (folders without a row, temporary files). Leaves alone what another tab is working on, and
 * captures that can still be recovered.
 */
export async function tidyStorage({ trashOlderThan = Date.now() - 60_000 } = {}): Promise<void> {
  for (const { recordingId, deletedAt } of await database.trash.toArray()) {
    if (deletedAt < trashOlderThan) await purgeRecording(recordingId);
  }
  for (const id of await list('recordings')) {
    await navigator.locks.request(importLock(id), { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      const finished = Boolean(await database.recordings.get(id));
      const captured = await exists(journalPath(id));
      if (finished && captured) await remove(journalPath(id));
      if (!finished && !captured) await removeWhenFree(recordingFolder(id));
    });
  }
  for (const id of await list('incoming')) {
    await navigator.locks.request(incomingLock(id), { ifAvailable: true }, async (lock) => {
      const began = await readFile(`${incomingFolder(id)}/offer.json`).then(
        (file) => file.lastModified,
        () => 0, // nothing that could go on
      );
      if (lock && began < Date.now() - longestPause) await removeWhenFree(incomingFolder(id));
    });
  }
  for (const name of await list('temp')) {
    await navigator.locks.request(`temp:${name}`, { ifAvailable: true }, async (lock) => {
      if (lock) await remove(`temp/${name}`);
    });
  }
}

/** Everything of this origin: recordings, projects, exports, models, settings and kept app files. */
export async function eraseEverything(): Promise<void> {
  database.close();
  await database.delete();
  const root = await navigator.storage.getDirectory();
  const names: string[] = [];
  for await (const name of root.keys()) names.push(name);
  for (const name of names) await removeWhenFree(name);
  // Scripts of models; the app itself stays, so that it starts without a network.
  await caches.delete('model-scripts');
  localStorage.clear();
  sessionStorage.clear();
}
