/** Puts the article on the clipboard: formatted with its pictures, and as plain text. */
import type { Project } from '../core/project.ts';
import type { Recording } from '../core/recording.ts';
import { documentsWorker } from './workers.ts';

/** Must be called from a click: the browser asks for the data while the click still counts. */
export async function copyArticle(
  recording: Recording,
  project: Project,
  language: string,
): Promise<void> {
  const made = documentsWorker.call.richText({ recording, project, language });
  await navigator.clipboard.write([
    new ClipboardItem({
      'text/html': made.then(({ html }) => new Blob([html], { type: 'text/html' })),
      'text/plain': made.then(({ text }) => new Blob([text], { type: 'text/plain' })),
    }),
  ]);
}
