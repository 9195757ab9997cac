/** What the server says it has: written at build time, read by the loader. */
import type { ModelSource } from './list.ts';

export interface ModelFile {
  path: string;
  size: number;
  /** Hex sha256 of the whole file. */
  sha256: string;
  /** Addresses relative to the manifest, in order; each at most 20 MiB. */
  parts: { path: string; size: number; sha256: string }[];
}

export type InstalledModel = Omit<ModelSource, 'from' | 'files'> & {
  size: number;
  files: ModelFile[];
};

export interface ModelManifest {
  schema: 1;
  models: InstalledModel[];
}

/** Folder of the served models, below the app's base address. */
export const modelsFolder = 'models/';
export const partSize = 20 * 1024 * 1024;
