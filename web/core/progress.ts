/** How far a long job is. `fraction` runs from 0 to 1 and never goes back. */
export interface Progress {
  fraction: number;
  /** A key of the message catalogue's `jobs` section, for what is being done just now. */
  doing?: string;
}
export type OnProgress = (progress: Progress) => void;

/** What every long call takes. */
export interface JobContext {
  signal: AbortSignal;
  progress: OnProgress;
}

/** Maps a part's 0..1 onto `from..to` of the whole. */
export const within =
  (progress: OnProgress, from: number, to: number): OnProgress =>
  (p) =>
    progress({ ...p, fraction: from + (to - from) * Math.min(1, Math.max(0, p.fraction)) });
