/** What a small control needs of a recording, in the app as in the extension. */

export interface RecordingControl {
  readonly phase: 'countdown' | 'recording' | 'paused' | 'finishing';
  /** Recorded so far. */
  readonly seconds: number;
  /** Seconds left of the countdown. */
  readonly countdown: number;
  /** Whether the microphone is silent; null without one. */
  readonly muted: boolean | null;
  pause(): void;
  resume(): void;
  stop(): void;
  mute(muted: boolean): void;
}
