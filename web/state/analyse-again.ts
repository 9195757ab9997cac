/** Whether model or language were changed since a recording was analysed. */
import type { App } from './app.ts';
import type { LibraryEntry } from './Library.svelte.ts';

/** What another analysis would be made with, or null where it would find the same. */
export function otherAnalysis(
  { settings, analyses }: App,
  { recording, analysed, script, variant }: LibraryEntry,
): { model: string; language: string | null } | null {
  const phase = analyses.status(recording.id)?.phase;
  const busy = phase === 'running' || phase === 'waiting' || phase === 'paused';
  const silent = recording.files.every((file) => file.audio.length === 0);
  if (!analysed || script || silent || busy || variant === settings.speechVariant) return null;
  return { model: settings.model, language: settings.language };
}
