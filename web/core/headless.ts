/** What a program that drives the app without a person asks for, and gets. */
import type { Report } from './report.ts';

export interface HeadlessRequest {
  /** Null takes the default model. */
  model: string | null;
  /** Null detects it. */
  language: string | null;
  script: { name: string; text: string } | null;
  video: 'mp4' | 'webm' | null;
  article: 'md' | 'html' | null;
  subtitles: ('vtt' | 'srt')[];
  fillers: boolean;
  silences: boolean;
  /** Seconds; null takes the default. */
  minSilence: number | null;
  denoise: boolean;
  normalise: boolean;
}

/** A finished file, ready to be downloaded under this name. */
export interface HeadlessFile {
  kind: 'video' | 'article' | 'images' | 'subtitles';
  name: string;
  size: number;
  note?: string;
}

export type HeadlessResult =
  | { ok: true; report: Report; files: HeadlessFile[] }
  | { ok: false; code: string; sentence: string };

export interface HeadlessProgress {
  /** 'import', a stage of the analysis, 'video', 'article', 'subtitles'. */
  stage: string;
  /** 0 to 1. */
  fraction: number;
  secondsLeft: number | null;
}

/** On `window.cairn` of the headless screen. */
export interface HeadlessApi {
  /** Works on the file that was put into the screen's file input. */
  make(request: HeadlessRequest): Promise<HeadlessResult>;
  /** Starts the browser's download of a finished file. */
  download(name: string): Promise<void>;
  /** Removes everything of the last run from the browser's storage. */
  clear(): Promise<void>;
}
