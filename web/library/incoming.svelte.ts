/** What happens to files that a person drops, picks or pastes. */
import { toAppError } from '../core/errors.ts';
import type { Recording } from '../core/recording.ts';
import type { App } from '../state/app.ts';
import type { ProjectChoice } from '../state/Imports.svelte.ts';
import { editPath, router } from '../state/Router.svelte.ts';
import { describeError, messages } from '../ui/messages/index.ts';
import { toasts } from '../ui/toasts.svelte.ts';
import { isText } from './dropped-files.ts';

const sampleAddress = '/sample/sample.mp4';

export interface Conflict {
  recording: Recording;
  settle: (choice: ProjectChoice) => void;
}

export class Incoming {
  #app: App;
  /** A script or subtitle file that waits for the person to say which recording it belongs to. */
  textFile = $state.raw<File | null>(null);
  loadingSample = $state(false);
  /** A project that arrived for a recording with other edits, and waits for the person to choose. */
  conflict = $state.raw<Conflict | null>(null);

  constructor(app: App) {
    this.#app = app;
  }

  async take(files: File[]): Promise<void> {
    const texts = files.filter(isText);
    const media = files.filter((f) => !isText(f));
    const outcomes = media.map((file) => this.#import(file));
    // A text that arrives together with one recording belongs to it.
    if (texts[0] && media.length === 1) {
      const id = await outcomes[0]!;
      if (id) await this.attach(id, texts[0]);
    } else if (texts[0]) {
      if (this.#app.library.entries?.length) this.textFile = texts[0];
      else toasts.show(messages.importing.noRecordings);
    }
    await Promise.all(outcomes);
  }

  async attach(recordingId: string, file: File): Promise<void> {
    try {
      await this.#app.library.attachScript(recordingId, file);
      const name = this.#app.library.entry(recordingId)?.recording.name ?? file.name;
      toasts.show(messages.importing.attached(name), { tone: 'success' });
      this.#app.analyses.start(recordingId);
    } catch (error) {
      toasts.error(describeError(toAppError(error)));
    }
  }

  async takeSample(): Promise<void> {
    this.loadingSample = true;
    try {
      const response = await fetch(sampleAddress);
      const isVideo = response.headers.get('content-type')?.startsWith('video/');
      if (!response.ok || !isVideo) {
        toasts.error(messages.library.sampleMissing);
        return;
      }
      const file = new File([await response.blob()], 'sample.mp4', { type: 'video/mp4' });
      await this.#import(file, messages.library.sampleName);
    } catch (error) {
      console.warn('the sample could not be fetched', error);
      toasts.error(messages.errors['network-unreachable']({}));
    } finally {
      this.loadingSample = false;
    }
  }

  /** Id of the recording, or null when it failed or was stopped. Its analysis begins at once. */
  async #import(file: File, sampleName?: string): Promise<string | null> {
    const { imports, analyses } = this.#app;
    const outcome = await imports.add(
      file,
      sampleName
        ? { source: 'sample', name: sampleName }
        : { choose: (recording) => this.#choose(recording) },
    );
    if (!outcome) return null;
    const { recording, existing, undo, isProject } = outcome;
    const open = { label: messages.common.open, run: () => router.go(editPath(recording.id)) };
    if (undo) {
      toasts.show(messages.importing.replaced(recording.name), {
        action: { label: messages.common.undo, run: () => void undo() },
      });
    } else if (existing && isProject) {
      toasts.show(messages.importing.projectAdded(recording.name), { action: open });
    } else if (existing) {
      toasts.show(messages.importing.existing(recording.name), {
        action: open,
      });
    } else if (recording.notices.includes('truncated')) {
      toasts.show(messages.importing.endsEarly(recording.name));
    }
    if (!this.#app.library.entry(recording.id)?.analysed) analyses.start(recording.id);
    return recording.id;
  }

  #choose(recording: Recording): Promise<ProjectChoice> {
    return new Promise((resolve) => {
      this.conflict = {
        recording,
        settle: (choice) => {
          this.conflict = null;
          resolve(choice);
        },
      };
    });
  }
}
