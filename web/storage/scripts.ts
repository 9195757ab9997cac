/** The script or subtitles that a person gave to a recording. */
import type { ImportedScript } from '../core/subtitle-parse.ts';
import { database } from './database.ts';

export async function readScript(recordingId: string): Promise<ImportedScript | null> {
  return (await database.scripts.get(recordingId))?.script ?? null;
}

export async function writeScript(
  recordingId: string,
  name: string,
  script: ImportedScript,
): Promise<void> {
  await database.transaction('rw', [database.scripts, database.checkpoints], async () => {
    await database.scripts.put({ recordingId, name, script });
    await dropSpeechCheckpoint(recordingId);
  });
}

export async function removeScript(recordingId: string): Promise<void> {
  await database.scripts.delete(recordingId);
}

/** Half a transcription is of no use once the words come from elsewhere. */
const dropSpeechCheckpoint = (recordingId: string) =>
  database.checkpoints.delete([recordingId, 'speech']);
