/** What a person chose for the analysis, kept in the settings table. */
import { database } from '../storage/database.ts';

export interface AnalysisSettings {
  /** Name of a speech model in the list of models. */
  model: string;
  /** BCP 47 primary subtag; null detects it. */
  language: string | null;
}

export const defaultAnalysisSettings: AnalysisSettings = { model: 'whisper-base', language: null };
/** What a transcription depends on; another one means another result. */
export const speechVariant = ({ model, language }: AnalysisSettings): string =>
  `${model}/${language ?? 'auto'}`;

const key = 'analysis';

export async function readAnalysisSettings(): Promise<AnalysisSettings> {
  const row = await database.settings.get(key);
  return { ...defaultAnalysisSettings, ...(row?.value as Partial<AnalysisSettings> | undefined) };
}

export const writeAnalysisSettings = (value: AnalysisSettings) =>
  database.settings.put({ key, value });
