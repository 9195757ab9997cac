/** The workers, each started at its first call and dropped when idle. Only state owns them. */
import { connect } from '../workers/rpc.ts';
import type { SpeechApi } from '../workers/speech.worker.ts';
import type { SoundApi } from '../workers/sound.worker.ts';
import type { ScreenApi } from '../workers/screen.worker.ts';
import type { ExportApi } from '../workers/export.worker.ts';
import type { DocumentsApi } from '../workers/documents.worker.ts';
import type { TransferApi } from '../workers/transfer.worker.ts';

/**
 * Milliseconds. A worker that keeps nothing for the next call goes as soon as it has answered, with its
 * buffers and its heap: on two cores the picture is looked at when the sound is done.
 */
const soon = { idleMs: 500 };

// Vite finds worker files by this literal form; a helper function would hide them from it.
export const speechWorker = connect<SpeechApi>(
  () =>
    new Worker(new URL('../workers/speech.worker.ts', import.meta.url), {
      type: 'module',
      name: 'speech',
    }),
);
export const soundWorker = connect<SoundApi>(
  () =>
    new Worker(new URL('../workers/sound.worker.ts', import.meta.url), {
      type: 'module',
      name: 'sound',
    }),
  soon,
);
export const screenWorker = connect<ScreenApi>(
  () =>
    new Worker(new URL('../workers/screen.worker.ts', import.meta.url), {
      type: 'module',
      name: 'screen',
    }),
  soon,
);
export const exportWorker = connect<ExportApi>(
  () =>
    new Worker(new URL('../workers/export.worker.ts', import.meta.url), {
      type: 'module',
      name: 'export',
    }),
);
export const documentsWorker = connect<DocumentsApi>(
  () =>
    new Worker(new URL('../workers/documents.worker.ts', import.meta.url), {
      type: 'module',
      name: 'documents',
    }),
);
export const transferWorker = connect<TransferApi>(
  () =>
    new Worker(new URL('../workers/transfer.worker.ts', import.meta.url), {
      type: 'module',
      name: 'transfer',
    }),
  soon,
);
