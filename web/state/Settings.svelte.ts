/** What a person chose for the whole app, kept in the settings table. */
import type { InstalledModel } from '../models/manifest.ts';
import { dropModel, isModelOnDevice, modelManifest, openModel } from '../models/loader.ts';
import { database } from '../storage/database.ts';
import {
  defaultAnalysisSettings,
  readAnalysisSettings,
  speechVariant,
  writeAnalysisSettings,
  type AnalysisSettings,
} from './analysis-settings.ts';

export type Theme = 'system' | 'light' | 'dark';
export type LibraryView = 'grid' | 'list';
export type LibrarySort = 'newest' | 'oldest' | 'name' | 'longest' | 'largest';
interface Appearance {
  theme: Theme;
  libraryView: LibraryView;
  librarySort: LibrarySort;
}
export interface ModelState {
  model: InstalledModel;
  onDevice: boolean;
  /** 0 to 1 while it is being fetched. */
  fetching: number | null;
}

const appearanceKey = 'appearance';

export class Settings {
  #appearance = $state.raw<Appearance>({
    theme: 'system',
    libraryView: 'grid',
    librarySort: 'newest',
  });
  #analysis = $state.raw<AnalysisSettings>(defaultAnalysisSettings);
  #models = $state.raw<ModelState[] | null>(null);

  get theme(): Theme {
    return this.#appearance.theme;
  }
  get libraryView(): LibraryView {
    return this.#appearance.libraryView;
  }
  get librarySort(): LibrarySort {
    return this.#appearance.librarySort;
  }
  /** Name of the speech model. */
  get model(): string {
    return this.#analysis.model;
  }
  /** BCP 47 primary subtag; null detects it. */
  get language(): string | null {
    return this.#analysis.language;
  }
  /** What the next transcription would be made with, see `speechVariant`. */
  get speechVariant(): string {
    return speechVariant(this.#analysis);
  }
  /** Everything this installation serves; null until known. */
  get models(): readonly ModelState[] | null {
    return this.#models;
  }

  async load(): Promise<void> {
    const row = await database.settings.get(appearanceKey);
    this.#appearance = { ...this.#appearance, ...(row?.value as Partial<Appearance> | undefined) };
    this.#analysis = await readAnalysisSettings();
  }

  async set(change: Partial<Appearance>): Promise<void> {
    this.#appearance = { ...this.#appearance, ...change };
    await database.settings.put({ key: appearanceKey, value: this.#appearance });
  }

  async setAnalysis(change: Partial<AnalysisSettings>): Promise<void> {
    this.#analysis = { ...this.#analysis, ...change };
    await writeAnalysisSettings(this.#analysis);
  }

  async loadModels(): Promise<void> {
    const { models } = await modelManifest();
    const onDevice = await Promise.all(models.map((m) => isModelOnDevice(m.name)));
    this.#models = models.map((model, i) => ({ model, onDevice: onDevice[i]!, fetching: null }));
  }

  async fetchModel(name: string, signal: AbortSignal): Promise<void> {
    this.#patch(name, { fetching: 0 });
    try {
      await openModel(name, {
        signal,
        progress: ({ fraction }) => this.#patch(name, { fetching: fraction }),
      });
    } finally {
      this.#patch(name, { fetching: null, onDevice: await isModelOnDevice(name) });
    }
  }

  async removeModel(name: string): Promise<void> {
    await dropModel(name);
    this.#patch(name, { onDevice: false });
  }

  #patch(name: string, change: Partial<ModelState>): void {
    this.#models =
      this.#models?.map((m) => (m.model.name === name ? { ...m, ...change } : m)) ?? null;
  }
}
