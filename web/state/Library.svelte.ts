/** The recordings on this device, kept in step with the database across tabs. */
import { liveQuery } from 'dexie';
import { analyserVersions } from '../core/evidence.ts';
import type { Recording } from '../core/recording.ts';
import { parseSubtitles } from '../core/subtitle-parse.ts';
import { database } from '../storage/database.ts';
import { readFile } from '../storage/opfs.ts';
import { storageRoom, type StorageRoom } from '../storage/quota.ts';
import {
  chooseVoiceTrack,
  eraseEverything,
  listRecordings,
  posterPath,
  purgeRecording,
  renameRecording,
  restoreRecording,
  tidyStorage,
  trashRecording,
} from '../storage/recordings.ts';
import { removeScript, writeScript } from '../storage/scripts.ts';

export interface LibraryEntry {
  recording: Recording;
  /** All stages of the analysis are on disk. */
  analysed: boolean;
  /** Model and language that its words come from, see `speechVariant`; null before the analysis. */
  variant: string | null;
  /** Name of the script or subtitle file it uses instead of a transcription. */
  script: string | null;
}

export class Library {
  #entries = $state.raw<readonly LibraryEntry[] | null>(null);
  #room = $state.raw<StorageRoom | null>(null);
  readonly #tidied = Promise.withResolvers<void>();
  #posters = new Map<string, Promise<string | null>>();

  /** Newest first; null until read. */
  get entries(): readonly LibraryEntry[] | null {
    return this.#entries;
  }
  get room(): StorageRoom | null {
    return this.#room;
  }
  /** Resolves when what earlier sessions left is gone: until then it looks at every recording. */
  get tidied(): Promise<void> {
    return this.#tidied.promise;
  }

  /** Tidies up after earlier sessions and follows the database. Returns what stops it. */
  start(): () => void {
    void tidyStorage()
      .catch((error: unknown) => console.error('tidying failed', error))
      .finally(() => this.#tidied.resolve());
    const subscription = liveQuery(readEntries).subscribe({
      next: (entries) => {
        this.#entries = entries;
        void this.measure();
      },
      error: (error) => {
        console.error('the library cannot be read', error);
        this.#entries = [];
      },
    });
    return () => subscription.unsubscribe();
  }

  async measure(): Promise<void> {
    this.#room = await storageRoom();
  }

  entry(id: string): LibraryEntry | null {
    return this.#entries?.find((e) => e.recording.id === id) ?? null;
  }

  rename(id: string, name: string): Promise<void> {
    const trimmed = name.trim();
    return trimmed ? renameRecording(id, trimmed) : Promise.resolve();
  }

  /** Out of sight; `restore` brings it back until `purge` or the next start. */
  remove = trashRecording;
  restore = restoreRecording;

  async purge(id: string): Promise<void> {
    const poster = await this.#posters.get(id);
    if (poster) URL.revokeObjectURL(poster);
    this.#posters.delete(id);
    await purgeRecording(id);
    await this.measure();
  }

  setVoiceTrack = chooseVoiceTrack;

  /** Throws `subtitle-unreadable` when the file holds no text. */
  async attachScript(id: string, file: File): Promise<void> {
    await writeScript(id, file.name, parseSubtitles(await file.arrayBuffer(), file.name));
  }

  removeScript = removeScript;

  /** Blob address of the poster, or null when there is none. */
  poster(id: string): Promise<string | null> {
    let poster = this.#posters.get(id);
    if (!poster) {
      poster = readFile(posterPath(id)).then(
        (file) => URL.createObjectURL(file),
        () => null, // sound only
      );
      this.#posters.set(id, poster);
    }
    return poster;
  }

  /** Leaves nothing behind and starts anew. */
  erase = eraseEverything;
}

async function readEntries(): Promise<LibraryEntry[]> {
  const [recordings, scripts, done] = await Promise.all([
    listRecordings(),
    database.scripts.toArray(),
    stepsDone(),
  ]);
  const names = new Map(scripts.map((s) => [s.recordingId, s.name]));
  return recordings.map((recording) => ({
    recording,
    analysed: done.has(recording.id),
    variant: done.get(recording.id) ?? null,
    script: names.get(recording.id) ?? null,
  }));
}

/** Steps are the last stage: whoever has them has all. Reads keys only, not the evidence itself. */
async function stepsDone(): Promise<Map<string, string>> {
  const rows = await database.evidence.toCollection().primaryKeys();
  const done = rows.filter(([, stage]) => stage === 'steps').map(([id]) => id);
  const current = await database.evidence.bulkGet(done.map((id) => [id, 'steps']));
  return new Map(
    current
      .filter((row) => row?.version === analyserVersions.steps)
      .map((row) => [row!.recordingId, row!.variant]),
  );
}
